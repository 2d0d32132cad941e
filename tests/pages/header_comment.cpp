// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/header_comment.hpp"

namespace retimu {

namespace {

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

std::string_view stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
}

// A paragraph or an item of a list becomes one line; what Markdown would take for its own is told
// apart.
std::string joined(std::string_view text) {
  std::string markdown;
  next_line(text);  // SPDX
  bool is_new = true;
  while (text.starts_with("//")) {
    const std::string_view line = stripped(next_line(text).substr(2));
    if (line.empty()) {
      is_new = true;
      continue;
    }
    const bool is_item = line.starts_with("- ");
    if (!markdown.empty()) markdown += is_new ? "\n\n" : is_item ? "\n" : " ";
    is_new = false;
    for (const char c : line) {
      if (c == '*' || c == '<') markdown += '\\';
      markdown += c;
    }
  }
  return markdown;
}

// Without the word that is the part's heading already.
std::string headed(std::string_view part, std::string_view heading) {
  part.remove_prefix(heading.size());
  if (part.starts_with(':')) part.remove_prefix(1);
  std::string text(stripped(part));
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

}  // namespace

Result<HeaderComment> parse_header_comment(std::string_view text, std::string_view path) {
  const std::string all = joined(text);
  const std::size_t cost = all.find("Cost"), blind = all.find("Blind to");
  if (cost == std::string::npos || blind == std::string::npos || cost == 0 || blind < cost) {
    return failure(Fault::input,
                   "{}: its first comment must tell the idea, then \"Cost: ...\", then \"Blind to: "
                   "...\"",
                   path);
  }
  const std::string_view view = all;
  return HeaderComment{.idea = std::string(stripped(view.substr(0, cost))),
                       .cost = headed(view.substr(cost, blind - cost), "Cost"),
                       .blind = headed(view.substr(blind), "Blind to")};
}

}  // namespace retimu
