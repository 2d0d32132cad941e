// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/reason.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::array<std::string_view, reason_kinds> names = {
    "value",       "new_message", "message_count", "message_value",  "message_order",
    "level_share", "rare_alarm",  "alarm_count",   "alarm_severity", "event_count",
    "silence",     "rule",        "alarm_cleared", "peers"};

}  // namespace

std::string_view name_of(ReasonKind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<ReasonKind> reason_kind_of(std::string_view name) {
  const auto* const at = std::ranges::find(names, name);
  if (at == names.end()) return std::nullopt;
  return static_cast<ReasonKind>(at - names.begin());
}

}  // namespace retimu
