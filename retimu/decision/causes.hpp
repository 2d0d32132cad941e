// SPDX-License-Identifier: Apache-2.0
// What is most likely behind an incident. Each entity is suspected for its most striking signal:
//
//   score = strength
//         + 3 (1 - delay / window), 0 at least; delay: of its onset after the first of the incident
//         + 2 log2(1 + fed); fed: 1 / hops, summed over the entities of the incident that it feeds
//
//   strength = log2(1 + deviation), 5 at most; deviation: how far outside its usual range, in
//              halves of that range; or its share of the alert's decades / 3, 4 at most, if more
//            + 2 if another system had called it an alarm, major or worse
//            + 1 if several modalities of the entity show it
//            + 1 if the signal is of the entity alone (is_local): delays and errors spread
//   or, if more, log2(1 + strangeness), 3 at most, of the signal that has changed most, whether or
//   not an alert names it (stats/before_after.hpp)
//
// An entity without an alert is suspected, too, where its signals have changed and it feeds one of
// the incident; and, whatever its signals say, where it feeds 3 entities of the incident and 80 %
// of them, a fifth of what it feeds has an alert, and none of the suspects does: with a strength of
// 3 and no delay term. A dead switch has no other way to be named. Cost: a search of the topology a
// suspect. Blind: detectors differ in how soon they see the same fault, which moves onsets; a fault
// that is felt more strongly than it shows where it began is found by the topology alone.
#ifndef RETIMU_DECISION_CAUSES_HPP
#define RETIMU_DECISION_CAUSES_HPP

#include "retimu/core/departure.hpp"
#include "retimu/core/incident.hpp"
#include "retimu/core/state.hpp"
#include "retimu/decision/topology.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace retimu {

struct Suspect {
  std::uint64_t entity = 0;
  std::string name;
  AlertReason reason;
  Time onset = 0;
  double deviation = 0;
  double strength = 0;      // its score without delay and topology
  std::uint64_t feeds = 0;  // entities, by the topology
  double strangeness = 0;   // of the first of its signals that have changed
  std::vector<SignalChange> signals;
  bool has_alert = true;
};
// `version`: the correlator's, which says what older states have.
void visit_suspect(StateVisitor& visitor, Suspect& suspect, std::uint32_t version);
void visit_departure(StateVisitor& visitor, Departure& departure);
// `more`: numbers that are saved between its own and its kind.
void visit_reason(StateVisitor& visitor, AlertReason& reason, std::uint32_t version,
                  std::initializer_list<double*> more = {});

// 0 to 1,000; 0 within the range, and of reasons that have none. A range without width counts as
// one of 2 % of its value.
double deviation_of(const AlertReason& reason);

// Adds the alert's most striking signal, or puts it in the place of a weaker one of its entity. Of
// more than `suspects_max` the one that would rank last goes.
inline constexpr std::size_t suspects_max = 32;
void suspect(const Alert& alert, const Topology& topology, std::size_t hops,
             std::vector<Suspect>& suspects);

// What changed at the entity; less than what is known changes nothing.
void note_changes(const Departure& departure, Suspect& suspect);
// One without an alert.
Suspect suspect_without_alert(const Departure& departure, const Topology& topology,
                              std::size_t hops);

// Of an incident: how far its parts reach.
struct Scene {
  std::span<const std::uint64_t> entities;  // of the incident, ascending
  Time onset = 0;                           // the first
  Duration window = 0;                      // > 0
  std::size_t hops = 1;
};
// The likeliest first, at most `causes_max`; equal ones by onset and name. Sentences are made.
inline constexpr std::size_t causes_max = 5;
std::vector<LikelyCause> rank_causes(std::span<const Suspect> suspects, const Topology& topology,
                                     const Scene& scene);

}  // namespace retimu

#endif
