// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/budget_reach.hpp"

#include "retimu/decision/budget.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace retimu {

namespace {

constexpr double parts_seen = 100;  // two decades beyond

std::string days_text(double days) {
  if (days < 1.0 / 24) return fmt::format("{:.0f}m", std::ceil(days * 24 * 60));
  if (days < 2) return fmt::format("{:.0f}h", std::ceil(days * 24));
  if (days < 1'000) return fmt::format("{:.0f}d", std::ceil(days));
  return fmt::format("{:.0f} years", std::ceil(days / 365));
}

}  // namespace

BudgetReach budget_reach(double per_day, double entities, double readings_a_day) {
  const double remembered = blocks_max / 2 * block_readings / readings_a_day;
  const auto when = [&](double days) {
    return days <= remembered ? days : std::numeric_limits<double>::infinity();
  };
  BudgetReach reach;
  reach.silent_days = blocks_min * block_readings / readings_a_day;
  const double seen = entities / (aim * per_day);
  reach.seen_days = when(std::max(seen, reach.silent_days));
  reach.trusted_days = when(std::max(seen / parts_seen, reach.silent_days));
  reach.beyond = extrapolation(per_day, entities, remembered);
  return reach;
}

std::string reach_text(const BudgetReach& reach) {
  std::string text = fmt::format("nothing before {}; ", days_text(reach.silent_days));
  if (std::isinf(reach.trusted_days)) {
    return text + fmt::format("never more than roughly: {:.1f} decades stay beyond what is seen",
                              reach.beyond);
  }
  text += fmt::format("trusted after {}", days_text(reach.trusted_days));
  return text + (std::isinf(reach.seen_days)
                     ? fmt::format(", {:.1f} decades stay beyond what is seen", reach.beyond)
                     : fmt::format(", seen after {}", days_text(reach.seen_days)));
}

}  // namespace retimu
