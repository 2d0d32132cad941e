// SPDX-License-Identifier: Apache-2.0
// A message that rarely comes after the one before it. "Never before" says little: a fault that
// comes twice is known by then, and writers that run at the same time bring lines into any order.
// So a step from one template to the next is as strange as all steps from the same template that
// are as rare or rarer are together: where one thing follows another always, an exception weighs
// much, and where anything follows nothing does. Steps that were never taken have the share that
// Good (1953) gives them, by how many were taken once.
//
// Size: -log10 of that share, of a template that came 100 times. How often the entity's own lines
// were as strange, with a generalised Pareto tail beyond, makes it evidence, never more than the
// size. Evidence of its own: as many decades raise an alert as one line of a day has, 4 to 5. It
// learns from everything, but what comes again remains rare.
// Cost: 110 ns a line with 10 templates, 220 ns with 100. Memory: 12 bytes a step, 32 steps of a
// template and 256 templates at most: 110 KB. Blind to: what is usual for two neighbours and not
// for three, the order of lines that several writers mix, templates beyond the 256 first until one
// of those has become rare.
#ifndef RETIMU_DETECTORS_SEQUENCE_NOVELTY_HPP
#define RETIMU_DETECTORS_SEQUENCE_NOVELTY_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/stats/rank_histogram.hpp"

#include <cstdint>
#include <vector>

namespace retimu {

struct SequenceNovelty {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t contexts_limit = 1'024, steps_max = 32;

  std::size_t contexts_max = 256;

  struct Context {  // a template, and what came after it
    std::uint32_t lines = 0;
    std::uint32_t others = 0;  // that found no place
    std::vector<TemplateId> next;
    std::vector<std::uint32_t> counts;  // by place in `next`
  };
  struct State {
    TemplateId last = 0;
    bool has_last = false;
    std::vector<TemplateId> ids;
    std::vector<Context> contexts;  // by place in `ids`
    RankHistogram<std::uint16_t> sizes;
  };
  struct Work {
    double size = 0, evidence = 0, share = 0;
    std::size_t context = 0, step = 0;  // places; their number where there is none
    bool is_judged = false;
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double events_a_day) const;
  double evidence(const Work& work) const { return work.evidence; }
  void learn(State& state, const Observation& observation, const Work& work) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void merge(State& state, TemplateId from, TemplateId to) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  void add_context(State& state) const;
};

DetectorEntry sequence_novelty_entry();

}  // namespace retimu

#endif
