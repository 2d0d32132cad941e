// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/causes.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/decision/hints.hpp"
#include "retimu/decision/incident_text.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace retimu {

namespace {

constexpr double deviation_max = 1'000;
constexpr double narrowest = 0.01;  // half of a range, by its value
constexpr double outlier_max = 5, evidence_max = 12, evidence_share = 3;
constexpr double rule_decades = 3;  // an alert without p
constexpr double early_weight = 3, fed_weight = 2, alarm_weight = 2, modalities_weight = 1,
                 local_weight = 1;
constexpr double changed_max = 3;
constexpr double silent_score = 3;
constexpr std::uint64_t fed_least = 3;
constexpr double fed_share = 0.8, silent_share = 0.2;
constexpr std::size_t reasons_looked_at = 8;
constexpr std::size_t text_bytes_max = 64 * 1024;

double log2_of(double value) { return log(value) / 0.69314718055994531; }

bool has_range(ReasonKind kind) {
  switch (kind) {
    case ReasonKind::value:
    case ReasonKind::peers:
    case ReasonKind::message_count:
    case ReasonKind::message_value:
    case ReasonKind::level_share:
    case ReasonKind::alarm_count:
    case ReasonKind::event_count: return true;
    default: return false;
  }
}

bool is_of_alarm(const AlertReason& reason) {
  return reason.kind == ReasonKind::alarm_severity || reason.kind == ReasonKind::rare_alarm;
}

// `share`: of the alert's evidence.
double strength_of(const Alert& alert, const AlertReason& reason, double share) {
  const double decades =
      alert.log10_p ? std::clamp(-*alert.log10_p, 0.0, evidence_max) : rule_decades;
  double strength = std::max(std::min(log2_of(1 + deviation_of(reason)), outlier_max),
                             decades * share / evidence_share);
  if (is_of_alarm(reason) && alert.severity >= Severity::major) strength += alarm_weight;
  if (alert.parts.size() > 1) strength += modalities_weight;
  if (is_local(reason)) strength += local_weight;
  return strength;
}

double early_share(Time onset, const Scene& scene) {
  const auto delay = static_cast<double>(between(scene.onset, onset));
  return std::max(0.0, 1 - delay / static_cast<double>(scene.window));
}

// Those of the incident among the entities near one.
std::vector<Topology::Near> of_incident(std::vector<Topology::Near> near, const Scene& scene) {
  std::erase_if(near, [&](const Topology::Near& one) {
    return !std::ranges::binary_search(scene.entities, one.entity);
  });
  return near;
}

// How far it is to the others, and what that counts.
double note_distance(std::uint64_t entity, const Topology& topology, const Scene& scene,
                     LikelyCause& cause) {
  std::vector<Topology::Near> near =
      of_incident(topology.reach(entity, scene.hops, Topology::Direction::fed_by_it), scene);
  cause.affected = near.size();
  double fed = 0;
  for (const Topology::Near& one : near) fed += 1.0 / one.hops;
  if (near.empty()) near = of_incident(topology.reach(entity, scene.hops), scene);
  for (const Topology::Near& one : near) {
    const std::string_view name = topology.name(one.entity);
    if (cause.hops > 0 && std::pair(cause.hops, std::string_view(cause.nearest)) <
                              std::pair(std::uint64_t{one.hops}, name)) {
      continue;
    }
    cause.hops = one.hops;
    cause.nearest = name;
  }
  return fed_weight * log2_of(1 + fed);
}

bool explains(std::uint64_t fed, const Scene& scene) {
  return fed >= fed_least &&
         static_cast<double>(fed) >= fed_share * static_cast<double>(scene.entities.size());
}

// The nearest entity without an alert that feeds most of the incident's; of several the one whose
// name comes first.
void add_silent(const Topology& topology, const Scene& scene, std::vector<LikelyCause>& causes) {
  for (std::size_t hops = 1; hops <= scene.hops; ++hops) {
    std::map<std::uint64_t, std::uint64_t> fed;
    for (const std::uint64_t entity : scene.entities) {
      for (const std::uint64_t feeding :
           topology.near(entity, hops, Topology::Direction::feeding_it)) {
        if (!std::ranges::binary_search(scene.entities, feeding)) ++fed[feeding];
      }
    }
    const LikelyCause* best = nullptr;
    std::vector<LikelyCause> found;
    for (const auto& [entity, count] : fed) {
      if (!explains(count, scene)) continue;
      const std::size_t all = topology.near(entity, hops, Topology::Direction::fed_by_it).size();
      if (static_cast<double>(count) < silent_share * static_cast<double>(all)) continue;
      LikelyCause cause;
      cause.entity = topology.name(entity);
      cause.reason.kind = ReasonKind::silence;
      cause.onset = scene.onset;
      cause.has_alert = false;
      cause.score = silent_score + note_distance(entity, topology, scene, cause);
      found.push_back(std::move(cause));
    }
    for (const LikelyCause& cause : found) {
      if (best == nullptr ||
          std::pair(best->affected, cause.entity) < std::pair(cause.affected, best->entity)) {
        best = &cause;
      }
    }
    if (best == nullptr) continue;
    causes.push_back(*best);
    return;
  }
}

void visit_text(StateVisitor& visitor, std::string_view name, std::string& text) {
  text.resize(visitor.count(name, text.size(), text_bytes_max));
  visitor.cells(name,
                std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

double deviation_of(const AlertReason& reason) {
  if (!has_range(reason.kind)) return 0;
  const double low = reason.expected_low, high = reason.expected_high;
  if (!std::isfinite(reason.observed) || !std::isfinite(low) || !std::isfinite(high)) return 0;
  const double outside = std::max(reason.observed - high, low - reason.observed);
  if (!(outside > 0)) return 0;
  const double half =
      std::max((high - low) / 2, narrowest * std::max(std::fabs(low), std::fabs(high)));
  return half > 0 ? std::min(outside / half, deviation_max) : deviation_max;
}

void suspect(const Alert& alert, const Topology& topology, std::size_t hops,
             std::vector<Suspect>& suspects) {
  double sum = 0;
  const std::size_t count = std::min(alert.reasons.size(), reasons_looked_at);
  for (std::size_t i = 0; i < count; ++i) sum += std::max(0.0, alert.reasons[i].weight);
  Suspect found;
  found.entity = hash(alert.entity);
  found.onset = alert.onset;
  found.strength = -1;
  for (std::size_t i = 0; i < count; ++i) {
    const AlertReason& reason = alert.reasons[i];
    const double share = sum > 0 ? std::max(0.0, reason.weight) / sum : 1;
    const double strength = strength_of(alert, reason, std::isfinite(share) ? share : 0);
    if (!(strength > found.strength)) continue;
    found.strength = strength;
    found.reason = reason;
  }
  if (found.strength < 0) return;
  found.name = alert.entity;
  found.deviation = deviation_of(found.reason);
  const auto known = std::ranges::find(suspects, found.entity, &Suspect::entity);
  if (known != suspects.end()) {
    found.onset = std::min(found.onset, known->onset);
    found.feeds = known->feeds;
    found.strangeness = known->strangeness;
    found.signals = known->signals;
    if (found.strength > known->strength) *known = std::move(found);
    return;
  }
  found.feeds = topology.near(found.entity, hops, Topology::Direction::fed_by_it).size();
  suspects.push_back(std::move(found));
  if (suspects.size() <= suspects_max) return;
  // The first is kept: where it began is said of every incident.
  const auto value = [](const Suspect& one) {
    return one.strength + fed_weight * log2_of(1 + static_cast<double>(one.feeds));
  };
  auto least = suspects.begin() + 1;
  for (auto one = least; one != suspects.end(); ++one) {
    if (value(*one) <= value(*least)) least = one;
  }
  suspects.erase(least);
}

void note_changes(const Departure& departure, Suspect& suspect) {
  if (departure.strangeness <= suspect.strangeness) return;
  suspect.strangeness = departure.strangeness;
  suspect.signals.assign(departure.signals.begin(), departure.signals.end());
}

Suspect suspect_without_alert(const Departure& departure, const Topology& topology,
                              std::size_t hops) {
  constexpr double usual_deviations = 2;
  Suspect found;
  found.entity = hash(departure.entity);
  found.name = departure.entity;
  found.onset = departure.onset;
  found.has_alert = false;
  found.feeds = topology.near(found.entity, hops, Topology::Direction::fed_by_it).size();
  note_changes(departure, found);
  if (departure.signals.empty()) return found;
  const SignalChange& change = departure.signals.front();
  const double half = usual_deviations * std::fabs((change.after - change.before) /
                                                   std::max(1.0, std::fabs(change.z)));
  found.reason = {change.subject,       change.unit,          change.after,
                  change.before - half, change.before + half, 0};
  found.deviation = deviation_of(found.reason);
  return found;
}

std::vector<LikelyCause> rank_causes(std::span<const Suspect> suspects, const Topology& topology,
                                     const Scene& scene) {
  std::vector<LikelyCause> causes;
  bool is_explained = false;
  for (const Suspect& one : suspects) {
    LikelyCause cause{one.name, one.reason, one.onset, one.deviation, 0, one.strength, {}};
    cause.has_alert = one.has_alert;
    cause.signals = one.signals;
    cause.score = std::max(one.strength, std::min(log2_of(1 + one.strangeness), changed_max)) +
                  early_weight * early_share(one.onset, scene) +
                  note_distance(one.entity, topology, scene, cause);
    is_explained = is_explained || explains(cause.affected + 1, scene);
    causes.push_back(std::move(cause));
  }
  if (!is_explained) add_silent(topology, scene, causes);
  std::ranges::stable_sort(causes, [](const LikelyCause& a, const LikelyCause& b) {
    return std::tie(b.score, a.onset, a.entity) < std::tie(a.score, b.onset, b.entity);
  });
  if (causes.size() > causes_max) causes.resize(causes_max);
  for (LikelyCause& cause : causes) {
    const bool is_of_it = std::ranges::binary_search(scene.entities, hash(cause.entity));
    const std::size_t others = scene.entities.size() - (is_of_it ? 1 : 0);
    cause.sentence = cause_sentence(cause, scene.onset, others);
  }
  return causes;
}

void visit_reason(StateVisitor& visitor, AlertReason& reason, std::uint32_t version,
                  std::initializer_list<double*> more) {
  visit_text(visitor, "subject", reason.subject);
  visit_text(visitor, "unit", reason.unit);
  for (double* number :
       {&reason.observed, &reason.expected_low, &reason.expected_high, &reason.weight}) {
    visitor.cell("number", *number);
  }
  for (double* number : more) visitor.cell("number", *number);
  auto kind = static_cast<std::uint8_t>(reason.kind);
  visitor.cell("kind", kind);
  if (kind >= reason_kinds) visitor.refuse();
  reason.kind = static_cast<ReasonKind>(kind);
  Time time = reason.time.value_or(time_none);
  visitor.cell("time", time);
  reason.time = time == time_none ? std::nullopt : std::optional(time);
  if (version >= 4) visitor.cell("peers", reason.peers);
}

namespace {

void visit_changes(StateVisitor& visitor, auto& signals) {
  signals.resize(visitor.count("signals", signals.size(), signal_changes_max));
  for (SignalChange& change : signals) {
    visit_text(visitor, "subject", change.subject);
    visit_text(visitor, "unit", change.unit);
    for (double* number : {&change.before, &change.after, &change.z}) {
      visitor.cell("number", *number);
      if (!std::isfinite(*number)) visitor.refuse();
    }
  }
}

}  // namespace

void visit_departure(StateVisitor& visitor, Departure& departure) {
  visit_text(visitor, "name", departure.entity);
  visitor.cell("time", departure.time);
  visitor.cell("onset", departure.onset);
  visitor.cell("sequence", departure.sequence);
  visitor.cell("strangeness", departure.strangeness);
  if (!std::isfinite(departure.strangeness)) visitor.refuse();
  visit_changes(visitor, departure.signals);
}

void visit_suspect(StateVisitor& visitor, Suspect& suspect, std::uint32_t version) {
  visitor.cell("entity", suspect.entity);
  visit_text(visitor, "name", suspect.name);
  visit_reason(visitor, suspect.reason, version, {&suspect.deviation, &suspect.strength});
  visitor.cell("onset", suspect.onset);
  visitor.cell("feeds", suspect.feeds);
  if (version < 3) return;
  visitor.cell("strangeness", suspect.strangeness);
  if (!std::isfinite(suspect.strangeness)) visitor.refuse();
  visit_changes(visitor, suspect.signals);
}

}  // namespace retimu
