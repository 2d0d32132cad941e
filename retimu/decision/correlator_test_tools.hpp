// SPDX-License-Identifier: Apache-2.0
// Alerts by hand, and what a correlator tells of them.
#ifndef RETIMU_DECISION_CORRELATOR_TEST_TOOLS_HPP
#define RETIMU_DECISION_CORRELATOR_TEST_TOOLS_HPP

#include "retimu/core/hash.hpp"
#include "retimu/core/incident.hpp"
#include "retimu/core/random.hpp"
#include "retimu/decision/correlator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

inline constexpr Time start = 1'700'000'000 * second;

inline Alert alert_of(const std::string& entity, Duration at, Change change = Change::raised,
                      std::uint64_t episode = 1) {
  Alert alert;
  alert.entity = entity;
  alert.id = {hash(entity), episode};
  alert.time = start + at;
  alert.onset = start + at;
  alert.change = change;
  alert.severity = Severity::minor;
  alert.log10_p = -6;
  alert.sequence = static_cast<std::uint64_t>(at / millisecond);
  alert.reasons = {{"latency", "ms", 10, 1, 3, 1}};
  return alert;
}

// Alerts in, what is told out; the clock passes every second.
class Told {
 public:
  explicit Told(const Topology* topology = nullptr)
      : correlator_({.topology = topology}), clock_(start) {}

  // Whether it is told itself.
  bool give(const Alert& alert, bool may_open = true) {
    pass(alert.time);
    const auto by = correlator_.take(alert);
    const auto instead = correlator_.tell(
        alert, may_open, [&] { return may_open; }, told);
    return !by && !instead;
  }
  void see(const Departure& departure) { correlator_.see(departure); }
  void pass(Time until) {
    for (; clock_ <= until; clock_ += second) correlator_.pass(clock_, 0, told);
  }
  void pass_by(Duration duration) { pass(clock_ + duration); }
  // Goes on with another correlator that has read its state; false if that is not the same.
  bool reload(const Topology* topology = nullptr) {
    std::vector<std::byte> state, again;
    StateWriter writer(state);
    correlator_.visit(writer);
    std::destroy_at(&correlator_);
    std::construct_at(&correlator_, CorrelatorOptions{.topology = topology});
    StateReader reader(state);
    correlator_.visit(reader);
    StateWriter second_writer(again);
    correlator_.visit(second_writer);
    return reader.finished() && state == again;
  }

  std::vector<Alert> told;

 private:
  Correlator correlator_;
  Time clock_;
};

inline Topology rack() {
  std::vector<TopologyEdge> edges;
  for (int i = 1; i <= 5; ++i) edges.push_back({"switch1", fmt::format("web{}", i)});
  for (int i = 1; i <= 5; ++i) edges.push_back({"switch2", fmt::format("db{}", i)});
  return Topology(edges);
}

}  // namespace retimu

#endif
