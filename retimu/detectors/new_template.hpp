// SPDX-License-Identifier: Apache-2.0
// A log message that the entity has not sent before: a template that is new to it.
//
// How much that says is how long it usually takes until something new comes. Messages that the
// whole fleet has not seen before, and those that other entities have sent, are counted apart, and
// within these errors, warnings and the rest: the evidence is log10 of the usual number of lines
// from one new message of the kind to the next, the mean of the last four gaps, or the gap that
// just ended if that is longer. A system that writes something new all the time so says little, and
// a single new error after a long time much. What the fleet knows counts half, so that a new
// version that goes round does not ring at every entity.
//
// The idea that novelty is judged by its usual rate is that of Good (1953); the rest is our own.
// Cost: 20 ns a line. Memory: 250 bytes, and 12 to 48 bytes a template, at most 130 KB.
// Blind to: what was seen before, however long ago; messages that differ only in a variable.
#ifndef RETIMU_DETECTORS_NEW_TEMPLATE_HPP
#define RETIMU_DETECTORS_NEW_TEMPLATE_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/known_templates.hpp"

#include <array>
#include <cstdint>

namespace retimu {

struct NewTemplate {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t kinds = 6;  // (new to the fleet or not) x (error, warning, rest)
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
