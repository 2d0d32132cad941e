// SPDX-License-Identifier: Apache-2.0
// One event of one entity: score all with what was learned before, calibrate, fuse (calibrate once
// more where a budget is stated), decide, and only then learn, where the decision allows it.
// Nothing here knows of threads, files or other entities.
#ifndef RETIMU_ENGINE_JUDGE_HPP
#define RETIMU_ENGINE_JUDGE_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/departure.hpp"
#include "retimu/core/judgement.hpp"
#include "retimu/core/read_ahead.hpp"
#include "retimu/engine/entity.hpp"
#include "retimu/engine/tolerances.hpp"
#include "retimu/rules/rule_book.hpp"
#include "retimu/text/templates.hpp"

#include <optional>
#include <vector>

namespace retimu {

// One a shard: it owns the scratch memory. No allocation an event, except where an alert is told.
class Judge {
 public:
  explicit Judge(const Pipeline& pipeline);

  // The event's values are taken into the aligned row, all components score it and learn as
  // decided. `alerts` gets what is told. `sums` are the group's. The entity must have the event's
  // columns and modality, see missing().
  Verdict judge(EntityParts entity, const Event& event, const BudgetControl* control,
                FleetSums& sums, std::vector<Alert>& alerts);

  // When something is due on the clock of a modality that the entity has, though no event comes: an
  // episode ends, a detector wants to be asked, a rule has held for long enough; none: never.
  std::optional<Time> wake_time(EntityParts entity, Modality modality) const;
  // That clock passed `now`, which was due.
  void wake(EntityParts entity, Modality modality, Time now, std::uint64_t sequence,
            const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts);
  void stood_still(EntityParts entity, const Standstill& still) const;
  // Without an open episode.
  bool may_wake() const { return may_wake_ != 0; }
  bool may_wake(EntityParts entity) const { return (entity.modalities() & may_wake_) != 0; }
  // A rule of it is open or about to be: it stays in memory, in reach of ticks.
  bool rules_hold(EntityParts entity) const;

  void merge(EntityParts entity, const TemplateMerge& merge);
  // What the fleet reads, from the next event on; lives until the next call. Null: not told.
  void set_peers(const PeerTable* peers) { peers_ = peers; }

  // What people said of the entity that is judged next, and of times in which nothing is learned,
  // besides the configured ones; both until the next call. Null: nothing.
  void set_asked(const std::vector<Tolerance>* tolerances, const Maintenance* maintenance) {
    tolerances_ = tolerances;
    asked_maintenance_ = maintenance;
  }

  // What is thought of unusual events is appended there; null: nowhere.
  void keep_judgements(std::vector<Judgement>* to) { judgements_ = to; }

  // Signals that left what they were before are appended there; null: nowhere.
  void keep_departures(ReusedList<Departure>* to) { departures_ = to; }

  // What is judged next, besides what is judged now: it is asked for meanwhile.
  void read_ahead(std::span<const std::byte> entity) { ahead_.begin(entity); }

  // Columns with a finite value in the event that the entity has no slot for, in the event's order;
  // at most as many as columns_max allows. And its modality, if that is judged and the entity has
  // not sent it before.
  Missing missing(EntityParts entity, const Event& event) {
    return missing(entity.columns(), entity.modalities(), event);
  }
  Missing missing(const Event& event) { return missing({}, 0, event); }  // of a new entity

