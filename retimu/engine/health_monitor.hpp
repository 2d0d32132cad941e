// SPDX-License-Identifier: Apache-2.0
// Looks after a running pipeline once a second, on a thread of its own, so that it also speaks when
// the others wait for a full disk.
#ifndef RETIMU_ENGINE_HEALTH_MONITOR_HPP
#define RETIMU_ENGINE_HEALTH_MONITOR_HPP

#include "retimu/engine/health_watch.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace retimu {

class HealthMonitor {
 public:
  // `gather` and `seen` (may be empty), which hears of each change, are called on its thread.
  explicit HealthMonitor(std::function<HealthFacts()> gather,
                         std::function<void(const Alert&)> seen = {})
      : gather_(std::move(gather)), seen_(std::move(seen)) {}
  ~HealthMonitor() { stop(); }
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  // `open`: what earlier processes told and did not resolve. What says that nothing can be kept
  // goes to `tell_now`, on the monitor's thread; if that is empty it waits with the others.
  void start(std::vector<Alert> open, std::function<void(const Alert&)> tell_now);
  // What waits to enter the admitted order, in the order in which it was found.
  std::vector<Alert> take();
  void stop();  // looks no more

 private:
  void look();

  std::function<HealthFacts()> gather_;
  std::function<void(const Alert&)> seen_, tell_now_;
  HealthWatch watch_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::vector<Alert> found_;
  std::atomic<bool> has_found_ = false;
  std::thread thread_;
};

}  // namespace retimu

#endif
