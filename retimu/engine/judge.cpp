// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/judge.hpp"

#include "retimu/decision/fusion.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace retimu {

namespace {

constexpr std::uint32_t slot_none = UINT32_MAX;

// The slot of a column, tried first where the one before it would put it: usual rows need one
// comparison a column.
std::uint32_t slot_of(std::span<const ColumnId> columns, ColumnId column, std::uint32_t hint) {
  if (hint < columns.size() && columns[hint] == column) return hint;
  const auto at = std::ranges::find(columns, column);
  return at == columns.end() ? slot_none : static_cast<std::uint32_t>(at - columns.begin());
}

}  // namespace

// Older than what came before; but after so many in a row it was the clock that had leapt, and is
// set back.
bool Judge::is_late(ModalityState& of, Time time) {
  constexpr std::uint8_t late_in_row_max = 16;
  const bool is_older = of.time != time_none && time < of.time;
  const bool is_late = is_older && of.late_in_row < late_in_row_max;
  of.late_in_row = is_late ? static_cast<std::uint8_t>(of.late_in_row + 1) : 0;
  return is_late;
}

Judge::Judge(const Pipeline& pipeline)
    : pipeline_(pipeline),
      judged_(pipeline.judged()),
      clock_(pipeline.zone),
      scratch_at_(pipeline.detectors.size(), 0),
      scores_(pipeline.detectors.size(), 0),
      own_(pipeline.detectors.size(), 0) {
  tolerated_.resize(pipeline.detectors.size());
  RETIMU_ASSERT(pipeline.detectors.size() <= detectors_max);
  for (std::uint16_t i = 0; i < pipeline.detectors.size(); ++i) {
    if (!pipeline.detectors[i].detector->wakes()) continue;
    waking_.push_back(i);
    may_wake_ |= only(pipeline.detectors[i].modality);
  }
  if (has_rules()) may_wake_ |= only(Modality::metrics);
  opinions_.reserve(pipeline.detectors.size());
  others_.reserve(pipeline.detectors.size());
  reserve(8);
}

void Judge::reserve(std::size_t columns) {
  if (columns <= scratch_columns_) return;
  scratch_columns_ = std::bit_ceil(columns);
  std::size_t end = 0;
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    scratch_at_[i] = end;
    if (!pipeline_.keeps_state(i)) continue;
    end += (pipeline_.detectors[i].detector->scratch_bytes(scratch_columns_) + 15) / 16 * 16;
  }
  scratch_.assign(end, std::byte{});
  slots_.reserve(scratch_columns_);
  present_.reserve(scratch_columns_);
  missing_.reserve(scratch_columns_);
}

// A column gets its slot with its first finite value, so that it does not matter how a missing one
// is written.
Missing Judge::missing(std::span<const ColumnId> known, Modalities modalities, const Event& event) {
  missing_.clear();
  const std::optional<Modality> modality = modality_of(event.payload);
  const auto added =
      static_cast<Modalities>(modality ? only(*modality) & judged_ & ~modalities : 0);
  const auto* readings = std::get_if<Readings>(&event.payload);
  if (readings == nullptr || std::ranges::equal(known, readings->columns)) return {{}, added};
  std::uint32_t hint = 0;
  for (std::size_t i = 0; i < readings->columns.size(); ++i) {
    if (!std::isfinite(readings->values[i])) continue;
    const std::uint32_t slot = slot_of(known, readings->columns[i], hint);
    if (slot != slot_none) {
      hint = slot + 1;
    } else if (known.size() + missing_.size() < pipeline_.columns_max) {
      missing_.push_back(readings->columns[i]);
    }
  }
  return {missing_, added};
}

// Slots are a function of what the entity was sent, so the fingerprint is the same in every
// process.
void Judge::find_slots(EntityParts entity, const Event& event) {
  slots_.clear();
  fingerprint_ = 0;
  const auto* readings = std::get_if<Readings>(&event.payload);
  if (readings == nullptr) return;
  const std::span<const ColumnId> columns = entity.columns();
  std::uint64_t state = mix(0, static_cast<std::uint64_t>(event.time));
  std::uint32_t hint = 0;
  for (std::size_t i = 0; i < readings->columns.size(); ++i) {
    const bool is_finite = std::isfinite(readings->values[i]);
    const std::uint32_t slot = is_finite ? slot_of(columns, readings->columns[i], hint) : slot_none;
    slots_.push_back(slot);
    if (!is_finite) continue;
    hint = slot + 1;
    state = mix(mix(state, std::uint64_t{slot}), readings->values[i]);
  }
  fingerprint_ = state == 0 ? 1 : state;
}

// What comes again is not newer than the entity's clock.
bool Judge::recall(EntityParts entity, Time time, Verdict& verdict) const {
  if (fingerprint_ == 0 || !entity.has(Modality::metrics)) return false;
  if (time > entity.state(Modality::metrics).time) return false;
  for (const Remembered& last : entity->remembered) {
    if (last.fingerprint != fingerprint_) continue;
    verdict.phase = last.phase;
    verdict.has_p = last.has_p;
    verdict.is_anomalous = last.is_anomalous;
    verdict.lead = last.lead;
    verdict.log10_p = last.log10_p;
    verdict.strength = last.strength;
    verdict.is_duplicate = true;
    return true;
  }
  const auto folded = static_cast<std::uint32_t>(fingerprint_);
  if (folded == 0 || !std::ranges::count(entity->older, folded)) return false;
  verdict.phase = entity->phase;
  verdict.is_anomalous = entity->is_open;
  verdict.is_duplicate = true;
  return true;
}

