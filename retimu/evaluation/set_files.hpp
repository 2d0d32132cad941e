// SPDX-License-Identifier: Apache-2.0
// Where the files of a set lie: in the folder that is named, or in one that it holds.
#ifndef RETIMU_EVALUATION_SET_FILES_HPP
#define RETIMU_EVALUATION_SET_FILES_HPP

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/core/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

using Names = std::span<const std::string_view>;

// The whole file, unpacked if it is packed by gzip.
Result<std::string> read_unpacked(const std::string& path);
Result<std::string> read_all(ByteReader& bytes);

// `folder` itself or the first of `below` in it that holds any of `marks`: a file or folder, or
// "*.end", any file that ends so. Fault::input: no such folder, or none of the marks in any.
Result<std::string> find_folder(const std::string& folder, Names below, Names marks);

// folder/name, or with .gz behind it; none if there is neither.
std::optional<std::string> find_file(const std::string& folder, const std::string& name);
// The same, Fault::input if there is neither.
Result<std::string> need_file(const std::string& folder, const std::string& name);

// Names of the files (their links too) of a folder that end so, without the end, sorted; a .gz
// behind it is passed over. Empty if there is no such folder.
std::vector<std::string> list_files(const std::string& folder, std::string_view end);

bool is_folder(const std::string& path);

// The next line of `left` without its end, which is taken off; false at the end of the text.
bool next_line(std::string_view& left, std::string_view& line);
// The place of a name in a line of names.
std::optional<std::size_t> column_of(const std::vector<std::string_view>& header,
                                     std::string_view name);

}  // namespace retimu

#endif
