// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/glob.hpp"

#include "retimu/core/utf8.hpp"

#include <algorithm>

namespace retimu {

// When it goes wrong behind a *, that * takes one byte more; earlier ones need not be tried again.
bool matches_glob(std::string_view pattern, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0, in_text = 0, star = none, star_text = 0;
  while (in_text < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_text = in_text;
    } else if (at < pattern.size() && pattern[at] == '?') {
      ++at;
      in_text += std::max<std::size_t>(utf8_length(text.substr(in_text)), 1);
    } else if (at < pattern.size() && pattern[at] == text[in_text]) {
      ++at;
      ++in_text;
    } else if (star != none) {
      at = star + 1;
      in_text = ++star_text;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace retimu