void Judge::remember(EntityParts entity, const Verdict& verdict) const {
  if (fingerprint_ == 0) return;
  Remembered& next = entity->remembered[entity->remembered_next];
  entity->older[entity->older_next] = static_cast<std::uint32_t>(next.fingerprint);
  entity->older_next = static_cast<std::uint8_t>((entity->older_next + 1) % entity->older.size());
  next = {fingerprint_,
          verdict.log10_p,
          verdict.strength,
          verdict.phase,
          verdict.has_p,
          verdict.is_anomalous,
          static_cast<std::uint8_t>(verdict.lead)};
  entity->remembered_next =
      static_cast<std::uint8_t>((entity->remembered_next + 1) % entity->remembered.size());
}

EntityView Judge::align(EntityParts entity, const Event& event, bool is_late) {
  const std::span<const ColumnId> columns = entity.columns();
  const std::span<double> latest = entity.latest();
  const std::span<Time> updated = entity.updated();
  present_.clear();
  if (const auto* readings = std::get_if<Readings>(&event.payload)) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      double value = readings->values[i];
      if (!std::isfinite(value)) continue;
      const std::uint32_t slot = slots_[i];
      if (slot == slot_none) {
        ++entity->columns_dropped;
        continue;
      }
      if (std::ranges::binary_search(pipeline_.counters, readings->columns[i])) {
        // What is late would have to be counted between two that were counted already.
        if (is_late) continue;
        const std::optional<double> rate = entity.counts()[slot].rate(value, event.time);
        if (!rate) continue;
        value = *rate;
      }
      latest[slot] = value;
      updated[slot] = event.time;
      present_.push_back(slot);
    }
    if (!std::ranges::is_sorted(present_)) std::ranges::sort(present_);
  }
  return {columns, latest, updated, present_};
}

bool Judge::score(EntityParts entity, const Observation& observation, Verdict& verdict) {
  opinions_.clear();
  others_.clear();
  own_excess_.reset();
  is_sure_ = false;
  ranking_.reset();
  std::optional<double> strength;
  bool has_ranker = false;
  double readings_a_day = pipeline_.policy->events_a_day(entity.policy(modality_)).value_or(0);
  if (modality_ == Modality::metrics) readings_a_day *= static_cast<double>(entity->columns);
  for (const std::uint16_t i : asked_) {
    const Detector& detector = *pipeline_.detectors[i].detector;
    __builtin_prefetch(entity.calibration(i));
    ahead_.ask_for_more();
    const std::optional<double> score =
        pipeline_.reads(i, entity->columns)
            ? detector.read(entity.detector(i), observation, scratch(i))
            : detector.score(entity.detector(i), observation, scratch(i));
    const bool ranks = !has_ranker && detector.ranks(entity->columns);
    has_ranker = has_ranker || ranks;
    if (!score) continue;
    RETIMU_ASSERT(!std::isnan(*score));
    scores_[i] = *score;
    Opinion opinion{i, pipeline_.calibration->rate(entity.calibration(i), *score)};
    const std::optional<double> own =
        detector.evidence(entity.detector(i), observation, scratch(i));
    own_[i] = std::numeric_limits<double>::quiet_NaN();
    if (own) {
      const bool is_stated = pipeline_.threshold > 0 && !detector.is_sure();
      own_[i] = *own - (is_stated ? pipeline_.threshold : detector.own_threshold(readings_a_day));
    }
    if (tolerances_ != nullptr) tolerate(entity, observation, opinion, own_[i]);
    opinions_.push_back(opinion);
    if (ranks) {
      // Its first scores are its wildest.
      const bool is_warm = opinion.rating.samples >= warm_samples || detector.is_sure();
      strength = is_warm ? detector.rank(entity.detector(i), observation, scratch(i)) : 0;
      ranking_ = opinion;
      ranks_by_own_ = own.has_value();
    }
    if (own) {
      consider(own_[i], opinion.detector);
    } else {
      others_.push_back(opinion);
    }
  }
  if (opinions_.empty()) return false;
  evidence_ = -fuse(opinions_);
  const Opinion leading = lead(opinions_);
  Rating rating{-evidence_, leading.rating.samples};
  if (pipeline_.recalibrates()) {
    rating = pipeline_.calibration->rate(entity.fused_calibration(modality_), evidence_);
  }
  verdict.log10_p = rating.log10_p;
  verdict.strength = strength.value_or(-rating.log10_p);
  verdict.samples = rating.samples;
  verdict.lead = leading.detector;
  return true;
}

