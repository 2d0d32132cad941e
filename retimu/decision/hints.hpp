// SPDX-License-Identifier: Apache-2.0
// What a person would call a symptom: "high latency", "packet loss", "severity 5 alarm". One table
// from the words in names of columns and in messages; units do not count. Conservative: a name that
// is not in the table has no hint, and a word must be a whole word of the name.
#ifndef RETIMU_DECISION_HINTS_HPP
#define RETIMU_DECISION_HINTS_HPP

#include "retimu/core/reason.hpp"

#include <string>
#include <vector>

namespace retimu {

// Of one reason; empty: none. A column's needs a value outside its usual range, on the side that
// the words mean. Case does not matter; "cpuUsage", "cpu_usage" and "cpu.usage" are alike.
std::vector<std::string> hints_of(const AlertReason& reason);

// Whether the hint is of what an entity has for itself: processor, memory, disk, temperature,
// restarts. Delays, traffic, queues and errors also come from those that it asks or that ask it.
bool is_local(const AlertReason& reason);

}  // namespace retimu

#endif
