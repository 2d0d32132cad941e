// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/policy_state.hpp"

#include <array>
#include <cmath>

namespace retimu {

void EntityState::visit(StateVisitor& visitor) {
  const std::uint32_t version = visitor.version(3);
  std::array<double, 4> numbers{fatigue, peak, raised_at, interval};
  std::array<std::int64_t, 4> times{latest, raised, onset, ended};
  std::array<std::uint32_t, 6> counts{intervals, since, anomalous, shifted, calm, held_back};
  std::array<std::uint8_t, 3> flags{static_cast<std::uint8_t>(phase),
                                    static_cast<std::uint8_t>(severity),
                                    static_cast<std::uint8_t>(is_counted ? 1 : 0)};
  std::uint8_t silent = is_silent ? 1 : 0;
  visitor.cells("numbers", std::span<double>(numbers));
  visitor.cells("times", std::span<std::int64_t>(times));
  visitor.cells("counts", std::span<std::uint32_t>(counts));
  visitor.cells("flags", std::span<std::uint8_t>(flags));
  if (version >= 2) {
    visitor.cell("level", disturbance.level);
    visitor.cell("disturbed", disturbance.events);
  }
  if (version >= 3) visitor.cell("silent", silent);
  is_silent = silent != 0;
  fatigue = numbers[0];
  peak = numbers[1];
  raised_at = numbers[2];
  interval = numbers[3];
  latest = times[0];
  raised = times[1];
  onset = times[2];
  ended = times[3];
  intervals = counts[0];
  since = counts[1];
  anomalous = counts[2];
  shifted = counts[3];
  calm = counts[4];
  held_back = counts[5];
  is_counted = flags[2] != 0;
  const bool is_valid = flags[0] <= static_cast<std::uint8_t>(Phase::shifted) &&
                        flags[1] <= static_cast<std::uint8_t>(Severity::critical) && fatigue >= 0 &&
                        interval >= 0 && intervals <= intervals_max && std::isfinite(peak) &&
                        std::isfinite(raised_at) && disturbance.is_valid();
  if (!is_valid) {
    visitor.refuse();
    return;
  }
  phase = static_cast<Phase>(flags[0]);
  severity = static_cast<Severity>(flags[1]);
  if (version >= 2) change_point.visit(visitor);
}

}  // namespace retimu
