// SPDX-License-Identifier: Apache-2.0
// What a correlator tells of an incident, and when.
#include "retimu/decision/correlator.hpp"
#include "retimu/decision/incident_text.hpp"

#include <algorithm>
#include <memory>

namespace retimu {

namespace {

constexpr Duration settled = minute;  // without a new entity
constexpr std::uint64_t much_larger = 10;
constexpr double grown_share = 1.25;

}  // namespace

Alert Correlator::make(Cluster& cluster, Change change, Time time, std::uint64_t sequence,
                       const Cluster* into) const {
  auto incident = std::make_shared<Incident>();
  incident->entities = cluster.entities;
  for (const auto& [onset, name] : cluster.first) incident->first.push_back(name);
  incident->alerts = cluster.alerts;
  incident->open = static_cast<std::uint64_t>(std::ranges::count_if(
      cluster.members, [](const Member& member) { return member.is_open != 0; }));
  incident->first_alerts = cluster.first_alerts;
  std::vector<std::uint64_t> entities;
  for (const Member& member : cluster.members) entities.push_back(member.entity);
  std::ranges::sort(entities);
  entities.erase(std::unique(entities.begin(), entities.end()), entities.end());
  incident->causes = rank_causes(suspects_of(cluster, entities), topology_,
                                 {entities, cluster.onset, options_.window, options_.hops});
  incident->hints = cluster.hints;
  if (cluster.entities == 1) {
    incident->signals = cluster.signals;
    incident->parts = cluster.parts;
  }
  if (into != nullptr) incident->merged_into = into->id;
  Alert alert;
  alert.id = cluster.id;
  alert.revision = ++cluster.revision;
  alert.change = change;
  alert.entity = cluster.first.front().second;
  alert.time = time;
  alert.onset = cluster.onset;
  if (change == Change::resolved) alert.ended = into == nullptr ? cluster.ended : time;
  alert.severity = cluster.severity;
  alert.lead = "correlator";
  alert.sequence = sequence;
  alert.sentence = into == nullptr ? incident_sentence(*incident, change == Change::resolved)
                                   : merged_sentence(alert.entity, into->first.front().second);
  alert.incident = std::move(incident);
  cluster.entities_told = cluster.entities;
  cluster.severity_told = cluster.severity;
  return alert;
}

std::optional<AlertId> Correlator::tell(const Alert& alert, bool is_told,
                                        const std::function<bool()>& may_open,
                                        std::vector<Alert>& told) {
  if (!touched_) return std::nullopt;
  Cluster& cluster = clusters_[*touched_];
  if (cluster.entities == 1) return tell_story(cluster, alert, is_told, told);
  if (cluster.revision == 0) {
    if (alert.change != Change::raised || !may_open()) return std::nullopt;
    told.push_back(make(cluster, Change::raised, alert.time, alert.sequence));
  } else if (cluster.entities >= much_larger * cluster.entities_told ||
             cluster.severity > cluster.severity_told || cluster.entities_told == 1) {
    told.push_back(make(cluster, Change::updated, alert.time, alert.sequence));
  }
  tell_merged(cluster, alert, told);
  return std::nullopt;
}

// Of one entity.
std::optional<AlertId> Correlator::tell_story(Cluster& cluster, const Alert& alert, bool is_told,
                                              std::vector<Alert>& told) {
  if (!is_told || alert.change == Change::resolved) return std::nullopt;
  const auto member = std::ranges::find(cluster.members, alert.id, &Member::alert);
  const bool is_told_by = member->telling != by_itself;
  if (!is_told_by && alert.parts.size() < 2) return std::nullopt;
  const bool is_new = cluster.revision == 0;
  if (!is_told_by) member->telling = alert.change == Change::raised ? by_incident : by_both;
  told.push_back(
      make(cluster, is_new ? Change::raised : Change::updated, alert.time, alert.sequence));
  return cluster.id;
}

void Correlator::tell_merged(const Cluster& into, const Alert& alert, std::vector<Alert>& told) {
  for (Cluster& one : merged_) {
    told.push_back(make(one, Change::resolved, alert.time, alert.sequence, &into));
  }
  merged_.clear();
}

// What was due by a clock that was wrong must not wait for it.
void Correlator::set_back(Time clock) {
  for (Cluster& cluster : clusters_) {
    cluster.grown = std::min(cluster.grown, clock);
    if (cluster.ends != time_none) {
      cluster.ends = std::min(cluster.ends, add_saturated(clock, linger));
    }
  }
}

void Correlator::pass(Time clock, std::uint64_t sequence, std::vector<Alert>& told) {
  if (clock < clock_) set_back(clock);
  clock_ = clock;
  learn_rate(clock);
  for (Cluster& cluster : clusters_) {
    const bool is_over = cluster.ends != time_none && clock >= cluster.ends;
    if (cluster.revision > 0 && is_over) {
      told.push_back(make(cluster, Change::resolved, clock, sequence));
    } else if (cluster.revision > 0 && clock >= add_saturated(cluster.grown, settled) &&
               static_cast<double>(cluster.entities) >=
                   grown_share * static_cast<double>(cluster.entities_told)) {
      told.push_back(make(cluster, Change::updated, clock, sequence));
    }
    if (is_over) members_ -= cluster.members.size();
  }
  std::erase_if(clusters_, [&](const Cluster& cluster) {
    return cluster.ends != time_none && clock >= cluster.ends;
  });
}

}  // namespace retimu
