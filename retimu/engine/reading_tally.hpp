// SPDX-License-Identifier: Apache-2.0
// Counts what a source hands over: why records could not be read, and whether there was a column to
// watch at all.
#ifndef RETIMU_ENGINE_READING_TALLY_HPP
#define RETIMU_ENGINE_READING_TALLY_HPP

#include "retimu/core/source.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Records that could not be read for the same reason. What a reason quotes of its record (behind a
// colon) is not part of it and stands, of the first one, in the example.
struct RejectedReason {
  std::string reason, example;
  std::uint64_t count = 0;
};

// The part of a reason that quotes nothing of its record.
std::string_view plain_reason(std::string_view whole);
// It as the label of a metric: what stands in quotes is left out, as it may be of the record, and
// it has at most 100 bytes.
std::string reason_label(std::string_view whole);

class ReadingTally {
 public:
  // What the batch got since it had so many events and rejected records.
  void add(const Batch& batch, std::size_t events_before, std::size_t rejected_before);

  std::uint64_t events() const { return events_; }      // count
  std::uint64_t rejected() const { return rejected_; }  // count
  // Whether an event had a reading, so that there is a column to watch.
  bool has_readings() const { return has_readings_; }
  std::uint64_t log_lines() const { return log_lines_; }  // count
  std::uint64_t alarms() const { return alarms_; }        // count
  // The source went on where an earlier process was, which may have seen other readings.
  void go_on() { goes_on_ = true; }
  bool goes_on() const { return goes_on_; }
  // The commonest first, then by name; at most `count_max`. Of more than 100 reasons the later ones
  // are counted in rejected() only.
  std::vector<RejectedReason> commonest(std::size_t count_max) const;

 private:
  std::uint64_t events_ = 0, rejected_ = 0, log_lines_ = 0, alarms_ = 0;
  bool has_readings_ = false, goes_on_ = false;
  std::map<std::string, RejectedReason, std::less<>> reasons_;
};

// `source` with everything it hands over added to `tally`, which must outlive it; `rejected` (may
// be empty) is called on the reading thread.
std::unique_ptr<Source> tallied(std::unique_ptr<Source> source, ReadingTally& tally,
                                std::function<Result<void>(const Rejected&)> rejected = {});

}  // namespace retimu

#endif
