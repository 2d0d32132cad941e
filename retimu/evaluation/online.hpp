// SPDX-License-Identifier: Apache-2.0
// A set without rows to learn from: what a detector that starts on the stream makes of it.
#ifndef RETIMU_EVALUATION_ONLINE_HPP
#define RETIMU_EVALUATION_ONLINE_HPP

#include "retimu/evaluation/sets.hpp"

namespace retimu {

inline constexpr std::size_t online_rows_min = 128;  // are not judged: every scorer has to start

// Where the set learns from the head of the recording that it judges, the head becomes ordinary
// rows that are not judged; else the rows to learn from are left out.
std::vector<Case> online(const SetEntry& set, std::vector<Case> cases);

}  // namespace retimu

#endif
