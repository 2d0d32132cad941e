// SPDX-License-Identifier: Apache-2.0
// Why an event is unusual: what was seen and what was expected, as a detector says it and as it is
// told.
#ifndef RETIMU_CORE_REASON_HPP
#define RETIMU_CORE_REASON_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retimu {

// What the numbers of a reason are, and of what.
enum class ReasonKind : std::uint8_t {
  value,          // of a column, in its unit
  new_message,    // a template that was not seen before; lines seen before it, no range
  message_count,  // of a template: lines a minute
  message_value,  // a number in a template
  message_order,  // a template that does not come after what came before it: how often it does, 0-1
  level_share,    // of lines of a level or worse, 0 to 1
  rare_alarm,     // an alarm's code: so many came in the time before
  alarm_count,    // of a code or of all: alarms a minute
  alarm_severity,  // a severity, as its number
  event_count,     // of a modality: events a minute
  silence,         // of a modality or a column: seconds since the last event
  rule,            // its expression; the values of its columns follow
  alarm_cleared,   // an alarm's code: the other system says that it is over
  peers            // of a column, and the range is where its peers lie
};
inline constexpr std::size_t reason_kinds = 14;  // saved by number: new ones at the end
std::string_view name_of(ReasonKind kind);
std::optional<ReasonKind> reason_kind_of(std::string_view name);

// As a detector says it.
struct Reason {
  ColumnId column{};  // of a value; of the others `subject`
  double observed = 0;
  double expected_low = 0,
         expected_high = 0;  // the range usual now; equal if one value was expected
  double weight = 0;         // share of the score, larger is more, comparable within one detector
  ReasonKind kind = ReasonKind::value;
  std::string subject{};    // template, code or level
  std::uint32_t peers = 0;  // that it was compared with; 0: not told
};

// Then its subject is the column's name.
inline bool is_of_column(const Reason& reason) {
  return reason.kind == ReasonKind::value || reason.kind == ReasonKind::peers ||
         (reason.kind == ReasonKind::silence && reason.subject.empty());
}

// With its texts.
struct AlertReason {
  std::string subject, unit;  // subject: column, template, code, level or rule
  double observed = 0, expected_low = 0, expected_high = 0, weight = 0;
  ReasonKind kind = ReasonKind::value;
  // When it was, where that was before the alert: what came shortly before in another modality.
  std::optional<Time> time = std::nullopt;
  std::uint32_t peers = 0;  // that it was compared with; 0: not told
};

}  // namespace retimu

#endif
