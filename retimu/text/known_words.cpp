// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/known_words.hpp"

#include "retimu/text/load.hpp"

#include <array>
#include <cstddef>

namespace retimu {

namespace {

struct Words {
  unsigned kind;
  std::string_view list;  // separated by blanks
};
constexpr Words words[] = {
    {date_word,
     "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july "
     "august september october november december mon tue wed thu fri sat sun monday tuesday "
     "wednesday thursday friday saturday sunday"},
    {unit_word,
     "b kb mb gb tb kib mib gib tib kbps mbps gbps byte bytes ms us ns s sec secs second seconds "
     "msec usec millis min mins minute minutes h hr hrs hour hours day days hz khz mhz ghz utc gmt "
     "edt est pst pdt cest cet"},
    {domain_word,
     "com net org edu gov mil int info biz io cn de uk jp fr ru br tw kr hk it nl at ch se eu in "
     "au ca us local localdomain"},
    {state_word, "true false null none nil yes no on off ok enabled disabled"},
    {cue_word, "user username account host hostname group domain"},
};

constexpr std::size_t word_bytes_max = 11;

// A word in small letters, packed into two numbers.
struct Packed {
  std::uint64_t low = 0, high = 0;
  friend constexpr bool operator==(const Packed&, const Packed&) = default;
};
constexpr std::uint64_t small_letters = 0x2020202020202020ULL;

constexpr Packed pack(std::string_view word) {
  Packed packed;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto byte = std::uint64_t{static_cast<unsigned char>(word[i])} << (8 * (i % 8));
    (i < 8 ? packed.low : packed.high) |= byte;
  }
  packed.low |= small_letters;
  packed.high |= small_letters;
  return packed;
}

constexpr std::size_t slots = 1024;
constexpr std::size_t slot_of(const Packed& packed) {
  return static_cast<std::size_t>(((packed.low ^ packed.high << 1U) * 0x9E3779B97F4A7C15ULL) >>
                                  54U);
}

struct Slot {
  Packed word;
  unsigned kinds = 0;
};
using Table = std::array<Slot, slots>;

constexpr void put(Table& table, std::string_view text, unsigned kind) {
  const Packed word = pack(text);
  std::size_t at = slot_of(word);
  while (table[at].kinds != 0 && table[at].word != word) at = (at + 1) % slots;
  table[at].word = word;
  table[at].kinds |= kind;
}

constexpr Table make_table() {
  Table table;
  for (const Words& some : words) {
    std::string_view left = some.list;
    while (!left.empty()) {
      const std::size_t length = std::min(left.find(' '), left.size());
      put(table, left.substr(0, length), some.kind);
      left.remove_prefix(std::min(length + 1, left.size()));
    }
  }
  for (const SeverityWord& known : severity_words) {
    if (known.is_level) put(table, known.word, level_word);
  }
  return table;
}
constexpr Table table = make_table();

}  // namespace

unsigned kinds_of_word(std::string_view word, const char* end) {
  if (word.size() > word_bytes_max) return 0;
  const Packed packed{load_bytes(word.data(), word.size(), end) | small_letters,
                      word.size() <= 8
                          ? small_letters
                          : load_bytes(word.data() + 8, word.size() - 8, end) | small_letters};
  for (std::size_t at = slot_of(packed); table[at].kinds != 0; at = (at + 1) % slots) {
    if (table[at].word == packed) return table[at].kinds;
  }
  return 0;
}

std::optional<Severity> severity_of_word(std::string_view word) {
  if ((kinds_of_word(word) & level_word) == 0) return std::nullopt;
  return read_severity(word);
}

}  // namespace retimu
