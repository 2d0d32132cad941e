// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/byte_order_mark.hpp"

#include <cstdint>

namespace retimu {

namespace {

constexpr std::uint32_t no_character = 0xFFFD;

bool is_in(std::uint32_t unit, std::uint32_t first, std::uint32_t last) {
  return unit >= first && unit <= last;
}

void append_utf8(std::uint32_t code, std::string& to) {
  const auto put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

// An odd byte at the end is left out.
void append_utf16(std::string_view text, bool is_low_first, std::string& to) {
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    if (at + 1 >= text.size()) return 0;
    const auto first = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(text[at + 1]);
    return is_low_first ? first | next << 8U : first << 8U | next;
  };
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (is_in(code, 0xD800, 0xDBFF) && is_in(unit(at + 2), 0xDC00, 0xDFFF)) {
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
      at += 2;
    }
    append_utf8(is_in(code, 0xD800, 0xDFFF) ? no_character : code, to);
  }
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text, std::string& scratch) {
  if (text.starts_with("\xEF\xBB\xBF")) return text.substr(3);
  const bool is_low_first = text.starts_with("\xFF\xFE");
  if (!is_low_first && !text.starts_with("\xFE\xFF")) return text;
  scratch.clear();
  append_utf16(text.substr(2), is_low_first, scratch);
  return scratch;
}

}  // namespace retimu