// The largest decides; what stands for itself goes first.
void Judge::consider(double excess, std::uint16_t detector) {
  const bool is_sure = excess >= 0 && pipeline_.detectors[detector].detector->is_sure();
  if (own_excess_ && (is_sure_ != is_sure ? is_sure_ : excess <= *own_excess_)) return;
  own_excess_ = excess;
  own_lead_ = detector;
  is_sure_ = is_sure;
}

void Judge::learn(EntityParts entity, const Observation& observation, const Decision& decision) {
  if (is_left_out_) return;
  if (decision.may_calibrate) {
    for (const Opinion& opinion : opinions_) {
      const bool ranks = ranking_ && ranking_->detector == opinion.detector;
      if (ranks && !decision.may_calibrate_ranking) continue;
      pipeline_.calibration->learn(entity.calibration(opinion.detector), scores_[opinion.detector]);
    }
    if (pipeline_.recalibrates() && !opinions_.empty()) {
      pipeline_.calibration->learn(entity.fused_calibration(modality_), evidence_);
    }
  }
  for (const std::uint16_t i : asked_) {
    const Detector& detector = *pipeline_.detectors[i].detector;
    if (!decision.may_learn && !detector.learns_always()) continue;
    if (pipeline_.reads(i, entity->columns)) continue;
    ahead_.ask_for_more();
    detector.learn(entity.detector(i), observation, scratch(i));
  }
}

Verdict Judge::judge(EntityParts entity, const Event& event, const BudgetControl* control,
                     FleetSums& sums, std::vector<Alert>& alerts) {
  Verdict verdict;
  if (entity->is_training && !event.training) {
    // Training data have a clock of their own: rows may be numbered from 1 again, or lie in the
    // future.
    entity->time = time_none;
    for (std::size_t i = 0; i < modality_count; ++i) {
      const auto modality = static_cast<Modality>(i);
      if (entity.has(modality)) entity.state(modality).time = time_none;
    }
    entity->remembered = {};
    entity->older = {};
    if (!pipeline_.counters.empty()) std::ranges::fill(entity.counts(), Count{});
  }
  entity->is_training = event.training;
  find_slots(entity, event);
  if (recall(entity, event.time, verdict)) return verdict;
  modality_ = modality_of(event.payload).value_or(Modality::metrics);
  const bool is_judged = entity.has(modality_);
  Duration since = 0;
  if (is_judged) {
    ModalityState& of = entity.state(modality_);
    if (of.time != time_none && event.time > of.time) since = between(of.time, event.time);
    verdict.is_late = is_late(of, event.time);
    if (!verdict.is_late) of.time = event.time;
  }
  if (!verdict.is_late) entity->time = event.time;
  ++entity->events;
  reserve(entity->columns);

  const EntityView view = align(entity, event, verdict.is_late);
  const Observation observation{event, view, clock_.local(event.time), peers_, &ahead_};
  if (is_judged) ask(entity);
  is_left_out_ =
      (!pipeline_.maintenance.is_empty() &&
       !pipeline_.maintenance.is_learned(entity.name(), event.time)) ||
      (asked_maintenance_ != nullptr && !asked_maintenance_->is_learned(entity.name(), event.time));
  departs_ = false;
  const bool spoke = is_judged && score(entity, observation, verdict);
  Decision decision;
  if (spoke && !event.training) {
    decision = decide(entity, observation, verdict, control, sums, alerts);
  } else {
    verdict.phase = is_judged ? entity.state(modality_).phase : entity->phase;
    verdict.is_anomalous = entity->is_open;
  }
  if (is_judged && modality_ == Modality::alarms && !verdict.is_late) {
    note_alarm(entity.state(modality_), event, decision);
  }
  entity->phase = verdict.phase;
  if (is_judged) look_at_rules(entity, event, view, alerts);
  if (is_judged) learn(entity, observation, decision);
  remember(entity, verdict);
  if (is_judged && !verdict.is_late && !is_left_out_) compare(entity, event, since);
  if (departs_) depart(entity, event);

  mix_in(entity, event.time, verdict);
  return verdict;
}

void Judge::mix_in(EntityParts entity, Time time, const Verdict& verdict) const {
  entity->digest = mix(entity->digest, static_cast<std::uint64_t>(time));
  entity->digest = mix(entity->digest, verdict.has_p ? verdict.log10_p : 1.0);
  entity->digest = mix(entity->digest, static_cast<std::uint64_t>(verdict.change));
  entity->digest = mix(entity->digest, std::uint64_t{verdict.is_change_point});
}

// All that judge the modality.
void Judge::ask(EntityParts entity) {
  if (asked_modality_ == modality_ && asked_columns_ == entity->columns) return;
  asked_modality_ = modality_;
  asked_columns_ = entity->columns;
  asked_.clear();
  for (std::uint16_t i = 0; i < pipeline_.detectors.size(); ++i) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (named.modality == modality_ && entity->columns >= named.columns_min) asked_.push_back(i);
  }
}

void Judge::merge(EntityParts entity, const TemplateMerge& merge) {
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    if (pipeline_.detectors[i].modality != Modality::logs || !pipeline_.keeps_state(i)) continue;
    pipeline_.detectors[i].detector->merge(entity.detector(i), merge.from, merge.to);
  }
}

}  // namespace retimu
