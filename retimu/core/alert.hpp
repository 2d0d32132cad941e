// SPDX-License-Identifier: Apache-2.0
// What is told to a person: an episode of an entity, or an incident of several; raised, updated,
// resolved, under one stable id with revisions 1, 2, 3 ….
#ifndef RETIMU_CORE_ALERT_HPP
#define RETIMU_CORE_ALERT_HPP

#include "retimu/core/decision.hpp"
#include "retimu/core/reason.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

// hash(pipeline's seed, entity's name, time raised, count of the entity's episodes at that time)
struct AlertId {
  std::uint64_t high = 0, low = 0;
  friend bool operator==(const AlertId&, const AlertId&) = default;
};
std::string to_text(AlertId id);  // 32 hexadecimal digits
std::optional<AlertId> parse_alert_id(std::string_view text);

// What a modality has to do with an alert to which several belong.
struct AlertPart {
  Modality modality{};
  Time time = 0;        // of its evidence
  double evidence = 0;  // decades
  double weight = 0;    // its share, 0 to 1
};

struct Incident;  // incident.hpp

struct Alert {
  AlertId id;
  std::uint32_t revision = 1;
  Change change = Change::none;  // raised, updated or resolved
  std::string entity;
  Time time = 0;              // event time of this revision
  Time onset = 0;             // first event of the episode
  std::optional<Time> ended;  // last unusual event, of a resolved one
  Severity severity = Severity::cleared;
  bool is_shift = false;          // the level has shifted: told once, then learned
  bool is_stale = false;          // what it rests on came long after its time: see [alerts]
  std::optional<double> log10_p;  // none: a rule
  double samples = 0;
  std::string lead;                    // detector with the smallest p
  std::vector<std::string> detectors;  // that spoke: p within a decade of the fused one
  std::vector<AlertReason> reasons;
  std::vector<AlertPart> parts;  // where several modalities have to do with it
  std::string sentence;
  std::uint64_t sequence = 0;  // of the event that caused it, in the admitted order
  // The incident that tells it: the alert itself is kept, and no sink gets it.
  std::optional<AlertId> told_by;
  // Set: this tells an incident. Id, revision, change, times, severity, sentence and sequence are
  // its own, `entity` is the first of its entities; the other fields are empty.
  std::shared_ptr<const Incident> incident;
};

// One line of JSON without the newline: id, revision, change, entity, time, onset, ended, severity,
// p_value, log10_p, samples, shift, lead, detectors, reasons, modalities (if several), reason (the
// sentence), sequence, stale (if it is), told_by (if it is). Of an incident: id, revision, kind
// "incident", change, entity, time, onset, ended, severity, lead "correlator", what
// append_incident() adds, reason, sequence, stale (if it is). Numbers are exact; infinities become
// null.
std::string to_json(const Alert& alert);

// 10^log10_p with `digits` digits, also below the range of double: "3.2e-412".
std::string format_p_value(double log10_p, int digits);

// A JSON string literal with its quotes; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& to, std::string_view text);
// The shortest text that reads back as the same double; "null" for infinities and NaN.
void append_json_number(std::string& to, double value);

}  // namespace retimu

#endif
