// SPDX-License-Identifier: Apache-2.0
// How often each message comes: a template that comes more or less often than usual, or not at all.
// Counted in windows of a minute, a quarter of an hour and four hours of event time side by side,
// which are judged when they are over, also where nothing came any more.
//
// A count is as strange as half its deviance (Nelder and Wedderburn 1972) under a negative binomial
// distribution, or under batches that come by chance where that is less, with the template's own
// mean and variance of the last 128 windows (see count_rate.hpp). Expected is
// the mean at the load of the window: how many times its usual count half of the lines come, the
// weighted median over the templates. So where everything doubles only the sum of all lines is
// strange, and one template that floods makes no other one rare. How often the sum, and the
// strangest template, were as strange in windows of this length, with a generalised Pareto tail
// beyond, makes that evidence in decades, never more than the model itself gives.
//
// Evidence of its own: 3.5 decades raise an alert; what a window showed holds until the next is
// over. It learns from everything.
// Cost: 60 to 100 ns a line, 3 us a minute. Memory: 1.6 KB, and up to 250 bytes a template; the 64
// first that come more often than once in fifty minutes, all others together.
// Blind to: a template that is new (see new_template), a dip of what does not come in nine of ten
// windows of any length, counts that are usual at another time of the day, the first 16 windows of
// a length, what is over within a minute and moves no count.
#ifndef RETIMU_DETECTORS_TEMPLATE_COUNT_HPP
#define RETIMU_DETECTORS_TEMPLATE_COUNT_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/count_rate.hpp"
#include "retimu/detectors/rare_size.hpp"
#include "retimu/detectors/time_window.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct TemplateCount {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t tracked_limit = 256;
  static constexpr std::array<Duration, 3> lengths = {minute, 15 * minute, 4 * hour};

  std::size_t tracked_max = 64;

  struct Counted {
    CountRate usual;
    std::uint32_t now = 0;  // lines of the open window
  };
  struct Shown {  // by the last window that is over
    double evidence = 0;
    double observed = 0, low = 0, high = 0;  // lines a minute
    std::uint32_t place = 0;                 // in `counted`
  };
  // Windows of one length. Sizes are those of all lines and of the strangest template.
  struct Scale {
    TimeWindow window;
    std::uint32_t windows = 0;     // that are over
    std::vector<Counted> counted;  // all lines, those that are not tracked, and by place in `ids`
    Shown shown;
    std::array<RareSize, 2> sizes = {RareSize::of_decades(), RareSize::of_decades()};
  };
  struct State {
    std::vector<TemplateId> ids;
    std::vector<std::string> texts;  // short, by place in `ids`
    std::array<Scale, lengths.size()> scales;
    State();
  };
  struct Work {
    std::array<Shown, lengths.size()> shown;
    std::array<std::array<double, 2>, lengths.size()> size;  // as Scale::sizes
    std::array<double, lengths.size()> load;
    std::array<bool, lengths.size()> closes, is_judged;
    std::size_t strangest = 0;  // scale
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double events_a_day) const;
  double evidence(const Work& work) const { return work.shown[work.strangest].evidence; }
  void learn(State& state, const Observation& observation, const Work& work) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void merge(State& state, TemplateId from, TemplateId to) const;
  std::optional<Time> wake_time(const State& state) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  std::size_t take_place(State& state, const LogLine& line) const;
};

DetectorEntry template_count_entry();

}  // namespace retimu

#endif
