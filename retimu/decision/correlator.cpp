// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/correlator.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/decision/hints.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t told_singly = 3;
constexpr Duration storm_window = minute, storm_span = 10 * minute;
constexpr std::size_t storm_least = 5;
constexpr double storm_log_p = -13.815510557964274;  // ln 1e-6
constexpr Duration stretch = 10 * minute;
constexpr double stretch_minutes = 10;
constexpr double usual_least = 0.01;              // a minute
constexpr double usual_of_entity = 1 / 14'400.0;  // one in ten days
constexpr Duration neighbours_span_least = 30 * second;
constexpr double neighbours_log_p = -2.995732273553991;  // ln 0.05
constexpr std::uint64_t id_seed = 0x696E'6369'6465'6E74;

// So many or more, where `mean` is usual, by Poisson's law: P(at least n) <= P(n) / (1 - mean / (n
// + 1)).
bool is_unlikely(std::size_t count, double mean, double log_p_max) {
  const auto n = static_cast<double>(count);
  if (n <= mean) return false;
  double log_p = n * log(mean) - mean - log(1 - mean / (n + 1));
  for (std::size_t k = 2; k <= count; ++k) log_p -= log(static_cast<double>(k));
  return log_p < log_p_max;
}

Duration apart(Time a, Time b) { return a < b ? between(a, b) : between(b, a); }

}  // namespace

Correlator::Correlator(const CorrelatorOptions& options)
    : options_(options),
      topology_(options.topology == nullptr ? no_topology_ : *options.topology) {}

Time Correlator::now(const Alert& alert) const { return clock_ == time_none ? alert.time : clock_; }

std::size_t Correlator::open() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(clusters_, [](const Cluster& one) { return one.revision > 0; }));
}

// ---- which incident

std::size_t Correlator::place_for(const Alert& alert, std::uint64_t entity) {
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    if (std::ranges::find(clusters_[i].members, entity, &Member::entity) !=
        clusters_[i].members.end()) {
      return i;
    }
  }
  if (began_ < UINT32_MAX) ++began_;
  std::optional<std::size_t> place =
      topology_.knows(entity) ? neighbour_of(alert, entity) : storm_of(alert, entity);
  if (place) return *place;
  Cluster cluster;
  cluster.id = {mix(id_seed, alert.id.high), mix(id_seed, alert.id.low)};
  cluster.onset = cluster.onset_last = alert.onset;
  clusters_.push_back(std::move(cluster));
  return clusters_.size() - 1;
}

// Those with neighbours whose onsets are too near to be near by chance: the alert joins the first
// one that was told, else the first; others that were not told become part of it.
std::optional<std::size_t> Correlator::neighbour_of(const Alert& alert, std::uint64_t entity) {
  const std::vector<std::uint64_t> near = topology_.near(entity, options_.hops);
  std::vector<std::pair<Duration, std::size_t>> neighbours;  // how far apart, and of which cluster
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    for (const Member& member : clusters_[i].members) {
      const Duration distance = apart(alert.onset, member.onset);
      if (distance > options_.window) continue;
      if (std::ranges::binary_search(near, member.entity)) neighbours.emplace_back(distance, i);
    }
  }
  std::ranges::sort(neighbours);
  const double share = static_cast<double>(near.size()) / static_cast<double>(topology_.size());
  std::size_t joined = 0;
  for (std::size_t n = 1; n <= neighbours.size(); ++n) {
    const Duration within = std::max(neighbours[n - 1].first, neighbours_span_least);
    const double minutes = static_cast<double>(within) / static_cast<double>(minute);
    if (is_unlikely(n, usual() * share * minutes, neighbours_log_p)) joined = n;
  }
  if (joined == 0) return std::nullopt;
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < joined; ++i) found.push_back(neighbours[i].second);
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const auto told =
      std::ranges::find_if(found, [&](std::size_t i) { return clusters_[i].revision > 0; });
  const std::size_t chosen = told == found.end() ? found.front() : *told;
  std::erase_if(found, [&](std::size_t i) {
    return i == chosen || (clusters_[i].revision > 0 && clusters_[i].entities > 1);
  });
  merge(chosen, found);
  return chosen - static_cast<std::size_t>(
                      std::ranges::count_if(found, [&](std::size_t i) { return i < chosen; }));
}

