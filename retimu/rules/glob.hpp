// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_RULES_GLOB_HPP
#define RETIMU_RULES_GLOB_HPP

#include <string_view>

namespace retimu {

// Whether a whole text fits a pattern: * is any text, also none, ? one character (of UTF-8), all
// else itself. O(length of the pattern times that of the text).
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace retimu

#endif
