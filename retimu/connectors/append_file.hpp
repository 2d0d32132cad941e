// SPDX-License-Identifier: Apache-2.0
// A file of lines that is only appended to.
#ifndef RETIMU_CONNECTORS_APPEND_FILE_HPP
#define RETIMU_CONNECTORS_APPEND_FILE_HPP

#include "retimu/core/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace retimu {

class AppendFile {
 public:
  static Result<std::unique_ptr<AppendFile>> open(const std::string& path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // The last whole line, empty if there is none. At most a line of 16 MiB is looked for.
  Result<std::string> last_line() const;
  // Removes what stands behind the last line end.
  Result<void> cut_torn_line();
  // All of it or nothing: what was written before an error is cut off again.
  Result<void> append(std::string_view text);
  std::uint64_t bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

 private:
  AppendFile(std::string path, int file, std::uint64_t bytes)
      : path_(std::move(path)), file_(file), bytes_(bytes) {}
  Result<std::string> tail(std::uint64_t bytes) const;

  std::string path_;
  int file_;
  std::uint64_t bytes_;
};

}  // namespace retimu

#endif
