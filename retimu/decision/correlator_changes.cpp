// SPDX-License-Identifier: Apache-2.0
// What a correlator knows of signals that changed, with or without an alert.
#include "retimu/decision/correlator.hpp"

#include "retimu/core/hash.hpp"

#include <algorithm>
#include <utility>

namespace retimu {

// In time.
bool Correlator::is_near(const Departure& departure, Time onset) const {
  return departure.time >= add_saturated(onset, -options_.window) &&
         departure.onset <= add_saturated(onset, options_.window);
}

void Correlator::see(const Departure& departure) {
  const std::uint64_t entity = hash(departure.entity);
  for (Cluster& cluster : clusters_) {
    const auto suspected = std::ranges::find(cluster.suspects, entity, &Suspect::entity);
    if (suspected == cluster.suspects.end() || !is_near(departure, suspected->onset)) continue;
    note_changes(departure, *suspected);
  }
  const auto known = std::ranges::find(departures_, departure.entity, &Departure::entity);
  if (known != departures_.end()) {
    // What follows soon goes on from it.
    const bool goes_on = is_near(*known, departure.time);
    const Time onset = goes_on ? std::min(known->onset, departure.onset) : departure.onset;
    const Time time = goes_on ? std::max(known->time, departure.time) : departure.time;
    if (!goes_on || departure.strangeness > known->strangeness) *known = departure;
    known->onset = onset;
    known->time = time;
    return;
  }
  departures_.add() = departure;
  if (departures_.size() <= departures_max) return;
  const Time now = clock_ == time_none ? departure.time : clock_;
  // What was longest ago goes first, then what is least strange.
  const auto least = std::ranges::min_element(departures_, {}, [&](const Departure& one) {
    const bool is_late = one.time >= add_saturated(now, -2 * options_.window);
    return std::pair(is_late, is_late ? one.strangeness : 0);
  });
  departures_.erase(least);
}

// Of entities without an alert those that feed some of its.
std::vector<Suspect> Correlator::suspects_of(const Cluster& cluster,
                                             std::span<const std::uint64_t> entities) const {
  std::vector<Suspect> suspects = cluster.suspects;
  for (const Departure& departure : departures_) {
    const std::uint64_t entity = hash(departure.entity);
    if (!is_near(departure, cluster.onset) || !topology_.knows(entity)) continue;
    if (std::ranges::binary_search(entities, entity)) continue;
    const std::vector<std::uint64_t> fed =
        topology_.near(entity, options_.hops, Topology::Direction::fed_by_it);
    const bool feeds = std::ranges::any_of(
        fed, [&](std::uint64_t one) { return std::ranges::binary_search(entities, one); });
    if (feeds) suspects.push_back(suspect_without_alert(departure, topology_, options_.hops));
  }
  return suspects;
}

}  // namespace retimu
