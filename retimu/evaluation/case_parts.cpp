// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/case_parts.hpp"

#include <algorithm>

namespace retimu {

namespace {

Result<void> fits(const TablePart& train, const TablePart& test) {
  if (train.table.columns != test.table.columns) {
    return failure(Fault::input, "{}: has {} columns, {} has {}", test.path, test.table.columns,
                   train.path, train.table.columns);
  }
  const auto [left, right] = std::ranges::mismatch(train.columns, test.columns);
  if (right != test.columns.end()) {
    return failure(Fault::input, "{}: has a column \"{}\" where {} has \"{}\"", test.path, *right,
                   train.path, *left);
  }
  return {};
}

}  // namespace

Result<Case> make_case(std::string name, TablePart train, TablePart test, LabelPart labels,
                       Duration step) {
  if (Result<void> fitting = fits(train, test); !fitting) return tl::unexpected(fitting.error());
  if (labels.labels.size() != test.table.rows()) {
    return failure(Fault::input, "{}: has {} labels, {} has {} rows", labels.path,
                   labels.labels.size(), test.path, test.table.rows());
  }
  Case one;
  Time time = 0;
  for (std::size_t i = 0; i < train.table.rows(); ++i, time += step) {
    one.series.train_times.push_back(time);
  }
  for (std::size_t i = 0; i < test.table.rows(); ++i, time += step) {
    one.series.times.push_back(time);
  }
  one.series.name = std::move(name);
  one.series.columns = std::move(test.columns);
  one.series.train = std::move(train.table);
  one.series.rows = std::move(test.table);
  one.truth.windows = spans_of(labels.labels);
  one.truth.labels = std::move(labels.labels);
  return one;
}

Result<std::vector<Time>> as_times(const std::vector<std::string>& texts, const std::string& path,
                                   std::optional<Time> (*parse)(std::string_view text)) {
  std::vector<Time> times;
  for (const std::string& text : texts) {
    const std::optional<Time> time = parse(text);
    if (!time) {
      return failure(Fault::input, "{}: \"{}\" in row {} is no time", path, text, times.size() + 1);
    }
    times.push_back(*time);
  }
  return times;
}

Table part_of(const Table& table, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t row) {
    return table.values.begin() + static_cast<std::ptrdiff_t>(row * table.columns);
  };
  return {table.columns, std::vector<double>(at(begin), at(end))};
}

}  // namespace retimu
