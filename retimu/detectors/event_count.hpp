// SPDX-License-Identifier: Apache-2.0
// More or fewer events than usual in a window, whatever they say: readings, log lines or alarms of
// an entity, each counted apart.
//
// The count of a window, 5 minutes by default, against what is usual in that hour of the week, of
// the day, or ever: the narrowest that two weeks or two days have taught; by the local clock.
// Counts are compared by their square roots, which makes the spread of a Poisson count 1 at every
// rate (Anscombe 1948), in units of how far they usually stray, as counts spread wider than
// Poisson's; what is unusual counts as three such units, so that no outlier teaches much. A window
// is judged when it ends, though no event comes.
//
// Score: the deviation. Evidence: that of a Laplace tail, 0.61 decades a deviation; it raises an
// alert from 4.5 on, 7.3 deviations. After three empty windows it waits for the next event: what
// was empty in between is learned by the hour, unless it was more than a week. Cost: 10 ns an
// event, and 100 ns a window. Memory: 1.7 KB. Blind to: fewer than about 20 events a window, whose
// end is for `silence`; what changes within a window, or slowly over days; and windows in which
// nothing came to the whole pipeline.
#ifndef RETIMU_DETECTORS_EVENT_COUNT_HPP
#define RETIMU_DETECTORS_EVENT_COUNT_HPP

#include "retimu/core/event_detector.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace retimu {

struct EventCount {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t hours = 168, hours_of_day = 24;
  static constexpr std::uint32_t windows_min = 48;  // before it judges
  static constexpr double threshold = 4.5;          // decades

  Duration window = 5 * minute;

  // Square roots of counts, faded over the last 64 or so.
  struct Usual {
    float root = 0;
    std::uint32_t windows = 0;
  };
  struct State {
    std::array<Usual, hours> of_week;
    std::array<Usual, hours_of_day> of_day;
    Usual of_all;
    double spread = 1;       // usual deviation of the square root, >= 1 as that of a Poisson count
    std::int64_t index = 0;  // of the running window
    std::uint32_t count = 0;
    std::uint32_t windows = 0;    // learned
    std::uint8_t empty = 0;       // in a row
    std::uint8_t is_awake = 0;    // the running window is judged when it ends
    std::uint8_t is_partial = 1;  // it is not, but learned from the next on
    std::uint8_t modality = 0;
  };
  struct Work {
    double deviation = 0, usual = 0;  // spreads; events a window
    bool is_judged = false;
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double /*events_a_day*/) const { return threshold; }
  double evidence(const Work& work) const;
  void learn(State& state, const Observation& observation, const Work& work) const;
  std::optional<Time> wake_time(const State& state) const;
  void stood_still(State& state, const Standstill& still) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  Time end_of(const State& state) const { return add_saturated(state.index * window, window); }
  void catch_up(State& state, std::int64_t index, Duration to_local) const;
};

DetectorEntry event_count_entry();

}  // namespace retimu

#endif
