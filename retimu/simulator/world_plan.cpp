// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_plan.hpp"

#include "retimu/core/hash.hpp"

#include <algorithm>
#include <optional>

namespace retimu {

namespace {

constexpr Duration apart = hour;           // between two faults of one entity
constexpr Duration told_after = hour / 2;  // the last fault is this far from the end
constexpr std::size_t tries_max = 200;

template <class Symptoms>
bool has_place(const Symptoms& symptoms, Place place) {
  return std::ranges::any_of(symptoms, [&](const auto& one) { return one.place == place; });
}

bool shows_at(const WorldFault& fault, Place place) {
  return has_place(fault.readings, place) || has_place(fault.logs, place) ||
         has_place(fault.alarms, place);
}

// Seconds until something is felt `hops` further away.
Duration wait_of(std::size_t hops, Noise& noise) {
  Duration wait = 0;
  for (std::size_t i = 0; i < hops; ++i) {
    wait += static_cast<Duration>(noise.uniform(5, 15) * 1'000) * millisecond;
  }
  return wait;
}

// Who may get a fault, and when they are free again.
class Schedule {
 public:
  Schedule(const World& world, const WorldPlanOptions& options)
      : world_(world),
        options_(options),
        free_(world.entities.size(), options.begin),
        count_(world.entities.size()) {}

  std::optional<PlannedWorldFault> place(const WorldFault& fault, Time from, Time to,
                                         Noise& noise) {
    for (std::size_t i = 0; i < tries_max; ++i) {
      const std::size_t one = choose(fault.kind, noise), other = choose(fault.kind, noise);
      const std::size_t cause = count_[other] < count_[one] ? other : one;
      const auto share = static_cast<double>(to - from) * noise.uniform();
      const Time begin = floor_to(from + static_cast<Duration>(share), second);
      const auto lasting =
          noise.uniform(static_cast<double>(fault.low), static_cast<double>(fault.high));
      const Time end = floor_to(begin + static_cast<Duration>(lasting), second);
      if (end > options_.end) continue;
      PlannedWorldFault planned(fault, world_, cause, begin, end,
                                mix(options_.seed, hash(fault.name) + noise.below(1ULL << 32U)));
      const auto is_free = [&](std::size_t entity) { return begin >= free_[entity]; };
      if (!std::ranges::all_of(planned.entities(), is_free)) continue;
      for (const std::size_t entity : planned.entities()) {
        free_[entity] = end + apart;
        ++count_[entity];
      }
      return planned;
    }
    return std::nullopt;
  }

 private:
  std::size_t choose(std::string_view kind, Noise& noise) const {
    std::size_t chosen = 0;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < world_.entities.size(); ++i) {
      if (world_.entities[i].kind().name == kind && noise.below(++seen) == 0) chosen = i;
    }
    return chosen;
  }

  const World& world_;
  const WorldPlanOptions& options_;
  std::vector<Time> free_;
  std::vector<std::size_t> count_;
};

}  // namespace

PlannedWorldFault::PlannedWorldFault(const WorldFault& fault, const World& world, std::size_t cause,
                                     Time begin, Time end, std::uint64_t seed)
    : fault_(&fault), strength_(1), noise_(seed) {
  strength_ = noise_.uniform(0.8, 1.3);
  label_ = {std::string(fault.name), {}, begin, end, 0};
  for (const Place place : {Place::cause, Place::behind, Place::far}) {
    if (!shows_at(fault, place)) continue;
    const auto hops = static_cast<std::size_t>(place);
    for (const std::size_t entity : world.behind(cause, hops)) {
      parts_.push_back({entity, place, begin + wait_of(hops, noise_)});
      affected_.push_back(entity);
      label_.entities.push_back(world.entities[entity].name());
    }
  }
  if (!fault.readings.empty()) label_.modalities |= only(Modality::metrics);
  if (!fault.logs.empty()) label_.modalities |= only(Modality::logs);
  if (!fault.alarms.empty()) label_.modalities |= only(Modality::alarms);
}

Time PlannedWorldFault::begin_of(const Part& part, double after) const {
  const auto lasts = static_cast<double>(label_.end - label_.begin);
  return floor_to(part.begin + static_cast<Duration>(after * lasts), millisecond);
}

bool PlannedWorldFault::shows(const Part& part, const ReadingSymptom& symptom, Time time) const {
  return symptom.place == part.place && time >= begin_of(part, symptom.after) && time < label_.end;
}

bool PlannedWorldFault::is_silent(std::size_t entity, Time time) const {
  return std::ranges::any_of(parts_, [&](const Part& part) {
    return part.entity == entity &&
           std::ranges::any_of(fault_->readings, [&](const ReadingSymptom& symptom) {
             return symptom.shape == Shape::silence && shows(part, symptom, time);
           });
  });
}

void PlannedWorldFault::apply(std::size_t entity, const EntityModel& model, Time time,
                              std::span<double> row) {
  const auto part = std::ranges::find(parts_, entity, &Part::entity);
  if (part == parts_.end()) return;
  for (const ReadingSymptom& symptom : fault_->readings) {
    if (symptom.shape == Shape::silence || !shows(*part, symptom, time)) continue;
    const std::optional<std::size_t> column = model.kind().find(symptom.column);
    RETIMU_ASSERT(column.has_value());
    const Time begin = begin_of(*part, symptom.after);
    const double passed =
        static_cast<double>(time - begin) / static_cast<double>(label_.end - begin);
    const double amount = strength_ * symptom.size * model.sigma(*column);
    double& value = row[*column];
    switch (symptom.shape) {
      case Shape::shift: value += amount; break;
      case Shape::drift: value += passed * amount; break;
      case Shape::scatter: value += noise_.normal() * amount; break;
      case Shape::zero: value = 0; break;
      case Shape::stuck: value = stuck_.try_emplace(*column, value).first->second; break;
      case Shape::silence: break;
    }
  }
}

void PlannedWorldFault::append_notes(std::vector<WorldNote>& to, const World& world) {
  const std::string_view peer = world.entities[affected_.front()].name();
  for (const Part& part : parts_) {
    for (const LogSymptom& symptom : fault_->logs) {
      if (symptom.place != part.place) continue;
      const Time begin = begin_of(part, symptom.after);
      const WorldNote note{begin, part.entity, symptom.line, {}, {}, peer};
      if (symptom.when == When::begin) to.push_back(note);
      if (symptom.when == When::end) {
        to.push_back(note);
        to.back().time = label_.end;
      }
      if (symptom.when != When::during) continue;
      const double gap = static_cast<double>(minute) / symptom.a_minute;
      for (Time time = begin; time < label_.end;
           time += static_cast<Duration>(gap * noise_.exponential())) {
        to.push_back(note);
        to.back().time = floor_to(time, millisecond);
      }
    }
    for (const AlarmSymptom& alarm : fault_->alarms) {
      if (alarm.place != part.place) continue;
      const LogText text{alarm.severity, {}, alarm.text};
      const Time begin = begin_of(part, alarm.after) + second;
      to.push_back({begin, part.entity, text, alarm.code, alarm.severity, peer});
      to.push_back({label_.end, part.entity, text, alarm.code, Severity::cleared, peer});
    }
  }
}

namespace {

Result<std::vector<const WorldFault*>> chosen(const std::vector<std::string>& kinds) {
  std::vector<const WorldFault*> faults;
  for (const WorldFault& fault : world_faults()) {
    if (kinds.empty() || std::ranges::count(kinds, fault.name) > 0) faults.push_back(&fault);
  }
  for (const std::string& kind : kinds) {
    if (std::ranges::count(world_faults(), kind, &WorldFault::name) > 0) continue;
    return failure(Fault::usage, "there is no fault \"{}\"; see `retimu simulate faults --help`",
                   kind);
  }
  return faults;
}

}  // namespace

Result<std::vector<PlannedWorldFault>> plan_world_faults(const World& world,
                                                         const WorldPlanOptions& options) {
  std::vector<PlannedWorldFault> plans;
  auto known = chosen(options.kinds);
  if (!known) return tl::unexpected(known.error());
  std::vector<const WorldFault*>& kinds = *known;
  if (options.faults == 0) return plans;
  Noise noise(mix(options.seed, hash("world faults")));
  Schedule schedule(world, options);

  // Each fault has its own slot of time, so that they come one after the other; it begins in the
  // first half.
  const Time first = options.begin + (options.end - options.begin) / 4;
  const Duration slot = (options.end - told_after - first) / static_cast<Duration>(options.faults);
  for (std::size_t i = 0; i < options.faults; ++i) {
    const std::size_t turn = i % kinds.size();
    const Time from = first + static_cast<Duration>(i) * slot;
    std::optional<PlannedWorldFault> plan;
    // One that does not fit here waits for a later turn.
    std::swap(kinds[turn], kinds[turn + noise.below(kinds.size() - turn)]);
    for (std::size_t k = turn; k < kinds.size() && !plan && slot >= 10 * minute; ++k) {
      plan = schedule.place(*kinds[k], from, from + slot / 2, noise);
      if (plan) std::swap(kinds[turn], kinds[k]);
    }
    if (!plan) {
      return failure(Fault::usage,
                     "{} faults do not fit: {} did; simulate more hours or more entities",
                     options.faults, i);
    }
    plans.push_back(std::move(*plan));
  }
  return plans;
}

}  // namespace retimu
