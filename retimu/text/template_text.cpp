// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/template_text.hpp"

#include "retimu/text/scanner.hpp"

namespace retimu {

std::string cut_shown(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string template_text(std::string_view line, std::size_t bytes_max) {
  Scanner scanner;
  const Signature signature = scanner.scan(line.substr(0, sample_bytes_max));
  return cut_shown(render(signature.items, signature.line), bytes_max);
}

}  // namespace retimu
