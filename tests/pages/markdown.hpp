// SPDX-License-Identifier: Apache-2.0
// Tables of Markdown.
#ifndef TESTS_PAGES_MARKDOWN_HPP
#define TESTS_PAGES_MARKDOWN_HPP

#include <string>
#include <vector>

namespace retimu {

// A row a list of cells, with as many of them as the header. Line breaks and bars are mended.
std::string table_of(const std::vector<std::string>& header,
                     const std::vector<std::vector<std::string>>& rows);

}  // namespace retimu

#endif
