// SPDX-License-Identifier: Apache-2.0
// What the tests of sets share: a folder of small files, and one of the files kept for tests.
#ifndef RETIMU_EVALUATION_SETS_TEST_TOOLS_HPP
#define RETIMU_EVALUATION_SETS_TEST_TOOLS_HPP

#include "retimu/core/result.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace retimu {

// Removed with the object.
class SetFolder {
 public:
  SetFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "retimu_set_XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  SetFolder(const SetFolder&) = delete;
  SetFolder& operator=(const SetFolder&) = delete;
  ~SetFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  // With the folders that lead to it; its path.
  std::string write(const std::string& name, std::string_view text) const {
    const std::filesystem::path path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

 private:
  std::string path_;
};

// tests/data/evaluation/NAME; its bytes, none if it is not there.
inline std::string kept_path(const std::string& name) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  return std::string(root == nullptr ? "." : root) + "/tests/data/evaluation/" + name;
}
inline std::string kept_file(const std::string& name) {
  std::ifstream file(kept_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the error says; "no error" if there is none, or it is not Fault::input.
template <class T>
std::string error_of(const Result<T>& result) {
  return result || result.error().fault != Fault::input ? "no error" : result.error().message;
}

}  // namespace retimu

#endif
