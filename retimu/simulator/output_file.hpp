// SPDX-License-Identifier: Apache-2.0
// A file that is there whole or not at all: written beside its place, then renamed.
#ifndef RETIMU_SIMULATOR_OUTPUT_FILE_HPP
#define RETIMU_SIMULATOR_OUTPUT_FILE_HPP

#include "retimu/core/result.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace retimu {

class OutputFile {
 public:
  static Result<OutputFile> create(std::string path);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // removes what was not finished

  Result<void> append(std::string_view text);
  Result<void> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit OutputFile(std::string path) : path_(std::move(path)), partial_(path_ + ".partial") {}
  tl::unexpected<Error> failed(std::string_view action) const;

  std::string path_, partial_;
  std::unique_ptr<std::FILE, Close> file_;
};

// The whole of it.
Result<void> write_file(std::string path, std::string_view text);
Result<std::string> read_whole(const std::string& path);
// With its parents, if missing.
Result<void> make_folder(const std::string& path);

}  // namespace retimu

#endif
