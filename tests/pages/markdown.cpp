// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/markdown.hpp"

#include <string_view>

namespace retimu {

namespace {

// In a table a paragraph has no lines, and a bar would end the cell.
std::string cell(std::string_view text) {
  std::string one;
  for (const char c : text) {
    if (c == '|') one += '\\';
    if (c != '\n') {
      one += c;
    } else if (!one.ends_with(' ')) {
      one += ' ';
    }
  }
  return one;
}

std::string row_of(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& one : cells) text += " " + cell(one) + " |";
  return text + "\n";
}

}  // namespace

std::string table_of(const std::vector<std::string>& header,
                     const std::vector<std::vector<std::string>>& rows) {
  std::string text = row_of(header) + "|";
  for (std::size_t i = 0; i < header.size(); ++i) text += "---|";
  text += "\n";
  for (const std::vector<std::string>& row : rows) text += row_of(row);
  return text;
}

}  // namespace retimu
