// SPDX-License-Identifier: Apache-2.0
// The comment that a detector's header opens with, as Markdown: its idea, cost, and blindness.
#ifndef TESTS_PAGES_HEADER_COMMENT_HPP
#define TESTS_PAGES_HEADER_COMMENT_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <string_view>

namespace retimu {

struct HeaderComment {
  std::string idea;   // paragraphs and lists
  std::string cost;   // paragraphs
  std::string blind;  // what it cannot see
};

// The lines after the first, as far as they are comments: what stands before "Cost", from there to
// "Blind to", and the rest. `path` names the file in the error of one that lacks a part.
Result<HeaderComment> parse_header_comment(std::string_view text, std::string_view path);

}  // namespace retimu

#endif
