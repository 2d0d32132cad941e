// SPDX-License-Identifier: Apache-2.0
// A receiver's report, kept by threads of its own and read by others.
#ifndef RETIMU_CONNECTORS_RECEIVER_COUNTS_HPP
#define RETIMU_CONNECTORS_RECEIVER_COUNTS_HPP

#include "retimu/connectors/receiver.hpp"
#include "retimu/core/wall_clock.hpp"

#include <algorithm>
#include <mutex>

namespace retimu {

class ReceiverCounts {
 public:
  void took(std::uint64_t bytes, std::uint64_t records) {
    const Time now = wall_clock();
    const std::lock_guard lock(mutex_);
    report_.bytes += bytes;
    report_.records += records;
    report_.last = now;
    report_.trouble.clear();
  }
  void refused(std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    report_.refused += count;
  }
  void lost(std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    report_.lost += count;
  }
  // Until something is taken again.
  void trouble(const std::string& text) {
    const std::lock_guard lock(mutex_);
    report_.trouble = text;
  }
  // Once each; of all, the first notes_max are kept.
  void note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    const bool is_known = std::ranges::count(report_.notes, text) > 0;
    if (!is_known && report_.notes.size() < notes_max) report_.notes.push_back(text);
  }
  ReceiverReport report() const {
    const std::lock_guard lock(mutex_);
    return report_;
  }

 private:
  static constexpr std::size_t notes_max = 20;
  mutable std::mutex mutex_;
  ReceiverReport report_;
};

}  // namespace retimu

#endif
