// SPDX-License-Identifier: Apache-2.0
// What a line is called where a person reads it.
#ifndef RETIMU_TEXT_TEMPLATE_TEXT_HPP
#define RETIMU_TEXT_TEMPLATE_TEXT_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace retimu {

inline constexpr std::size_t shown_bytes_max = 160;

// Cut to `bytes_max` bytes at the end of a character, and an ellipsis behind it.
std::string cut_shown(std::string_view text, std::size_t bytes_max = shown_bytes_max);

// The line with <*> over what varies by its looks alone, cut to `bytes_max` bytes at the end of a
// character. For alerts: some us.
std::string template_text(std::string_view line, std::size_t bytes_max = shown_bytes_max);

}  // namespace retimu

#endif
