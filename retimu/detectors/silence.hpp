// SPDX-License-Identifier: Apache-2.0
// Nothing comes any more: of an entity in one modality, or of one of its columns while others come.
//
// The longest gap of each of the last eight days on which something came is kept. A silence is told
// once it is `times` as long as the longest of them, at the moment it is, though no event comes.
// Its evidence is that of gaps with an exponential tail of which the longest of n was 1 in n:
// log10(n + 1) times the silence over the longest gap, at most 6. So pauses of every night and of
// every week are usual. A silence that was told is no usual gap, unless another comes within eight
// such days. When events come again the episode ends after sixteen of them. It abstains while
// events come.
//
// Time in which nothing came to the whole pipeline for longer than half of what would be told is
// not counted: then the source stood still. Of several sources one that is silent as a whole is
// told once, by its name, and of its entities nothing (engine/source_watch.hpp).
//
// The rule of the longest gap is our own. 64 gaps must be known.
// Cost: 20 ns an event and 5 ns a column. Memory: 128 bytes, and 128 bytes a column.
// Blind to: silences shorter than `times` the longest usual gap, and than ten seconds; what stops
// within its first 64 gaps; an entity that is not in memory; a single entity, without which the
// clock does not go on.
// The episode of a column ends though the column is still missing.
#ifndef RETIMU_DETECTORS_SILENCE_HPP
#define RETIMU_DETECTORS_SILENCE_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/event_stream.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace retimu {

struct Silence {
  static constexpr std::uint32_t version = 1;
  static constexpr bool is_sure = true;
  static constexpr double threshold = 3;  // decades; a silence that is told has more

  double times = 4;  // as long as the longest usual gap

  struct State {
    EventStream entity;
    std::vector<EventStream> columns;  // by slot
    Time columns_due = time_none;      // when a column may be due, at the earliest; none: never
    std::uint8_t returning = 0;        // events that still say that all is well
    std::uint8_t is_training = 0;
    std::uint8_t modality = 0;
  };
  struct Work {
    double evidence = 0;
    bool is_entity = false;  // else columns, where there is evidence
  };

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double /*events_a_day*/) const { return threshold; }
  double evidence(const Work& work) const { return work.evidence; }
  void learn(State& state, const Observation& observation, const Work& work) const;
  std::optional<Time> wake_time(const State& state) const;
  void stood_still(State& state, const Standstill& still) const;
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void visit(State& state, StateVisitor& visitor) const;

 private:
  void find_columns_due(State& state) const;
};

DetectorEntry silence_entry();

}  // namespace retimu

#endif