// A storm that goes on, or what begins at the same time, each of one entity.
std::optional<std::size_t> Correlator::storm_of(const Alert& alert, std::uint64_t entity) {
  const auto is_near = [&](const Member& member) {
    return member.entity != entity && apart(member.onset, alert.onset) <= storm_window;
  };
  std::vector<std::size_t> single;
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    const Cluster& one = clusters_[i];
    if (one.is_storm != 0) {
      if (apart(one.onset, alert.onset) > storm_span) continue;
      const auto near = static_cast<std::size_t>(std::ranges::count_if(one.members, is_near));
      if (is_storm(near + 1)) return i;
    } else if (one.entities == 1 && is_near(one.members.front()) &&
               !topology_.knows(one.members.front().entity)) {
      single.push_back(i);
    }
  }
  if (!is_storm(single.size() + 1)) return std::nullopt;
  const auto told =
      std::ranges::find_if(single, [&](std::size_t i) { return clusters_[i].revision > 0; });
  const std::size_t first = told == single.end() ? single.front() : *told;
  clusters_[first].is_storm = 1;
  const auto before =
      static_cast<std::size_t>(std::ranges::count_if(single, [&](auto i) { return i < first; }));
  std::erase(single, first);
  merge(first, single);
  return first - before;
}

// `others`: ascending.
void Correlator::merge(std::size_t to, const std::vector<std::size_t>& others) {
  Cluster& into = clusters_[to];
  for (const std::size_t i : others) {
    Cluster& one = clusters_[i];
    into.onset = std::min(into.onset, one.onset);
    into.onset_last = std::max(into.onset_last, one.onset_last);
    into.grown = std::max(into.grown, one.grown);
    into.ends =
        into.ends == time_none || one.ends == time_none ? time_none : std::max(into.ends, one.ends);
    into.ended = std::max(into.ended, one.ended);
    into.severity = std::max(into.severity, one.severity);
    into.entities += one.entities;
    into.alerts += one.alerts;
    into.first_alerts.insert(into.first_alerts.end(), one.first_alerts.begin(),
                             one.first_alerts.end());
    into.first.insert(into.first.end(), one.first.begin(), one.first.end());
    into.suspects.insert(into.suspects.end(), one.suspects.begin(), one.suspects.end());
    for (std::string& hint : one.hints) {
      if (std::ranges::find(into.hints, hint) == into.hints.end()) into.hints.push_back(hint);
    }
    into.members.insert(into.members.end(), one.members.begin(), one.members.end());
  }
  std::ranges::stable_sort(into.first, {}, &std::pair<Time, std::string>::first);
  into.first.resize(std::min(into.first.size(), first_max));
  into.first_alerts.resize(std::min(into.first_alerts.size(), first_alerts_max));
  into.suspects.resize(std::min(into.suspects.size(), suspects_max));
  into.hints.resize(std::min(into.hints.size(), hints_max));
  for (auto i = others.rbegin(); i != others.rend(); ++i) {
    if (clusters_[*i].revision > 0) merged_.push_back(std::move(clusters_[*i]));
    clusters_.erase(clusters_.begin() + static_cast<std::ptrdiff_t>(*i));
  }
}

bool Correlator::is_storm(std::size_t onsets) const {
  return onsets >= storm_least && is_unlikely(onsets, usual(), storm_log_p);
}

void Correlator::learn_rate(Time clock) {
  const Time now = floor_to(clock, stretch);
  if (stretch_ == time_none || now < stretch_) stretch_ = now;
  const auto passed = static_cast<std::size_t>(between(stretch_, now) / stretch);
  for (std::size_t left = std::min(passed, counts_max); left > 0; --left) {
    counts_.push_back(std::exchange(began_, 0));
  }
  if (counts_.size() > counts_max) {
    counts_.erase(counts_.begin(), counts_.end() - static_cast<std::ptrdiff_t>(counts_max));
  }
  stretch_ = now;
}

double Correlator::usual() const {
  std::vector<std::uint32_t> counts = counts_;
  const auto quartile = counts.begin() + static_cast<std::ptrdiff_t>((counts.size() - 1) * 3 / 4);
  std::ranges::nth_element(counts, quartile);
  return std::max(*quartile / stretch_minutes,
                  usual_least + usual_of_entity * static_cast<double>(topology_.size()));
}

// ---- alerts

