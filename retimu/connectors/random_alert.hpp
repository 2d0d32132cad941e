// SPDX-License-Identifier: Apache-2.0
// Alerts that somebody hostile could have made, for tests.
#ifndef RETIMU_CONNECTORS_RANDOM_ALERT_HPP
#define RETIMU_CONNECTORS_RANDOM_ALERT_HPP

#include "retimu/core/incident.hpp"
#include "retimu/core/random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <tuple>

namespace retimu {

// UTF-8 of what texts are broken with: quotes, escapes, line ends, control characters, other
// planes.
inline std::string random_text(Random& random) {
  static constexpr std::array<std::string_view, 20> pieces = {"a",
                                                              "\"",
                                                              "\\",
                                                              "\n",
                                                              "\r",
                                                              "\t",
                                                              std::string_view("\0", 1),
                                                              "/",
                                                              "\x1B[31m",
                                                              "\x7F",
                                                              "\xC3\xB6",
                                                              "\xE2\x80\xA8",
                                                              "\xEF\xBF\xBF",
                                                              "\xF0\x9F\x98\x80",
                                                              "{}",
                                                              "\",\"id\":\"",
                                                              "\\u0041",
                                                              "]",
                                                              "1e5",
                                                              " "};
  std::string text;
  for (std::uint64_t left = random.below(8); left > 0; --left) {
    text += pieces[random.below(pieces.size())];
  }
  return text;
}

// Any finite one.
inline double random_number(Random& random) {
  for (;;) {
    const auto number = random.below(3) == 0 ? static_cast<double>(random.below(1'000))
                                             : std::bit_cast<double>(random.next());
    if (std::isfinite(number)) return number;
  }
}

inline AlertReason random_reason(Random& random) {
  AlertReason reason{random_text(random),   random_text(random),   random_number(random),
                     random_number(random), random_number(random), random_number(random)};
  reason.kind = static_cast<ReasonKind>(random.below(12));
  if (random.below(4) == 0) reason.time = static_cast<Time>(random.next() | 1U);
  return reason;
}

inline std::vector<std::string> random_texts(Random& random) {
  std::vector<std::string> texts(random.below(4));
  for (std::string& text : texts) text = random_text(random);
  return texts;
}

inline Incident random_incident(Random& random) {
  Incident incident;
  incident.entities = random.next();
  incident.alerts = random.next();
  incident.open = random.next();
  incident.first = random_texts(random);
  incident.hints = random_texts(random);
  for (std::uint64_t left = random.below(3); left > 0; --left) {
    incident.first_alerts.push_back({random.next(), random.next()});
  }
  for (std::uint64_t left = random.below(3); left > 0; --left) {
    incident.causes.push_back({random_text(random), random_reason(random),
                               static_cast<Time>(random.next() | 1U), random_number(random),
                               random.next(), random_number(random), random_text(random)});
    LikelyCause& cause = incident.causes.back();
    cause.hops = random.below(3);
    if (cause.hops > 0) cause.nearest = random_text(random);
    cause.has_alert = random.below(2) == 0;
    for (std::uint64_t changes = random.below(3); changes > 0; --changes) {
      cause.signals.push_back({random_text(random), random_text(random), random_number(random),
                               random_number(random), random_number(random)});
    }
  }
  return incident;
}

inline Alert random_alert(Random& random) {
  constexpr std::array changes = {Change::none, Change::raised, Change::updated, Change::resolved,
                                  Change::summary};
  constexpr std::array severities = {Severity::cleared, Severity::indeterminate,
                                     Severity::warning, Severity::minor,
                                     Severity::major,   Severity::critical};
  Alert alert;
  alert.id = {random.next(), random.next()};
  alert.revision = static_cast<std::uint32_t>(random.next());
  alert.change = changes[random.below(changes.size())];
  alert.entity = random_text(random);
  alert.time = static_cast<Time>(random.next() | 1U);  // not time_none
  alert.onset = static_cast<Time>(random.next() | 1U);
  if (random.below(2) == 0) alert.ended = static_cast<Time>(random.next() | 1U);
  alert.severity = severities[random.below(severities.size())];
  alert.sentence = random_text(random);
  alert.sequence = random.next();
  alert.lead = random_text(random);
  if (random.below(4) == 0) {
    alert.incident = std::make_shared<const Incident>(random_incident(random));
    return alert;
  }
  alert.is_shift = random.below(2) == 0;
  alert.is_stale = random.below(2) == 0;
  if (random.below(4) == 0) alert.told_by = AlertId{random.next(), random.next()};
  if (random.below(4) > 0) alert.log10_p = -std::fabs(random_number(random));
  alert.samples = random_number(random);
  alert.detectors = random_texts(random);
  for (std::uint64_t left = random.below(4); left > 0; --left) {
    alert.reasons.push_back(random_reason(random));
  }
  for (std::uint64_t left = random.below(3); left > 0; --left) {
    alert.parts.push_back({static_cast<Modality>(random.below(modality_count)),
                           static_cast<Time>(random.next() | 1U), random_number(random),
                           random_number(random)});
  }
  return alert;
}

inline bool are_equal(const AlertReason& a, const AlertReason& b) {
  const auto parts = [](const AlertReason& one) {
    return std::tie(one.subject, one.unit, one.observed, one.expected_low, one.expected_high,
                    one.weight, one.kind, one.time);
  };
  return parts(a) == parts(b);
}

inline bool are_equal(const AlertPart& a, const AlertPart& b) {
  const auto parts = [](const AlertPart& one) {
    return std::tie(one.modality, one.time, one.evidence, one.weight);
  };
  return parts(a) == parts(b);
}

inline bool are_equal(const SignalChange& a, const SignalChange& b) {
  const auto parts = [](const SignalChange& one) {
    return std::tie(one.subject, one.unit, one.before, one.after, one.z);
  };
  return parts(a) == parts(b);
}

inline bool are_equal(const LikelyCause& a, const LikelyCause& b) {
  const auto parts = [](const LikelyCause& one) {
    return std::tie(one.entity, one.onset, one.deviation, one.affected, one.score, one.sentence,
                    one.hops, one.nearest, one.has_alert);
  };
  return parts(a) == parts(b) && are_equal(a.reason, b.reason) &&
         std::ranges::equal(a.signals, b.signals,
                            [](const SignalChange& one, const SignalChange& other) {
                              return are_equal(one, other);
                            });
}

inline bool are_equal(const Incident& a, const Incident& b) {
  const auto parts = [](const Incident& one) {
    return std::tie(one.entities, one.first, one.alerts, one.open, one.first_alerts, one.hints);
  };
  return parts(a) == parts(b) &&
         std::ranges::equal(a.causes, b.causes,
                            [](const LikelyCause& one, const LikelyCause& other) {
                              return are_equal(one, other);
                            });
}

inline bool are_equal(const Alert& a, const Alert& b) {
  if ((a.incident == nullptr) != (b.incident == nullptr)) return false;
  if (a.incident != nullptr && !are_equal(*a.incident, *b.incident)) return false;
  const auto parts = [](const Alert& one) {
    return std::tie(one.id, one.revision, one.change, one.entity, one.time, one.onset, one.ended,
                    one.severity, one.is_shift, one.is_stale, one.log10_p, one.samples, one.lead,
                    one.detectors, one.sentence, one.sequence, one.told_by);
  };
  const auto same = [](const auto& one, const auto& other) { return are_equal(one, other); };
  return parts(a) == parts(b) && std::ranges::equal(a.reasons, b.reasons, same) &&
         std::ranges::equal(a.parts, b.parts, same);
}

}  // namespace retimu

#endif
