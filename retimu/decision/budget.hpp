// SPDX-License-Identifier: Apache-2.0
// The false-alarm budget: how much evidence an entity must show so that the whole pipeline raises
// about `per_day` episodes a day while nothing is wrong.
//
// Idea: of each entity the 32 largest maxima of blocks of 32 readings are kept; their tail is
// generalised Pareto (shape at most 0: evidence is a logarithm, which makes power laws
// exponential), with scale and shape leaning on the rest of the fleet, extrapolated to the
// entity's share of the budget. A relief common to the pipeline is raised by every episode and
// lowered by time, so that in equilibrium episodes a day are the budget. What is pipeline-wide
// comes only from the last BudgetControl; an entity adds its own episodes since.
// Readings a day are measured: the usual duration of a block, where one longer than 8 usual ones,
// an outage, counts as 8.
// Cost: 272 bytes an entity, one fit of 32 numbers every 32 readings.
// Blind: silent for its first 256 readings and before the first control; recordings shorter than a
// day and evidence that drifts exceed the budget until the relief has risen. A hard bound is
// TokenBucket's alone.
#ifndef RETIMU_DECISION_BUDGET_HPP
#define RETIMU_DECISION_BUDGET_HPP

#include "retimu/core/decision.hpp"

#include <array>
#include <limits>

namespace retimu {

// Of one entity; plain.
class BudgetTail {
 public:
  // Evidence, in decades, that a new episode needs now; +inf while warming. `control`: null before
  // the first.
  double threshold(const BudgetControl* control) const;
  // One reading's evidence, judged against `threshold` before. Changes the group's sums at the end
  // of a block.
  void learn(double evidence, Time time, double threshold, double per_day,
             const BudgetControl* control, FleetSums& sums);
  // The entity raised an episode: it counts here at once, elsewhere with the next control.
  void note_episode(const BudgetControl& control);
  double scale() const { return scale_; }  // decades a nat
  void visit(StateVisitor& visitor);

 private:
  void note_control(const BudgetControl* control);
  void end_block(double threshold, double per_day, const BudgetControl* control, FleetSums& sums);
  void fit(double per_day, const BudgetControl* control, FleetSums& sums);
  double share_of_block(double per_day, const BudgetControl& control) const;

  static constexpr std::size_t kept_max = 32;
  std::array<float, kept_max> top_{};  // descending
  float best_ = 0;                     // of the block that is open
  std::uint32_t in_block_ = 0;         // readings
  std::uint32_t kept_ = 0;
  double blocks_ = 0;
  double quantile_ = 0, scale_ = 0.5, base_ = std::numeric_limits<double>::infinity();
  std::array<std::int64_t, 3>
      own_{};  // what the sums hold of this entity: excess, its square, points
  std::array<std::int64_t, 3> own_in_control_{};  // what the last control held of it
  std::uint64_t control_key_ = 0;                 // which control that was
  double block_days_ = 0;                         // usual duration of a block
  Time block_start_ = time_none, latest_ = time_none;
  double own_relief_ = 0;  // of episodes since the control that counted `episodes_then_`
  std::int64_t episodes_then_ = 0;
};

// The next control from the last one: `elapsed` event time after it, with the sums over all groups
// now and as they were then. Pure; per_day > 0.
BudgetControl next_control(const BudgetControl& last, Duration elapsed, const FleetSums& now,
                           const FleetSums& at_last, double per_day);

// Decades by which a budget lies beyond what was seen of an entity in `days`; 0 or less: within it.
// For check and inspect. All arguments > 0.
double extrapolation(double per_day, double entities, double days);

// At most per_day * T + 4 are told in any T days, whatever the data do. Stands after all groups.
class TokenBucket {
 public:
  // True: tell it. False: mute it, for the summary. `time`: the pipeline's clock; where that is set
  // back nothing is refilled.
  bool take(Time time, double per_day);
  double tokens() const { return tokens_; }
  void visit(StateVisitor& visitor);

 private:
  double tokens_ = 4;
  Time time_ = time_none;
};

}  // namespace retimu

#endif
