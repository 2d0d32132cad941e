// SPDX-License-Identifier: Apache-2.0
// Signatures that are equal but for the values behind "=", of which several may change at once:
// "state=idle owner=none" and "state=busy owner=cron".
//
// A dump is a signature with two values or more, without them. A value is free when 8 words were
// seen there, or 2 if one is a variable or another dump has the same words; signatures that agree
// in the values that are not free belong together.
//
// Cost of a signature with values: one look-up, and once a value becomes free a pass over the
// members. Bounded: dumps_max; members, words and values of each.
#ifndef RETIMU_TEXT_VALUE_DUMPS_HPP
#define RETIMU_TEXT_VALUE_DUMPS_HPP

#include "retimu/text/shared_words.hpp"
#include "retimu/text/templates.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace retimu {

class ValueDumps {
 public:
  static constexpr std::size_t dumps_max = 16'384;
  static constexpr std::size_t members_max = 256;
  static constexpr std::size_t values_max = 64;  // of a signature; later ones are like other words
  static constexpr std::size_t words_max = 64;   // of a value

  struct Found {
    std::span<const std::pair<std::uint32_t, std::uint32_t>> pairs;  // belong together
    std::span<const std::uint32_t> free;                             // positions of free values
  };
  // Adds a member with its items; valid until the next call.
  Found add(const Templates& templates, std::uint32_t member);

  std::size_t bytes() const;
  bool is_full() const {
    return dumps_.size() >= dumps_max || words_.size() >= SharedWords::words_max;
  }
  // Members move or, with FlatMap::none, are forgotten, and with them what they alone had said.
  void move_members(std::span<const std::uint32_t> moved, const Templates& templates);
  void visit(StateVisitor& visitor, const Templates& templates);

 private:
  struct Value {
    std::uint32_t position = 0;
    bool is_free = false;
    bool has_variable = false;
    std::vector<std::uint64_t> words;
  };
  struct Dump {
    std::uint64_t key = 0;
    std::uint32_t length = 0;
    std::vector<Value> values;
    std::vector<std::uint32_t> members;
  };

  void find_values(std::span<const Item> items);
  std::uint32_t find_dump(std::span<const Item> items);
  bool add_word(std::uint32_t dump, std::size_t value, const Item& item);
  bool note_word(std::uint32_t dump, std::size_t value, const Item& item);
  bool is_shared(std::uint64_t own_place, const Value& value) const;
  void find_pairs(const Templates& templates, const Dump& dump, std::uint32_t member);
  void index();

  std::vector<Dump> dumps_;
  FlatMap by_key_;
  SharedWords words_;  // values, by their words: dump * values_max + value
  std::vector<std::uint32_t> positions_, free_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> kept_;  // hash of the values not free
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

}  // namespace retimu

#endif
