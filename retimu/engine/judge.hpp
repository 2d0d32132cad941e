// SPDX-License-Identifier: Apache-2.0
// One event of one entity: score all with what was learned before, calibrate, fuse (calibrate once
// more where a budget is stated), decide, and only then learn, where the decision allows it.
// Nothing here knows of threads, files or other entities.
#ifndef RETIMU_ENGINE_JUDGE_HPP
#define RETIMU_ENGINE_JUDGE_HPP

#include "retimu/core/batch.hpp"
#include "retimu/engine/entity.hpp"

#include <optional>
#include <vector>

namespace retimu {

// One a shard: it owns the scratch memory. No allocation an event, except where an alert is told.
class Judge {
 public:
  explicit Judge(const Pipeline& pipeline);

  // The event's values are taken into the aligned row, all components score it and learn as
  // decided. `alerts` gets what is told. `sums` are the group's. The entity must have the event's
  // columns, see missing_columns().
  Verdict judge(EntityParts entity, const Event& event, const BudgetControl* control,
                FleetSums& sums, std::vector<Alert>& alerts);

  // The clock passed the time that the policy asked for; at most one alert.
  void wake(EntityParts entity, Time now, std::uint64_t sequence, std::vector<Alert>& alerts);

  // Columns with a finite value in the event that the entity has no slot for, in the event's order;
  // at most as many as columns_max allows. Of an entity that is new nothing is known.
  std::span<const ColumnId> missing_columns(std::span<const ColumnId> known, const Event& event);
  std::span<const ColumnId> missing_columns(EntityParts entity, const Event& event) {
    return missing_columns(entity.columns(), event);
  }

 private:
  static bool is_late(EntityParts entity, Time time);
  void find_slots(EntityParts entity, const Event& event);
  bool recall(EntityParts entity, Time time, Verdict& verdict) const;
  void remember(EntityParts entity, const Verdict& verdict) const;
  EntityView align(EntityParts entity, const Event& event, bool is_late);
  bool score(EntityParts entity, const Observation& observation, Verdict& verdict);
  Assessment assess(const Event& event, const Verdict& verdict) const;
  void learn(EntityParts entity, const Observation& observation, const Decision& decision);
  void tell(EntityParts entity, const Observation* observation, const Decision& decision,
            const Verdict& verdict, Time time, std::uint64_t sequence, std::vector<Alert>& alerts);
  void give_reasons(EntityParts entity, const Observation& observation, const Verdict& verdict,
                    Alert& alert);
  Scratch scratch(std::size_t detector) {
    return Scratch(scratch_).subspan(scratch_at_[pipeline_.detectors[detector].keeper]);
  }
  void reserve(std::size_t columns);

  const Pipeline& pipeline_;
  LocalClock clock_;
  std::vector<std::byte> scratch_;
  std::vector<std::size_t> scratch_at_;  // by detector that keeps its state
  std::size_t scratch_columns_ = 0;
  std::vector<std::uint32_t> slots_;  // of the event's columns
  std::vector<std::uint32_t> present_;
  std::vector<ColumnId> missing_;
  std::vector<double> scores_;  // by detector, valid where spoke_
  std::vector<bool> spoke_;
  std::vector<Opinion> opinions_;
  std::vector<Reason> reasons_;
  double evidence_ = 0;  // fused, before recalibration
  // Of detectors that decide by evidence of their own: the largest excess, and whose; and of the
  // others.
  std::optional<double> own_excess_;
  std::uint16_t own_lead_ = 0;
  std::vector<Opinion> others_;
  std::optional<Opinion> ranking_;  // of the detector that ranks
  bool ranks_by_own_ = false;       // it has evidence of its own
  std::uint64_t fingerprint_ = 0;   // of the event, 0: none
};

}  // namespace retimu

#endif
