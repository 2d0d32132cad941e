// SPDX-License-Identifier: Apache-2.0
// Readers of public benchmark sets: the folder as its authors publish it, plain or with every file
// packed by gzip. Labels are taken out here; a Series never holds them.
#ifndef RETIMU_EVALUATION_SETS_HPP
#define RETIMU_EVALUATION_SETS_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// A number of the whole set, beside the measures of its series.
struct Figure {
  std::string name;  // "nab_standard"
  std::optional<double> value;
};

struct SetEntry {
  std::string_view name;         // "nab"
  std::string_view description;  // one line: what it is, how it is split
  std::size_t published_cases;   // of the whole published set; fewer were read: a part of it
  // Series in the order of their names. Fault::input with the path and what is wrong: no such
  // folder, no series in it, labels that do not fit the rows.
  Result<std::vector<Case>> (*read)(const std::string& folder);
  // Null: the set has none of its own. Cases and scores in the same order.
  std::vector<Figure> (*figures)(std::span<const Case> cases, std::span<const Scores> scores);
  bool learns_from_head = false;  // of the recording that it judges
};

// All sets, in the order of `retimu evaluate --help`.
std::span<const SetEntry> set_catalogue();
// Null if there is no such set.
const SetEntry* find_set(std::string_view name);

}  // namespace retimu

#endif
