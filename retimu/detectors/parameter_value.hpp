// SPDX-License-Identifier: Apache-2.0
// A number in a log message that is far from what this number of this message usually is: a
// duration, a size, a count.
//
// Numbers are known by their template and by which of how many of the line they are, eight at most:
// where an identifier happens to have digits alone, the others are not taken for their neighbours.
// On a logarithmic scale, sign(x) log2(1 + |x|), each has a robust centre and a usual deviation.
// Two views of it, the value and the mean of each 8 values, are so many deviations from the centre;
// how often its own views were as far, with a generalised Pareto tail beyond (Pickands 1975), makes
// that evidence in decades, so that heavy tails and rare large values are known as such. Less than
// 6 deviations of a value, or 2 of a mean, is no evidence. Identifiers are learned by what they do
// and not judged: nine in ten are whole, differ from the one before, and have five digits or are
// larger than it.
//
// Evidence of its own: as many decades raise an alert as one number in a hundred days has, 5 to 8.
// It learns from everything. Speaks after 100 values of a number.
// Cost: 100 ns a number. Memory: 600 bytes a number, 128 at most: 77 KB.
// Blind to: values within the usual range, a number that never changed (until it did some times),
// a large size in bytes that never repeats, numbers beyond the 128 first until one of those is not
// seen for 10,000 lines.
#ifndef RETIMU_DETECTORS_PARAMETER_VALUE_HPP
#define RETIMU_DETECTORS_PARAMETER_VALUE_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/rare_size.hpp"
#include "retimu/stats/baseline.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace retimu {

struct ParameterValue {
  static constexpr std::uint32_t version = 2;
  static constexpr std::size_t tracked_limit = 512, numbers_max = 8;  // of an entity, of a line
  static constexpr std::size_t views = 2;                             // value, mean

  std::size_t tracked_max = 128;

  struct Number {
    Baseline usual;  // on the logarithmic scale
    std::array<RareSize, views> sizes;
    double last = 0;         // value
    double sum = 0;          // of the values of the open block, on the logarithmic scale
    double identity = 0;     // share of values that look like identifiers
    std::uint64_t used = 0;  // the line at which it came last
    std::uint32_t values = 0;
    std::uint32_t in_block = 0;  // values
  };
  struct State {
    std::uint64_t lines = 0;
    std::vector<std::uint64_t> keys;  // of template, ordinal and count
    std::vector<Number> tracked;      // by place in `keys`
  };
  struct Work {
    std::array<std::array<double, views>, numbers_max> size;
    std::array<std::uint32_t, numbers_max> place;  // their number where it is not tracked
    double evidence = 0;
    std::uint32_t count = 0, strangest = 0;  // numbers of the line; the ordinal
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double events_a_day) const;
  double evidence(const Work& work) const { return work.evidence; }
  void learn(State& state, const Observation& observation, const Work& work) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void merge(State& state, TemplateId from, TemplateId to) const;
  void visit(State& state, StateVisitor& visitor) const;
};

DetectorEntry parameter_value_entry();

}  // namespace retimu

#endif
