// SPDX-License-Identifier: Apache-2.0
// A file of lines that is only appended to.
#ifndef RETIMU_CONNECTORS_APPEND_FILE_HPP
#define RETIMU_CONNECTORS_APPEND_FILE_HPP

#include "retimu/connectors/descriptor.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace retimu {

class AppendFile {
 public:
  // Made if it is missing; nothing in it is changed. Devices and pipes are written to as they are.
  // Fault::system if it cannot be written.
  static Result<std::unique_ptr<AppendFile>> open(const std::string& path);

  struct Tail {
    std::string last_line;  // the last whole one, without its end; empty if there is none
    std::string torn;       // what stands behind it: a line that a crash cut off, or nothing
  };
  // At most the last 16 MiB are looked at. Fault::usage if there is no line end in them. Lines that
  // `is_passed` accepts are passed over, so that the last one of the others is found.
  Result<Tail> tail(bool (*is_passed)(std::string_view line) = nullptr) const;
  // Removes what stands behind the last line end, if `begin` is how a line begins that the caller
  // writes and it is the beginning of one; a power failure may have left zeros in its place.
  // Fault::usage otherwise: it is somebody else's file, and nothing is changed.
  Result<void> cut_torn_line(std::string_view begin);

  // Whole lines. All of it or nothing: what was written before an error is cut off again, at the
  // latest by the next call. A file that was removed is made again.
  Result<void> append(std::string_view lines);
  std::uint64_t bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

 private:
  AppendFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  static std::optional<Tail> find_tail(const std::string& text, bool is_all,
                                       bool (*is_passed)(std::string_view));
  Result<void> measure();
  Result<void> replace_removed();
  Result<void> cut(std::uint64_t bytes);
  Result<std::string> read_back(std::uint64_t bytes) const;

  std::string path_;
  Descriptor file_;
  std::uint64_t bytes_ = 0;  // of a regular file; of others what was appended
  bool is_regular_ = true;
  bool is_torn_ = false;  // something is behind bytes_ that could not be cut off
};

}  // namespace retimu

#endif
