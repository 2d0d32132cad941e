// SPDX-License-Identifier: Apache-2.0
// An entity's signals that have left what they were before, whether or not that is an alert:
// evidence for what is behind an incident.
#ifndef RETIMU_CORE_DEPARTURE_HPP
#define RETIMU_CORE_DEPARTURE_HPP

#include "retimu/core/reused_list.hpp"
#include "retimu/core/time.hpp"

#include <cstdint>
#include <string>

namespace retimu {

struct SignalChange {
  std::string subject, unit;     // a column, or what is counted a minute
  double before = 0, after = 0;  // its usual level, and the value that lay farthest from it of late
  double z = 0;                  // robust: below 0 where it fell
};
inline constexpr std::size_t signal_changes_max = 3;

struct Departure {
  std::string entity;
  Time time = 0;
  Time onset = 0;  // of the first that it goes on from
  std::uint64_t sequence = 0;
  double strangeness =
      0;  // of the first signal: its z by the largest that it usually has, 3 at least
  ReusedList<SignalChange> signals;  // the strangest first, at most signal_changes_max
};

}  // namespace retimu

#endif
