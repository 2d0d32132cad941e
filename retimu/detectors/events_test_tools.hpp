// SPDX-License-Identifier: Apache-2.0
// One entity that sends readings at stated times to a detector of events, which is asked when it
// wants to be as the engine does. Included by tests only.
#ifndef RETIMU_DETECTORS_EVENTS_TEST_TOOLS_HPP
#define RETIMU_DETECTORS_EVENTS_TEST_TOOLS_HPP

#include "retimu/core/event_detector.hpp"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <vector>

namespace retimu {

template <class A>
struct EventSender {
  struct Told {
    Time time;
    double evidence;
    std::vector<Reason> reasons;
  };
  A algorithm{};
  typename A::State state{};
  std::vector<Told> told{};  // what reached the threshold
  std::uint32_t columns = 1;

  // After what is due before it. All columns, or those in these slots.
  double send(Time time, std::optional<std::vector<std::uint32_t>> slots = std::nullopt) {
    pass(time);
    std::vector<std::uint32_t> present(columns);
    std::iota(present.begin(), present.end(), 0U);
    return judge(time, Readings{}, slots.value_or(present));
  }
  // The clock passed it.
  void pass(Time time) {
    for (auto due = algorithm.wake_time(state); due && *due <= time;
         due = algorithm.wake_time(state)) {
      judge(*due, Tick{}, {});
      const auto next = algorithm.wake_time(state);
      RETIMU_ASSERT(!next || *next > *due);
    }
  }
  bool is_training = false;

 private:
  double judge(Time time, Payload payload, const std::vector<std::uint32_t>& present) {
    std::vector<ColumnId> ids(columns);
    for (std::uint32_t i = 0; i < columns; ++i) ids[i] = static_cast<ColumnId>(i);
    Event event;
    event.time = time;
    event.training = is_training;
    event.payload = payload;
    const EntityView view{ids, {}, {}, present};
    const Observation observation{event, view, time};
    typename A::Work work{};
    const double score = algorithm.score(state, observation, work);
    if (!std::isnan(score) && algorithm.evidence(work) >= algorithm.own_threshold(1)) {
      told.push_back({time, algorithm.evidence(work), {}});
      algorithm.explain(state, observation, work, told.back().reasons);
    }
    algorithm.learn(state, observation, work);
    return score;
  }
};

}  // namespace retimu

#endif
