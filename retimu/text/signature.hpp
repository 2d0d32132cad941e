// SPDX-License-Identifier: Apache-2.0
// What stays the same in a log line: its words and marks, with one placeholder for what varies.
#ifndef RETIMU_TEXT_SIGNATURE_HPP
#define RETIMU_TEXT_SIGNATURE_HPP

#include "retimu/core/state.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

enum class ItemKind : std::uint8_t {
  word,      // constant as far as one line can tell
  variable,  // a number, path, host, date and the like
  mark,      // punctuation
};

struct Item {
  std::uint64_t hash = 0;            // of a word or mark: of its text; the same for all variables
  std::uint32_t begin = 0, end = 0;  // bytes of the line
  ItemKind kind = ItemKind::variable;
  char mark = 0;           // the character of a mark that is only one; else 0
  std::uint8_t kinds = 0;  // WordKind of a word

  bool is_variable() const { return kind == ItemKind::variable; }
  bool is_word() const { return kind == ItemKind::word; }
  friend bool operator==(const Item&, const Item&) = default;
};

inline constexpr std::uint64_t variable_hash = 0x52544D5641524941ULL;

// A view, valid as long as the line and what made it (a Scanner until its next line).
struct Signature {
  std::uint64_t hash = 0;  // of the hashes of the items and nothing else: the same in every process
  std::span<const Item> items;
  std::string_view line;
};

// Whether the item is the value of a key: behind "=", in quotes or not.
inline bool is_value(std::span<const Item> items, std::size_t i) {
  if (i > 0 && (items[i - 1].mark == '"' || items[i - 1].mark == '\'')) --i;
  return i > 0 && items[i - 1].mark == '=';
}

std::uint64_t hash_of(std::span<const Item> items);

// Puts an item behind the others, so that what only varies in length does not tell lines apart:
//   * *  and  * , *   become *      (also with : - | / + . ;)
//   x ( * )  and  x ( )   become x      an optional remark
//   [ a , b , c ]   becomes [ * ]
// Looks at the last items only, but for a list, which it may take once.
inline void push_item(std::vector<Item>& items, const Item& item);

// The same for what may collapse.
void push_collapsing(std::vector<Item>& items, const Item& item);
inline void push_item(std::vector<Item>& items, const Item& item) {
  if (item.is_variable() || item.mark == ')' || item.mark == ']') {
    push_collapsing(items, item);
  } else {
    items.push_back(item);
  }
}

// The bytes of its line that a template keeps.
inline constexpr std::size_t sample_bytes_max = 512;

// A signature that owns what it needs to be learned later.
struct Sample {
  std::uint64_t hash = 0;
  std::vector<Item> items;
  std::string text;  // the first sample_bytes_max bytes of the line

  Signature view() const { return {hash, items, text}; }
};
Sample make_sample(const Signature& signature);
// Refuses what is no sample.
void visit_sample(StateVisitor& visitor, Sample& sample);

// The line with <*> over what varies, as LogHub writes templates. What stands between two items was
// left out of the signature, so it varies, too; its parentheses stay.
std::string render(std::span<const Item> items, std::string_view line);

}  // namespace retimu

#endif
