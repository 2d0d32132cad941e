// SPDX-License-Identifier: Apache-2.0
// What is valid UTF-8.
#ifndef RETIMU_CORE_UTF8_HPP
#define RETIMU_CORE_UTF8_HPP

#include <cstddef>
#include <string_view>

namespace retimu {

// Bytes of the UTF-8 sequence that `text`, which is not empty, begins with; 0 if it is none: bytes
// that do not belong together, an overlong form, a surrogate, or beyond U+10FFFF.
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80    ? 1
                             : first < 0xC2  ? 0  // a continuation, or an overlong form
                             : first < 0xE0  ? 2
                             : first < 0xF0  ? 3
                             : first <= 0xF4 ? 4
                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  if (length == 3 && ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) >= 0xA0))) {
    return 0;  // overlong, or a surrogate
  }
  if (length == 4 && ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90))) {
    return 0;  // overlong, or beyond U+10FFFF
  }
  return length;
}

}  // namespace retimu

#endif
