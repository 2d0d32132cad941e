// SPDX-License-Identifier: Apache-2.0
// Alerts that belong together, or what several modalities show of one entity, told as one: whose
// they are, in which order they began, and what is most likely behind them. What it has in common
// with an alert (id, revision, times ...) stands in the Alert that carries it.
#ifndef RETIMU_CORE_INCIDENT_HPP
#define RETIMU_CORE_INCIDENT_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/departure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

// What may be behind an incident: a signal of an entity, or an entity that says nothing itself.
struct LikelyCause {
  std::string entity;
  AlertReason reason;    // what was seen; of an entity without an alert only its kind: silence
  Time onset = 0;        // of the entity's alert; without one that of the incident
  double deviation = 0;  // how far outside, in halves of the usual range; 0 to 1,000
  std::uint64_t affected = 0;  // entities of the incident that it feeds, by the topology
  double score = 0;            // larger is likelier, see decision/causes.hpp
  std::string sentence;        // "errors of switch1 is 512, usually 0 to 3 (first, feeds all 20)"
  std::uint64_t hops = 0;      // by the topology, to the nearest other entity; 0: none is near
  std::string nearest{};       // that entity, of those that it feeds where it feeds some
  bool has_alert = true;       // false: only its signals have changed, or nothing is known of it
  std::vector<SignalChange> signals{};  // before against after, the strangest first
};

struct Incident {
  std::uint64_t entities = 0;         // with alerts of it
  std::vector<std::string> first;     // the first few of them, by onset
  std::uint64_t alerts = 0;           // raised
  std::uint64_t open = 0;             // not resolved yet
  std::vector<AlertId> first_alerts;  // the first few, in the order of telling
  std::vector<LikelyCause> causes;    // the likeliest first; a few
  std::vector<std::string> hints;     // in plain words: "packet loss"
  // What the entity showed, where it is the only one: the first few, by time of telling.
  std::vector<AlertReason> signals;
  std::vector<AlertPart> parts;        // of that entity's alert: which modalities
  std::optional<AlertId> merged_into;  // of a resolved one that is now part of that
};

inline constexpr std::string_view incident_kind = "incident";

// Its fields: entities, first, alerts, open, first_alerts, causes, hints, signals and modalities
// (of one entity), merged_into (if it is).
void append_incident(std::string& to, const Incident& incident);

}  // namespace retimu

#endif
