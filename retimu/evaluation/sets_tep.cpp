// SPDX-License-Identifier: Apache-2.0
// TEP, the Tennessee Eastman process as simulated by Braatz and others: normal operation to learn
// from, and a test run of each fault, which begins after eight hours.
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"
#include "retimu/evaluation/tep.hpp"

#include <fmt/format.h>

namespace retimu {

namespace {

constexpr std::size_t measurements = 41, valves = 11;

std::vector<std::string> column_names() {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= measurements; ++i) names.push_back(fmt::format("xmeas{}", i));
  for (std::size_t i = 1; i <= valves; ++i) names.push_back(fmt::format("xmv{}", i));
  return names;
}

Table transposed(const Table& table) {
  Table turned{table.rows(), {}};
  for (std::size_t column = 0; column < table.columns; ++column) {
    for (std::size_t row = 0; row < table.rows(); ++row) {
      turned.values.push_back(table.row(row)[column]);
    }
  }
  return turned;
}

// d00.dat is published with a column for each time, the others with a row.
Result<TablePart> read_run(const std::string& folder, const std::string& name) {
  const Result<std::string> path = need_file(folder, name);
  if (!path) return tl::unexpected(path.error());
  Result<Numbers> numbers =
      read_numbers(*path, {.delimiter = ' ', .has_header = false, .text = {}});
  if (!numbers) return tl::unexpected(numbers.error());
  Table table = std::move(numbers->table);
  std::vector<std::string> columns = column_names();
  if (table.columns != columns.size() && table.rows() == columns.size()) table = transposed(table);
  if (table.columns != columns.size()) {
    return failure(Fault::input, "{}: has {} columns; a run of the process has {}", *path,
                   table.columns, columns.size());
  }
  return TablePart{*path, std::move(columns), std::move(table)};
}

}  // namespace

Result<std::vector<Case>> read_tep(const std::string& folder) {
  static constexpr std::string_view below[] = {"tep", "tennessee-eastman-profBraatz"};
  static constexpr std::string_view marks[] = {"*_te.dat"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  const Result<TablePart> train = read_run(*found, "d00.dat");
  if (!train) return tl::unexpected(train.error());
  std::vector<Case> cases;
  for (const std::string& name : list_files(*found, "_te.dat")) {
    Result<TablePart> test = read_run(*found, name + "_te.dat");
    if (!test) return tl::unexpected(test.error());
    const std::size_t rows = test->table.rows();
    LabelPart labels{test->path, std::vector<std::uint8_t>(rows, 0)};
    for (std::size_t row = tep_fault_row; name != tep_normal && row < rows; ++row) {
      labels.labels[row] = 1;
    }
    Result<Case> one =
        make_case(name, *train, std::move(*test), std::move(labels), tep_row_distance);
    if (!one) return tl::unexpected(one.error());
    cases.push_back(std::move(*one));
  }
  return cases;
}

}  // namespace retimu
