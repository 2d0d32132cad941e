// SPDX-License-Identifier: Apache-2.0
// From scores to a decision, all in log10 p: 1e-300 must not become 0, nor a p near 1 cancel a
// small one. The only layer that knows thresholds; it knows no algorithm.
#ifndef RETIMU_CORE_DECISION_HPP
#define RETIMU_CORE_DECISION_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/state.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace retimu {

// log10 of the chance of a score this high if nothing is wrong, and how many samples stand behind
// it.
struct Rating {
  double log10_p = 0;  // <= 0, finite
  double samples = 0;  // effective number, after forgetting
};

inline constexpr double warm_samples = 32;  // behind a p that decides; fewer: warming

// Makes the scores of one detector of one entity comparable; used again on the fused evidence.
struct Calibration : Stateful {
  // Changes nothing. Strictly falls with score, beyond the data too. Any score but NaN.
  virtual Rating rate(const void* state, double score) const = 0;
  virtual void learn(void* state, double score) const = 0;
};

// One detector's calibrated opinion of one event.
struct Opinion {
  std::uint16_t detector = 0;  // index in the pipeline's list
  Rating rating;
};

enum class Phase : std::uint8_t { warming, usual, anomalous, shifted };
// `summary`: one line for the episodes that a stated budget held back; never of one entity.
enum class Change : std::uint8_t { none, raised, updated, resolved, summary };
std::string_view name_of(Phase phase);
std::string_view name_of(Change change);

// Sums over a fleet, in units of 2^-20 so that their order does not matter: what a budget needs of
// all entities.
struct FleetSums {
  std::int64_t excess = 0;  // of block maxima over their entity's tail threshold
  std::int64_t excess_squared = 0;
  std::int64_t points = 0;    // count
  std::int64_t episodes = 0;  // raised since the pipeline began, count
  std::int64_t entities = 0;  // count

  FleetSums& operator+=(const FleetSums& other) {
    excess += other.excess;
    excess_squared += other.excess_squared;
    points += other.points;
    episodes += other.episodes;
    entities += other.entities;
    return *this;
  }
};

// What is pipeline-wide, sent to every group as a Control at fixed event times; the body of
// Control::Kind::budget.
struct BudgetControl {
  FleetSums fleet;
  double relief = 0;  // nats, >= 0
  double storm = 0;   // episodes, leaking
};
static_assert(std::is_trivially_copyable_v<BudgetControl>);
void visit_sums(StateVisitor& visitor, FleetSums& sums);
void visit_control(StateVisitor& visitor, BudgetControl& control);

// The policy has a state an entity and modality. What it is told of one judged event:
struct Assessment {
  Time time = 0;
  Rating rating;         // of the fused evidence of the detectors that have none of their own
  bool is_late = false;  // older than what the entity sent before: it moves no clock
  // Decades by which a detector's own evidence exceeds the threshold of its own.
  std::optional<double> own_excess = std::nullopt;
  double strength = 0;  // what the event ranks by, >= 0
  // Of the detector that ranks, if it spoke and has no evidence of its own.
  std::optional<Rating> ranking = std::nullopt;
  // Strongest evidence of the entity's other modalities shortly before, decades summed, each less
  // what the number of events it was chosen from is worth; and of how many modalities.
  double others = 0;
  unsigned others_count = 0;
  bool is_joined = false;  // an episode of another modality is open
  bool is_tick = false;    // no event: what it means that none came
  bool is_sure = false;    // own_excess >= 0, and stands for itself, see Detector::is_sure
  // Of an alarm that is judged: an episode that it raises or prolongs is no less severe.
  Severity severity = Severity::cleared;
};

// What the evidence of a decision rests on: all scores fused, the own evidence of a detector that
// has some, or that of the detector that ranks, which has been high for a while; or on one of these
// together with what other modalities showed shortly before.
enum class Ground : std::uint8_t { fused, own, lasting };

// Why evidence that reached the threshold raised nothing.
enum class Hold : std::uint8_t {
  none,
  warming,   // too few samples
  quiet,     // too few events since the last episode was raised, and not much louder
  cooldown,  // too soon after it
  open       // an episode is open already
};
std::string_view name_of(Ground ground);
std::string_view name_of(Hold hold);

struct Decision {
  Phase phase = Phase::warming;
  Change change = Change::none;
  Severity severity = Severity::cleared;  // of the open episode, or of the one resolved
  Time onset = 0;                         // of the open episode, or of the one resolved
  Time ended = 0;                         // last event of that episode that was unusual
  bool is_open = false;   // an episode is open after this event (the event that resolves it: false)
  bool may_learn = true;  // detectors learn from this event
  bool may_calibrate = true;          // calibrations learn from this event
  bool may_calibrate_ranking = true;  // that of the detector that ranks, if others may
  bool is_news = false;  // told though an episode is open and no worse: what stands for itself
  // Told here: the entity's behaviour has changed and stays changed, see change_point.hpp; or the
  // level has shifted, and that is adopted.
  bool is_change_point = false;
  double threshold = 0;  // in decades of -log10 p; what an event had to reach; +inf while warming
  double evidence = 0;   // what was compared with it, on the same scale whatever its ground
  double alone = 0;      // the same without other modalities
  Ground ground = Ground::fused;  // of `evidence`
  Hold hold = Hold::none;
};

struct Policy : Stateful {
  // `fleet` is what the last control said (none: none came yet); `sums` are the group's own,
  // changed in place.
  virtual Decision decide(void* state, const Assessment&, const BudgetControl* fleet,
                          FleetSums& sums) const = 0;
  // The clock passed `now`: may resolve the episode of an entity that sends nothing any more.
  // Called with the time wake() asked for, never before it; change is none or resolved.
  virtual Decision wake(void* state, Time now) const = 0;
  virtual std::optional<Time> wake_time(const void* state) const = 0;
  // What had raised the open episode says itself that it is over; change is none or resolved.
  virtual Decision end(void* state, Time now) const = 0;
  // By the usual interval between its events; none while that is unknown.
  virtual std::optional<double> events_a_day(const void* state) const = 0;
};

}  // namespace retimu

#endif
