// SPDX-License-Identifier: Apache-2.0
// The ground truth of a simulated world as labels.csv beside it:
//   fault,entities,modalities,begin,end      one line a fault
// Entities and modalities are joined by +, the first entity is the cause. Times are ISO-8601 in
// UTC, `end` is the first moment after.
#ifndef RETIMU_SIMULATOR_WORLD_LABELS_HPP
#define RETIMU_SIMULATOR_WORLD_LABELS_HPP

#include "retimu/simulator/world_plan.hpp"

#include <span>
#include <string>
#include <vector>

namespace retimu {

inline constexpr std::string_view world_labels_header = "fault,entities,modalities,begin,end";
std::string world_labels_csv(std::span<const WorldLabel> labels);
// "metrics+logs"
std::string modalities_text(Modalities modalities);
// `path` names the file in errors, with the line.
Result<std::vector<WorldLabel>> parse_world_labels(std::string_view text, std::string_view path);

}  // namespace retimu

#endif
