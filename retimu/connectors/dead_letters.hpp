// SPDX-License-Identifier: Apache-2.0
// Records that could not be read, kept for a person: JSON lines {source, offset, reason, text},
// the offset in bytes from the file's start. Each stands there once, also after a restart that
// reads it again. Beyond bytes_max nothing is kept, only counted.
#ifndef RETIMU_CONNECTORS_DEAD_LETTERS_HPP
#define RETIMU_CONNECTORS_DEAD_LETTERS_HPP

#include "retimu/connectors/append_file.hpp"
#include "retimu/core/batch.hpp"

#include <map>
#include <memory>
#include <string>

namespace retimu {

class DeadLetters {
 public:
  // Made if it is missing. A line that a crash cut off is removed. Fault::usage if there are lines
  // that are no dead letters: it is somebody else's file, and nothing is changed. Reads the file
  // once.
  static Result<std::unique_ptr<DeadLetters>> open(const std::string& path,
                                                   std::uint64_t bytes_max = 64UL * 1024 * 1024);

  // `source`: the file's path for people. Records of a source come in the order of their offsets;
  // one that was kept already is passed over.
  Result<void> add(std::string_view source, const Rejected& rejected);
  std::uint64_t left_out() const { return left_out_; }  // count, beyond bytes_max

 private:
  DeadLetters(std::unique_ptr<AppendFile> file, std::uint64_t bytes_max)
      : file_(std::move(file)), bytes_max_(bytes_max) {}
  Result<void> remember_kept();
  std::uint64_t& next_of(std::string_view source);

  std::unique_ptr<AppendFile> file_;
  std::uint64_t bytes_max_;
  // By source: the offset from which on nothing is kept yet.
  std::map<std::string, std::uint64_t> next_;
  std::uint64_t left_out_ = 0;
};

}  // namespace retimu

#endif
