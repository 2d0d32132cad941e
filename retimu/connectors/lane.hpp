// SPDX-License-Identifier: Apache-2.0
// A file that waits for its turn among others, with what was read ahead of it.
#ifndef RETIMU_CONNECTORS_LANE_HPP
#define RETIMU_CONNECTORS_LANE_HPP

#include "retimu/connectors/input_file.hpp"

#include <memory>

namespace retimu {

class Lane {
 public:
  Lane(std::unique_ptr<InputFile> file, std::size_t ahead_records)
      : file_(std::move(file)), ahead_records_(ahead_records) {}

  const InputFile& file() const { return *file_; }

  // Whether there is a next record; reads ahead for it.
  bool has_next(bool keep_origins);
  // Of the next record; time_none if it could not be read. Only after has_next().
  Time time() const;
  // Hands the next record over. Only after has_next().
  void pass(Batch& into);
  // The next records at once, for a file that is alone; false when there are no more. Straight into
  // the batch, once what was read ahead is handed over.
  bool read(Batch& into, std::size_t count_max);

  // Of the next record.
  Position position() const;
  Result<void> seek(std::uint64_t offset);
  void set_first_year(int year) { file_->set_first_year(year); }

 private:
  bool has_event() const { return next_event_ < ahead_.events.size(); }
  // The next record is one that could not be read.
  bool is_rejected_next() const;

  std::unique_ptr<InputFile> file_;
  std::size_t ahead_records_;  // count
  Batch ahead_;
  std::size_t next_event_ = 0, next_rejected_ = 0;
  bool is_ended_ = false;
};

}  // namespace retimu

#endif
