// SPDX-License-Identifier: Apache-2.0
// What the storage's tests and benchmarks share.
#ifndef RETIMU_STORAGE_STORAGE_TEST_TOOLS_HPP
#define RETIMU_STORAGE_STORAGE_TEST_TOOLS_HPP

#include "retimu/core/temporary_folder_test_tools.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace retimu {

inline std::vector<std::byte> to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline std::string to_string(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  RETIMU_ASSERT(file.good());
}

// Contents of every file below a folder, by its path from there.
inline std::map<std::string, std::string> read_tree(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[std::filesystem::relative(entry.path(), folder).string()] =
        read_file(entry.path().string());
  }
  return files;
}

// An alert that differs with its number in every field that is stored.
inline Alert numbered_alert(std::uint64_t number) {
  Alert alert;
  alert.id = {mix(number, std::uint64_t{1}), mix(number, std::uint64_t{2})};
  alert.change = Change::raised;
  alert.entity = fmt::format("pump{}", number);
  alert.time = static_cast<Time>(number) * second;
  alert.severity = Severity::major;
  alert.log10_p = -static_cast<double>(number);
  alert.lead = "rolling_deviation";
  alert.sentence = fmt::format("pump{} is unusual", number);
  alert.sequence = number;
  return alert;
}

}  // namespace retimu

#endif
