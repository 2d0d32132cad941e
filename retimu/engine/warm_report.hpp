// SPDX-License-Identifier: Apache-2.0
// When entities are warm, and whether the budget can be kept to, as time: told once, when event
// time has gone on for a minute and each has sent ten records on the average.
#ifndef RETIMU_ENGINE_WARM_REPORT_HPP
#define RETIMU_ENGINE_WARM_REPORT_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/self_check.hpp"
#include "retimu/engine/vitals.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace retimu {

// `records_a_day`: of each of the entities; > 0.
std::vector<std::string> warm_lines(const std::vector<SelfTest>& tests, double budget_per_day,
                                    double entities, double records_a_day);

class WarmReport {
 public:
  // `tell` (may be empty) gets the lines, on the thread that looks.
  WarmReport(double budget_per_day, std::function<void(const std::vector<std::string>&)> tell)
      : budget_per_day_(budget_per_day), tell_(std::move(tell)) {}

  // Of the detectors, from any thread; nothing is told before.
  void know(std::vector<SelfTest> tests);
  void look(const Vitals& vitals);

 private:
  double budget_per_day_;
  std::function<void(const std::vector<std::string>&)> tell_;
  std::mutex mutex_;
  std::vector<SelfTest> tests_;
  bool is_known_ = false, is_told_ = false;
  Time begin_ = time_none;  // of event time, when it first looked
  std::uint64_t records_ = 0;
};

}  // namespace retimu

#endif
