// SPDX-License-Identifier: Apache-2.0
// Records that could not be read, kept for a person: JSON lines {source, partition, offset, row, reason, text}. Each stands
// there once, also after a restart that reads it again. Beyond bytes_max nothing is kept, only counted.
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
  static Result<std::unique_ptr<DeadLetters>> open(const std::string& path,
                                                   std::uint64_t bytes_max = 64UL * 1024 * 1024);

  // `source`: the file's path for people.
  Result<void> add(std::string_view source, const Rejected& rejected);
  std::uint64_t left_out() const { return left_out_; }  // beyond bytes_max

 private:
  DeadLetters(std::unique_ptr<AppendFile> file, std::uint64_t bytes_max)
      : file_(std::move(file)), bytes_max_(bytes_max) {}
  Result<void> remember_kept();

  std::unique_ptr<AppendFile> file_;
  std::uint64_t bytes_max_;
  std::map<std::string, std::uint64_t, std::less<>> kept_;  // by source: the offset after which nothing is kept yet
  std::uint64_t left_out_ = 0;
};

}  // namespace retimu

#endif
