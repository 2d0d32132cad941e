// SPDX-License-Identifier: Apache-2.0
// What each byte of a log line may be, as bits in one table.
#ifndef RETIMU_TEXT_BYTE_CLASS_HPP
#define RETIMU_TEXT_BYTE_CLASS_HPP

#include <array>
#include <cstdint>
#include <string_view>

namespace retimu {

enum ByteClass : std::uint16_t {
  word_byte = 1,    // part of a word
  letter_byte = 2,  // ASCII, and every byte of other scripts
  digit_byte = 4,
  hex_byte = 8,     // 0-9 a-f A-F
  slash_byte = 16,  // / and backslash
  dot_byte = 32,
  query_byte = 64,   // ?
  at_byte = 128,     // @
  blank_byte = 256,  // white space and control characters
  star_byte = 512,   // *
};

inline constexpr std::array<std::uint16_t, 256> byte_classes = [] {
  std::array<std::uint16_t, 256> classes{};
  constexpr std::string_view in_words = "_-@$#%&*+~^`\\/.?!";
  for (unsigned i = 0; i < 256; ++i) {
    const bool is_digit = i >= '0' && i <= '9';
    const unsigned small = i | 0x20U;
    const bool is_letter = i > 127 || (small >= 'a' && small <= 'z');
    unsigned bits = 0;
    if (is_digit) bits |= digit_byte;
    if (is_letter) bits |= letter_byte;
    if (is_digit || (small >= 'a' && small <= 'f' && i < 128)) bits |= hex_byte;
    if (i == '/' || i == '\\') bits |= slash_byte;
    if (i == '.') bits |= dot_byte;
    if (i == '?') bits |= query_byte;
    if (i == '@') bits |= at_byte;
    if (i == '*') bits |= star_byte;
    if (i <= ' ' || i == 127) bits |= blank_byte;
    const bool is_in_words = in_words.find(static_cast<char>(i)) != std::string_view::npos;
    if (is_digit || is_letter || is_in_words) bits |= word_byte;
    classes[i] = static_cast<std::uint16_t>(bits);
  }
  return classes;
}();

inline unsigned class_of(char byte) { return byte_classes[static_cast<unsigned char>(byte)]; }

// A set of ASCII characters.
class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char byte : bytes) bits_[byte / 64] |= std::uint64_t{1} << (byte % 64);
  }
  constexpr bool has(char byte) const {
    const auto at = static_cast<unsigned char>(byte);
    return at < 128 && (bits_[at / 64] >> (at % 64) & 1U) != 0;
  }

 private:
  std::array<std::uint64_t, 2> bits_{};
};

}  // namespace retimu

#endif
