// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/template_text.hpp"

#include "retimu/text/scanner.hpp"

namespace retimu {

std::string template_text(std::string_view line, std::size_t bytes_max) {
  Scanner scanner;
  const Signature signature = scanner.scan(line.substr(0, sample_bytes_max));
  std::string text = render(signature.items, signature.line);
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace retimu
