// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/paced_source.hpp"

#include "retimu/connectors/pace.hpp"
#include "retimu/core/wrapped_source.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t events_a_read = 64;  // so that none comes much too late
constexpr auto look_interval = std::chrono::milliseconds(50);

class PacedSource final : public WrappedSource {
 public:
  PacedSource(std::unique_ptr<Source> source, double speed, const std::atomic<bool>* stop)
      : WrappedSource(std::move(source)), pace_(speed), stop_(stop) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    const std::size_t before = into.events.size();
    Result<Read> state = WrappedSource::read(into, std::min(count_max, events_a_read), wait);
    if (!state) return state;
    for (std::size_t i = before; i < into.events.size(); ++i) {
      const Event& event = into.events[i];
      // A tick says by how much time goes on.
      if (std::holds_alternative<Tick>(event.payload)) {
        time_ = time_ == time_none ? time_ : add_saturated(time_, event.time);
      } else {
        time_ = std::max(time_, event.time);
      }
    }
    wait_for(time_);
    return state;
  }

 private:
  void wait_for(Time time) {
    while (stop_ == nullptr || !stop_->load(std::memory_order_relaxed)) {
      const auto left = pace_.left(time);
      if (!left) return;
      std::this_thread::sleep_for(std::min<Pace::Clock::duration>(*left, look_interval));
    }
  }

  Pace pace_;
  const std::atomic<bool>* stop_;
  Time time_ = time_none;  // of the newest
};

}  // namespace

std::unique_ptr<Source> paced(std::unique_ptr<Source> source, double speed,
                              const std::atomic<bool>* stop) {
  return std::make_unique<PacedSource>(std::move(source), speed, stop);
}

}  // namespace retimu