void Correlator::join(Cluster& cluster, const Alert& alert, std::uint64_t entity) {
  const auto known = std::ranges::find(cluster.members, entity, &Member::entity);
  const bool is_new = known == cluster.members.end();
  const auto free = std::ranges::find_if(cluster.members, [&](const Member& member) {
    return member.entity == entity && member.is_open == 0;
  });
  ++cluster.alerts;
  const bool is_quiet = cluster.revision > 0 && cluster.alerts > told_singly;
  const Member member{entity, alert.id, alert.onset, 1, is_quiet ? by_incident : by_itself};
  if (free == cluster.members.end()) {
    cluster.members.push_back(member);
    ++members_;
  } else {
    *free = member;
  }
  cluster.onset = std::min(cluster.onset, alert.onset);
  cluster.onset_last = std::max(cluster.onset_last, alert.onset);
  cluster.ends = time_none;
  if (cluster.first_alerts.size() < first_alerts_max) cluster.first_alerts.push_back(alert.id);
  if (!is_new) return;
  ++cluster.entities;
  cluster.grown = now(alert);
  const auto at = std::ranges::upper_bound(cluster.first, alert.onset, {},
                                           &std::pair<Time, std::string>::first);
  cluster.first.emplace(at, alert.onset, alert.entity);
  if (cluster.first.size() > first_max) cluster.first.pop_back();
}

// There is no room for another entity: the alert is told by the last incident, where there is one.
std::optional<AlertId> Correlator::take_beyond(const Alert& alert) {
  const auto last = std::find_if(clusters_.rbegin(), clusters_.rend(),
                                 [](const Cluster& one) { return one.revision > 0; });
  if (last == clusters_.rend()) return std::nullopt;
  if (alert.change == Change::raised) {
    ++beyond_;
    ++last->alerts;
    return last->id;
  }
  if (beyond_ == 0) return std::nullopt;
  if (alert.change == Change::resolved) --beyond_;
  return last->id;
}

// What it shows.
void Correlator::note(Cluster& cluster, const Alert& alert) const {
  suspect(alert, topology_, options_.hops, cluster.suspects);
  const std::uint64_t entity = hash(alert.entity);
  const auto suspected = std::ranges::find(cluster.suspects, entity, &Suspect::entity);
  const auto changed = std::ranges::find(departures_, alert.entity, &Departure::entity);
  if (suspected != cluster.suspects.end() && changed != departures_.end() &&
      is_near(*changed, alert.onset)) {
    note_changes(*changed, *suspected);
  }
  for (const AlertReason& reason : alert.reasons) {
    for (std::string& hint : hints_of(reason)) {
      if (cluster.hints.size() >= hints_max) break;
      if (std::ranges::find(cluster.hints, hint) != cluster.hints.end()) continue;
      cluster.hints.push_back(std::move(hint));
    }
  }
  if (!alert.parts.empty()) cluster.parts = alert.parts;
  for (const AlertReason& reason : alert.reasons) {
    if (cluster.entities > 1 || cluster.signals.size() >= signals_max) break;
    const bool is_known = std::ranges::any_of(cluster.signals, [&](const AlertReason& other) {
      return other.kind == reason.kind && other.subject == reason.subject;
    });
    if (!is_known) cluster.signals.push_back(reason);
  }
}

std::optional<AlertId> Correlator::take(const Alert& alert) {
  touched_.reset();
  const std::uint64_t entity = hash(alert.entity);
  if (alert.change == Change::raised) {
    if (members_ >= members_max) return take_beyond(alert);
    touched_ = place_for(alert, entity);
    join(clusters_[*touched_], alert, entity);
  }
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    Cluster& cluster = clusters_[i];
    const auto member = std::ranges::find(cluster.members, alert.id, &Member::alert);
    if (member == cluster.members.end()) continue;
    touched_ = i;
    cluster.severity = std::max(cluster.severity, alert.severity);
    const bool is_over = alert.change == Change::resolved;
    if (!is_over) {
      note(cluster, alert);
    } else {
      member->is_open = 0;
      cluster.ended = std::max(cluster.ended, alert.ended.value_or(alert.time));
      if (std::ranges::all_of(cluster.members, [](const Member& m) { return m.is_open == 0; })) {
        cluster.ends = add_saturated(now(alert), linger);
      }
    }
    const bool is_told_by =
        member->telling == by_incident || (member->telling == by_both && !is_over);
    return is_told_by ? std::optional(cluster.id) : std::nullopt;
  }
  return take_beyond(alert);
}

}  // namespace retimu
