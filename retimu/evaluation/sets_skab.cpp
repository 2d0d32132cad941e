// SPDX-License-Identifier: Apache-2.0
// SKAB, the Skoltech Anomaly Benchmark: recordings of a water loop with valves, pump and leaks.
#include "retimu/evaluation/case_parts.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/set_readers.hpp"

namespace retimu {

namespace {

constexpr std::size_t train_rows = 400;

Result<Case> read_recording(const std::string& path, std::string name) {
  Result<Numbers> numbers = read_numbers(path, {.delimiter = ';', .text = {"datetime"}});
  if (!numbers) return tl::unexpected(numbers.error());
  const Result<std::vector<Time>> times = as_times(numbers->text[0], path, parse_iso_time);
  if (!times) return tl::unexpected(times.error());
  std::vector<std::uint8_t> marks[2];
  for (const std::string column : {"anomaly", "changepoint"}) {
    const Result<std::vector<double>> values = take_column(*numbers, column, path);
    if (!values) return tl::unexpected(values.error());
    Result<std::vector<std::uint8_t>> labels = as_labels(*values, path);
    if (!labels) return tl::unexpected(labels.error());
    marks[column == "anomaly" ? 0 : 1] = std::move(*labels);
  }
  const std::size_t rows = times->size();
  if (rows <= train_rows) {
    return failure(Fault::input, "{}: has {} rows; the first {} are to learn from", path, rows,
                   train_rows);
  }
  const auto cut = static_cast<std::ptrdiff_t>(train_rows);
  Case one;
  one.series.name = std::move(name);
  one.series.columns = std::move(numbers->columns);
  one.series.train = part_of(numbers->table, 0, train_rows);
  one.series.train_times.assign(times->begin(), times->begin() + cut);
  one.series.rows = part_of(numbers->table, train_rows, rows);
  one.series.times.assign(times->begin() + cut, times->end());
  one.truth.labels.assign(marks[0].begin() + cut, marks[0].end());
  one.truth.windows = spans_of(one.truth.labels);
  for (std::size_t row = train_rows; row < rows; ++row) {
    if (marks[1][row] != 0) one.truth.changes.push_back(row - train_rows);
  }
  return one;
}

}  // namespace

Result<std::vector<Case>> read_skab(const std::string& folder) {
  static constexpr std::string_view below[] = {"skab", "SKAB/data", "data"};
  static constexpr std::string_view groups[] = {"other", "valve1", "valve2"};
  const Result<std::string> found = find_folder(folder, below, groups);
  if (!found) return tl::unexpected(found.error());
  std::vector<Case> cases;
  for (const std::string_view group : groups) {
    const std::string inner = *found + "/" + std::string(group);
    for (const std::string& name : list_files(inner, ".csv")) {
      const Result<std::string> path = need_file(inner, name + ".csv");
      if (!path) return tl::unexpected(path.error());
      Result<Case> one = read_recording(*path, std::string(group) + "/" + name);
      if (!one) return tl::unexpected(one.error());
      cases.push_back(std::move(*one));
    }
  }
  if (cases.empty()) return failure(Fault::input, "{}: holds no recording of SKAB", *found);
  return cases;
}

}  // namespace retimu
