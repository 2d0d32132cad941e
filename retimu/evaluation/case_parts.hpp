// SPDX-License-Identifier: Apache-2.0
// Puts a case together from what its files hold, and checks that the parts fit.
#ifndef RETIMU_EVALUATION_CASE_PARTS_HPP
#define RETIMU_EVALUATION_CASE_PARTS_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct TablePart {
  std::string path;  // of the file, for messages
  std::vector<std::string> columns;
  Table table;
};

struct LabelPart {
  std::string path;
  std::vector<std::uint8_t> labels;
};

// Rows `step` apart from 0, the first of train; those of test go on where train ends. Windows are
// the runs of ones. Fault::input: train and test differ in their columns, labels in their number.
Result<Case> make_case(std::string name, TablePart train, TablePart test, LabelPart labels,
                       Duration step);

// A time for each text. Fault::input with `path` and the row, counted from 1, of what is none.
Result<std::vector<Time>> as_times(const std::vector<std::string>& texts, const std::string& path,
                                   std::optional<Time> (*parse)(std::string_view text));

// Rows [begin, end).
Table part_of(const Table& table, std::size_t begin, std::size_t end);

}  // namespace retimu

#endif
