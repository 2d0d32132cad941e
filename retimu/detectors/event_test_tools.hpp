// SPDX-License-Identifier: Apache-2.0
// One entity that sends log lines to an algorithm, for tests; a line a second, and ticks where the
// algorithm wants them. Included by tests only.
#ifndef RETIMU_DETECTORS_EVENT_TEST_TOOLS_HPP
#define RETIMU_DETECTORS_EVENT_TEST_TOOLS_HPP

#include "retimu/core/event_detector.hpp"

#include <limits>
#include <vector>

namespace retimu {

template <class A>
struct LogSender {
  A algorithm;
  typename A::State state{};
  typename A::Work work{};
  Time time = 0;
  double tick_score = std::numeric_limits<double>::quiet_NaN();  // of the last tick
  std::vector<Reason> reasons{};                                 // of the last event

  // NaN: it abstained.
  double send(const LogLine& line) {
    time += second;
    wake();
    return judge(line, time);
  }
  double send(TemplateId id, Severity level = Severity::indeterminate) {
    return send(LogLine{level, "message", id});
  }
  // Nothing comes for so long.
  void rest(Duration duration) {
    time += duration;
    wake();
  }

 private:
  void wake() {
    if constexpr (requires { algorithm.wake_time(state); }) {
      for (auto due = algorithm.wake_time(state); due && *due <= time;
           due = algorithm.wake_time(state)) {
        tick_score = judge(Tick{}, *due);
      }
    }
  }
  double judge(const Payload& payload, Time at) {
    Event event;
    event.time = at;
    event.payload = payload;
    const EntityView view;
    work = {};
    const double score = algorithm.score(state, {event, view}, work);
    reasons.clear();
    if (score > 0) algorithm.explain(state, {event, view}, work, reasons);
    algorithm.learn(state, {event, view}, work);
    return score;
  }
};

}  // namespace retimu

#endif
