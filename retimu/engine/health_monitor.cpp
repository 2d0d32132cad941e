// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/health_monitor.hpp"

#include "retimu/connectors/alert_json.hpp"

#include <chrono>
#include <utility>

namespace retimu {

namespace {
constexpr auto look_interval = std::chrono::seconds(1);
}

void HealthMonitor::start(std::vector<Alert> open, std::function<void(const Alert&)> tell_now) {
  watch_.take_over(std::move(open));
  tell_now_ = std::move(tell_now);
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_.wait_for(lock, look_interval, [this] { return is_stopping_; })) {
      lock.unlock();
      look();
      lock.lock();
    }
  });
}

void HealthMonitor::look() {
  for (Alert& alert : watch_.look(gather_())) {
    if (seen_) seen_(alert);
    if (tell_now_ && is_past_outbox(alert)) {
      tell_now_(alert);
      continue;
    }
    const std::lock_guard lock(mutex_);
    found_.push_back(std::move(alert));
    has_found_ = true;
  }
}

std::vector<Alert> HealthMonitor::take() {
  if (!has_found_.load(std::memory_order_relaxed)) return {};
  const std::lock_guard lock(mutex_);
  has_found_ = false;
  return std::exchange(found_, {});
}

void HealthMonitor::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace retimu
