// SPDX-License-Identifier: Apache-2.0
// Reads an alert back from the JSON of to_json().
#ifndef RETIMU_CONNECTORS_ALERT_JSON_HPP
#define RETIMU_CONNECTORS_ALERT_JSON_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/result.hpp"

namespace retimu {

// How each line of to_json() begins.
inline constexpr std::string_view alert_json_begin = "{\"id\":\"";

// Equal to the alert that to_json() was given, where its texts are UTF-8 and its numbers finite: of
// what became null, `log10_p` is none, `expected_low` -inf, and other numbers +inf. Unknown keys
// are passed over. Fault::input if it is not an alert of RETIMU: one of id, revision, change,
// entity, time, onset, severity, lead and reason is missing or wrong, or another key has another
// type.
Result<Alert> parse_alert(std::string_view json);

// The entity of alerts that a pipeline raises about itself.
inline constexpr std::string_view own_entity = "retimu";
// They are led by "health", or, where they say that nothing can be kept, by "storage": these go to
// sinks past the outbox and stand in no store.
inline constexpr std::string_view health_lead = "health", storage_lead = "storage";
inline bool is_past_outbox(const Alert& alert) {
  return alert.entity == own_entity && alert.lead == storage_lead;
}

}  // namespace retimu

#endif
