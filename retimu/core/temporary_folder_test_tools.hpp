// SPDX-License-Identifier: Apache-2.0
// Where tests and benchmarks keep their files.
#ifndef RETIMU_CORE_TEMPORARY_FOLDER_TEST_TOOLS_HPP
#define RETIMU_CORE_TEMPORARY_FOLDER_TEST_TOOLS_HPP

#include "retimu/core/result.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace retimu {

// In memory if there is room, since a killed process needs no disk and thousands of syncs do.
inline std::filesystem::path folder_for_tests() {
  constexpr std::uintmax_t bytes_wanted = 256UL * 1024 * 1024;
  std::error_code error;
  const auto space = std::filesystem::space("/dev/shm", error);
  const bool has_room = !error && space.available >= bytes_wanted;
  return has_room ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
}

// A folder of its own, removed with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& parent = folder_for_tests()) {
    std::string name = (parent / "retimu_XXXXXX").string();
    RETIMU_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::string operator/(std::string_view name) const { return path(name); }

  // Gives the file's path.
  std::string write(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  // Empty if there is none.
  std::string read(std::string_view name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::string path_;
};

}  // namespace retimu

#endif
