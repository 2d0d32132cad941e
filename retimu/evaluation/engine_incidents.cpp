// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_incidents.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/evaluation/event_run.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

namespace retimu {

namespace {

constexpr Duration onset_before = minute;  // a row tells of the minute before it

std::uint32_t service_of(const ServiceRun& run, std::string_view name) {
  const auto at = std::ranges::lower_bound(run.services, name);
  return static_cast<std::uint32_t>(at - run.services.begin());
}

ToldIncident told_of(const ServiceRun& run, const Alert& alert) {
  ToldIncident told{alert.time, {}};
  if (alert.incident == nullptr) {
    told.services.push_back(service_of(run, alert.entity));
    return told;
  }
  for (const LikelyCause& cause : alert.incident->causes) {
    told.services.push_back(service_of(run, cause.entity));
  }
  return told;
}

// `departures`: empty for alerts alone.
ToldIncident given_of(const ServiceRun& run, Time fault, std::span<const Alert> alerts,
                      std::span<const Departure> departures) {
  const Topology none;
  std::vector<Suspect> suspects;
  std::set<std::uint64_t> entities;
  Time first = fault + incident_reach;
  for (const Alert& alert : alerts) {
    const bool is_of_it = alert.incident == nullptr && alert.change != Change::resolved &&
                          alert.onset >= fault - onset_before &&
                          alert.time < fault + incident_reach;
    if (!is_of_it) continue;
    suspect(alert, none, 1, suspects);
    entities.insert(hash(alert.entity));
    first = std::min(first, alert.onset);
  }
  for (const Departure& departure : departures) {
    if (departure.time < fault || departure.time >= fault + incident_reach) continue;
    const auto known = std::ranges::find(suspects, hash(departure.entity), &Suspect::entity);
    if (known != suspects.end()) {
      note_changes(departure, *known);
    } else {
      suspects.push_back(suspect_without_alert(departure, none, 1));
      first = std::min(first, departure.onset);
    }
  }
  const std::vector<std::uint64_t> all(entities.begin(), entities.end());
  ToldIncident told{fault, {}};
  for (const LikelyCause& cause : rank_causes(suspects, none, {all, first, 5 * minute, 1})) {
    told.services.push_back(service_of(run, cause.entity));
  }
  return told;
}

ToldIncident signals_of(const ServiceRun& run, Time fault, std::span<const Departure> departures) {
  std::vector<std::pair<double, std::uint32_t>> strangest;  // less than 0
  for (const Departure& departure : departures) {
    if (departure.time < fault || departure.time >= fault + incident_reach) continue;
    strangest.emplace_back(-departure.strangeness, service_of(run, departure.entity));
  }
  std::ranges::sort(strangest);
  ToldIncident told{fault, {}};
  for (const auto& [less, service] : strangest) {
    if (std::ranges::find(told.services, service) == told.services.end()) {
      told.services.push_back(service);
    }
  }
  return told;
}

// Ties as services are numbered; what has no evidence comes last.
ToldIncident ranked_of(const ServiceRun& run, Time fault, const Batch& events,
                       std::span<const Verdict> verdicts) {
  constexpr double none = -std::numeric_limits<double>::infinity();
  std::vector<double> evidence(run.services.size(), none);
  auto at = std::ranges::lower_bound(events.events, fault, {}, &Event::time);
  for (; at != events.events.end() && at->time < fault + incident_reach; ++at) {
    const Verdict& verdict = verdicts[static_cast<std::size_t>(at - events.events.begin())];
    double& most = evidence[service_of(run, at->entity.text)];
    if (verdict.has_p) most = std::max(most, verdict.excess);
  }
  ToldIncident told{fault, std::vector<std::uint32_t>(run.services.size())};
  std::iota(told.services.begin(), told.services.end(), 0U);
  std::ranges::stable_sort(told.services, std::ranges::greater{},
                           [&](std::uint32_t service) { return evidence[service]; });
  return told;
}

}  // namespace

Result<EngineIncidents> engine_incidents(const ServiceRun& run,
                                         const Configuration& configuration) {
  Columns columns;
  Batch events;
  append_events(run, columns, events);
  const Result<EventRun> told = run_events(configuration, columns, events, CorrelatorOptions());
  if (!told) return tl::unexpected(told.error());
  EngineIncidents found;
  for (const Alert& alert : told->alerts) {
    const bool is_read = !alert.told_by && (alert.change == Change::raised ||
                                            (alert.incident && alert.change == Change::updated));
    if (is_read) found.told.push_back(told_of(run, alert));
  }
  std::ranges::stable_sort(found.told, {}, &ToldIncident::time);
  for (const ServiceRun::Fault& fault : run.faults) {
    found.given.push_back(given_of(run, fault.time, told->alerts, {}));
    found.changed.push_back(given_of(run, fault.time, told->alerts, told->departures));
    found.signals.push_back(signals_of(run, fault.time, told->departures));
    found.ranked.push_back(ranked_of(run, fault.time, events, told->verdicts));
  }
  return found;
}

}  // namespace retimu
