// SPDX-License-Identifier: Apache-2.0
// A log message that the entity has not sent before: a template that is new to it.
//
// How much that says is how long it usually takes until something new comes. Messages that the
// whole fleet has not seen before, and those that other entities have sent, are counted apart, and
// within these what is critical, errors, warnings and the rest: the evidence is log10 of the usual
// number of lines from one new message of the kind to the next, the mean of the last four gaps, or
// the gap that just ended if that is longer. A system that writes something new all the time so
// says little, and a single new error after a long time much. An error that is new to the fleet and
// more severe than what the entity usually logs says more: the decades by which lines of its level
// or worse are rarer than one in a hundred, fewer with each new one of the kind that came before.
// What the fleet knows counts half, so that a new version that goes round does not ring at every
// entity.
//
// The idea that novelty is judged by its usual rate is that of Good (1953); the rest is our own.
// Cost: 20 ns a line. Memory: 360 bytes, and 12 to 48 bytes a template, at most 130 KB.
// Blind to: what was seen before, however long ago; messages that differ only in a variable.
#ifndef RETIMU_DETECTORS_NEW_TEMPLATE_HPP
#define RETIMU_DETECTORS_NEW_TEMPLATE_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/known_templates.hpp"

#include <array>
#include <cstdint>

namespace retimu {

struct NewTemplate {
  static constexpr std::uint32_t version = 2;
  static constexpr std::size_t levels = 4;          // critical, error, warning, rest
  static constexpr std::size_t kinds = 2 * levels;  // of what is new to the fleet, then the others
  static constexpr std::size_t severe_levels = 2;   // the first ones
  static constexpr std::size_t gaps = 4;

  std::uint32_t lines_min = 200;  // before it judges

  struct Kind {
    std::uint64_t last = 0;              // line at which the last one came; the count of lines
    std::array<double, gaps> lengths{};  // of the last gaps, lines
    std::uint32_t seen = 0;
  };
  struct State {
    KnownTemplates known;
    std::uint64_t lines = 0;
    std::array<std::uint64_t, severe_levels> severe{};  // lines of that level or worse
    std::array<Kind, kinds> of;
  };
  struct Work {
    double evidence = 0;  // decades
    std::uint8_t kind = 0;
    bool is_new = false;
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

DetectorEntry new_template_entry();

}  // namespace retimu

#endif
