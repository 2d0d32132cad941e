// SPDX-License-Identifier: Apache-2.0
// How many of the lines are errors, and how many are warnings or worse: a share larger than usual.
// A window is over after a minute of event time with 20 lines, or after an hour.
//
// k of n lines in the window against K of N in the windows before, which fade over 128: half the
// likelihood ratio of two shares against one (Wilks 1938), in decades. It is what the tail of a
// beta-binomial distribution falls by, and knows how little a short past says. The stranger of the
// two levels counts; how often the entity's own windows were as strange, with a generalised Pareto
// tail beyond, makes it evidence, never more than the ratio itself.
//
// Evidence of its own: 3.5 decades raise an alert; what a window showed holds until the next is
// over. It learns from everything. Cost: 25 ns a line, 0.3 us a window. Memory: 250 bytes. Blind
// to: fewer errors than usual, which error it is, more of everything (see template_count), an
// entity whose lines have no level, the first 16 windows.
#ifndef RETIMU_DETECTORS_LEVEL_SHARE_HPP
#define RETIMU_DETECTORS_LEVEL_SHARE_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/rare_size.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace retimu {

struct LevelShare {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t levels = 2;  // errors; warnings or worse

  std::uint32_t lines_min = 20;  // of a window that is over after a minute

  // Lines, and how many of them were of a level or worse.
  template <class Count>
  struct Lines {
    Count all{};
    std::array<Count, levels> worse{};
  };
  struct Shown {  // by the last window that is over
    double evidence = 0;
    double observed = 0, high = 0;  // shares
    std::uint8_t level = 0;
  };
  struct State {
    Shown shown;
    Time start = time_none;  // of the open window; none is open
    Lines<std::uint32_t> now;
    Lines<double> past;
    std::uint32_t windows = 0;  // that are over
    RareSize sizes = RareSize::of_decades();
  };
  struct Work {
    Shown shown;
    double size = 0;
    bool closes = false, is_judged = false;
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double events_a_day) const;
  double evidence(const Work& work) const { return work.shown.evidence; }
  void learn(State& state, const Observation& observation, const Work& work) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  std::optional<Time> wake_time(const State& state) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  static void judge(const State& state, Work& work);
};

DetectorEntry level_share_entry();

}  // namespace retimu

#endif
