// SPDX-License-Identifier: Apache-2.0
// The words that log lines are read by, in one table: dates, units, states and what announces a
// name.
#ifndef RETIMU_TEXT_KNOWN_WORDS_HPP
#define RETIMU_TEXT_KNOWN_WORDS_HPP

#include "retimu/core/event.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace retimu {

// Bits; a word may be of several kinds.
enum WordKind : std::uint8_t {
  date_word = 1,    // a month or a day of the week
  unit_word = 2,    // stands behind a number and belongs to it: "kb", "seconds"
  domain_word = 4,  // ends the name of a host: "com"
  state_word = 8,   // says how something is, so it tells statements apart: "true", "disabled"
  cue_word = 16,    // a name follows: "user", "host"
  level_word = 32,  // states how bad a line is: "warn"
};

// Kinds of a word of ASCII letters in any case; 0 if it is not known. `end` is where the text ends
// that the word is part of. About 3 ns.
unsigned kinds_of_word(std::string_view word, const char* end);
inline unsigned kinds_of_word(std::string_view word) {
  return kinds_of_word(word, word.data() + word.size());
}

// Of a word that states how bad a line is, in any case: "WARN", "fatal". Lines that tell of no
// trouble ("info", "debug") are `indeterminate`; none if it is no such word.
std::optional<Severity> severity_of_word(std::string_view word);

}  // namespace retimu

#endif
