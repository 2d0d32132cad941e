// SPDX-License-Identifier: Apache-2.0
// Where groups leave their sums for a boundary, and the reader waits for all of them.
#ifndef RETIMU_ENGINE_REPORT_BOARD_HPP
#define RETIMU_ENGINE_REPORT_BOARD_HPP

#include "retimu/core/decision.hpp"
#include "retimu/engine/boundary.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace retimu {

class ReportBoard {
 public:
  void add(const Boundary& boundary, const FleetSums& sums, std::size_t groups) {
    {
      const std::lock_guard lock(mutex_);
      Entry& entry = entries_[boundary];
      entry.sums += sums;
      entry.groups += groups;
    }
    changed_.notify_one();
  }
  // All groups' sums; none if they are not complete after `wait`. Forgets that boundary and earlier
  // ones.
  std::optional<FleetSums> take(const Boundary& boundary, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    const auto complete = [&] { return entries_[boundary].groups >= group_count; };
    if (!changed_.wait_for(lock, wait, complete)) return std::nullopt;
    const FleetSums sums = entries_[boundary].sums;
    entries_.erase(entries_.begin(), entries_.upper_bound(boundary));
    return sums;
  }

 private:
  struct Entry {
    FleetSums sums;
    std::size_t groups = 0;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Boundary, Entry> entries_;
};

}  // namespace retimu

#endif
