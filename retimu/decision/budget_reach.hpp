// SPDX-License-Identifier: Apache-2.0
// Whether a stated budget can be kept to, or anything be told under it at all.
//
// Rule: an entity says nothing before its first 256 readings. Its share of the budget is one alert
// in (entities / (0.7 budget)) days: once it has been seen for so long the data themselves show
// what is as rare; after a hundredth of that, two decades lie beyond what is seen, which is
// trusted; what lies further is trusted only roughly. An entity remembers 262,144 readings at
// least, so that of a fast one days beyond these add nothing. Whatever it comes to, budget * T + 4
// in T days is held.
#ifndef RETIMU_DECISION_BUDGET_REACH_HPP
#define RETIMU_DECISION_BUDGET_REACH_HPP

#include <cstdint>
#include <string>

namespace retimu {

// Of BudgetTail.
inline constexpr std::uint32_t block_readings = 32;
inline constexpr double blocks_min = 8;  // silent before
inline constexpr double blocks_max =
    16'384;  // then every second kept maximum is dropped and the count halved
inline constexpr double aim = 0.7;  // of the budget; the rest absorbs what the tail gets wrong

struct BudgetReach {
  double silent_days = 0;   // before an entity says anything
  double trusted_days = 0;  // until two decades or less lie beyond what is seen; +inf: never
  double seen_days = 0;     // until none do; +inf: never
  double beyond = 0;        // decades, of all that an entity remembers; 0 or less: none
};

// All arguments > 0; readings_a_day of each entity.
BudgetReach budget_reach(double per_day, double entities, double readings_a_day);

// "nothing before 4h16m; trusted after 17h, seen after 71d"; days to two digits.
std::string reach_text(const BudgetReach& reach);

}  // namespace retimu

#endif