 private:
  // What another modality of the entity showed shortly before the event.
  struct Companion {
    Modality modality{};
    double evidence = 0;  // decades, corrected for the number of its events
  };
  Missing missing(std::span<const ColumnId> columns, Modalities modalities, const Event& event);
  static bool is_late(ModalityState& of, Time time);
  void find_slots(EntityParts entity, const Event& event);
  bool recall(EntityParts entity, Time time, Verdict& verdict) const;
  void remember(EntityParts entity, const Verdict& verdict) const;
  EntityView align(EntityParts entity, const Event& event, bool is_late);
  bool score(EntityParts entity, const Observation& observation, Verdict& verdict);
  void consider(double excess, std::uint16_t detector);
  void tolerate(EntityParts entity, const Observation& observation, Opinion& opinion,
                double& excess);
  const Tolerance* tolerance(std::uint16_t detector) const {
    return tolerances_ == nullptr ? nullptr : tolerated_[detector];
  }
  Assessment assess(EntityParts entity, const Event& event, const Verdict& verdict);
  Decision decide(EntityParts entity, const Observation& observation, Verdict& verdict,
                  const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts);
  void find_companions(EntityParts entity, Time time);
  void note_evidence(EntityParts entity, const Observation& observation, const Decision& decision,
                     const Verdict& verdict);
  void keep(EntityParts entity, const Event& event, const Verdict& verdict,
            const Decision& decision, double others);
  static void note_alarm(ModalityState& of, const Event& event, const Decision& decision);
  void compare(EntityParts entity, const Event& event, Duration since);
  static double compare_columns(EntityParts entity, std::span<const std::uint32_t> present,
                                Duration since);
  static double compare_count(ModalityState& of, const Event& event);
  void depart(EntityParts entity, const Event& event);
  void learn(EntityParts entity, const Observation& observation, const Decision& decision);
  void ask(EntityParts entity);
  bool ask_waking(EntityParts entity, Time now);
  void judge_tick(EntityParts entity, Time now, std::uint64_t sequence,
                  const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts);
  bool has_rules() const;
  void look_at_rules(EntityParts entity, const Event& event, const EntityView& view,
                     std::vector<Alert>& alerts);
  void tell_rules(EntityParts entity, std::uint64_t sequence, std::vector<Alert>& alerts);
  void mix_in(EntityParts entity, Time time, const Verdict& verdict) const;
  Change tell(EntityParts entity, const Observation* observation, const Decision& decision,
              const Verdict& verdict, Time time, std::uint64_t sequence,
              std::vector<Alert>& alerts);
  void add_companions(EntityParts entity, const Decision& decision, Alert& alert);
  void give_reasons(EntityParts entity, const Observation& observation, const Verdict& verdict,
                    Alert& alert);
  Scratch scratch(std::size_t detector) {
    return Scratch(scratch_).subspan(scratch_at_[pipeline_.detectors[detector].keeper]);
  }
  void reserve(std::size_t columns);

  const Pipeline& pipeline_;
  const Modalities judged_;
  LocalClock clock_;
  const PeerTable* peers_ = nullptr;
  const std::vector<Tolerance>* tolerances_ = nullptr;
  const Maintenance* asked_maintenance_ = nullptr;
  std::vector<const Tolerance*> tolerated_;  // by detector that spoke, where there are tolerances
  Modality modality_ = Modality::metrics;    // of the event in hand
  bool is_left_out_ = false;                 // of what is learned: it is worked on
  std::vector<Companion> companions_;        // of it
  std::vector<std::byte> scratch_;
  std::vector<std::size_t> scratch_at_;  // by detector that keeps its state
  std::size_t scratch_columns_ = 0;
  std::vector<std::uint32_t> slots_;  // of the event's columns
  std::vector<std::uint32_t> present_;
  std::vector<ColumnId> missing_;
  std::vector<double> scores_;  // by detector, of those in opinions_
  std::vector<double> own_;     // the own evidence of those that have some, over its threshold
  std::vector<std::uint16_t> asked_;  // detectors that judge the event in hand
  Modality asked_modality_{};         // that they were found for, and the number of columns
  std::size_t asked_columns_ = SIZE_MAX;
  Modalities may_wake_ = 0;            // of which something may be due without an open episode
  std::vector<std::uint16_t> waking_;  // detectors that may want to be asked
  std::vector<Opinion> opinions_;
  std::vector<Reason> reasons_;
  std::vector<RuleChange> changes_;
  std::vector<Judgement>* judgements_ = nullptr;
  ReusedList<Departure>* departures_ = nullptr;
  ReadAhead ahead_;       // the entity that is judged next
  bool departs_ = false;  // the event in hand, or an alert of it
  double evidence_ = 0;   // fused, before recalibration
  // Of detectors that decide by evidence of their own: the largest excess, and whose; and of the
  // others.
  std::optional<double> own_excess_;
  std::uint16_t own_lead_ = 0;
  bool is_sure_ = false;  // it stands for itself, and reaches its threshold
  std::vector<Opinion> others_;
  std::optional<Opinion> ranking_;  // of the detector that ranks
  bool ranks_by_own_ = false;       // it has evidence of its own
  std::uint64_t fingerprint_ = 0;   // of the event, 0: none
};

}  // namespace retimu

#endif
