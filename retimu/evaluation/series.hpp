// SPDX-License-Identifier: Apache-2.0
// A benchmark's series, cut in two that meet only after scoring: what a scorer is given, and the
// truth.
#ifndef RETIMU_EVALUATION_SERIES_HPP
#define RETIMU_EVALUATION_SERIES_HPP

#include "retimu/core/time.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// Rows of numbers, one behind the other; NaN: missing.
struct Table {
  std::size_t columns = 0;
  std::vector<double> values;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const double> row(std::size_t index) const {
    return std::span(values).subspan(index * columns, columns);
  }
  void append(std::span<const double> row) { values.insert(values.end(), row.begin(), row.end()); }
};

struct Series {
  std::string name;                  // "realKnownCause/machine_temperature_system_failure"
  std::vector<std::string> columns;  // of both tables
  Table train;                       // rows to learn from, never judged; may have none
  std::vector<Time> train_times;
  Table rows;
  // One a row; counted from 0 by the distance of rows where the set has none.
  std::vector<Time> times;
};

// Rows [begin, end) of a series.
struct Span {
  std::size_t begin = 0, end = 0;
  std::size_t length() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

// An event and the columns that make it up, by their place in Series::columns.
struct Cause {
  Span rows;
  std::vector<std::size_t> columns;
};

struct Truth {
  std::vector<std::uint8_t> labels;  // one a row, 0 or 1
  std::vector<Span> windows;         // of NAB, else the runs of ones in labels
  std::vector<std::size_t> changes;  // rows at which a change point is labelled, ascending
  std::size_t judged_from = 0;       // first row that counts
  std::vector<Cause> causes;         // where the set knows them
};

struct Case {
  Series series;
  Truth truth;
};

// The columns that an alert named while it lasted, by their place in Series::columns, most
// important first.
struct NamedColumns {
  std::size_t row = 0;  // at which it was told
  std::vector<std::size_t> columns;
};

// [column] By its place in Series::columns, >= 0; larger is more to blame.
using ColumnWeights = std::vector<double>;

// What a scorer says of each row. A scorer that only ranks leaves the decisions empty.
struct Scores {
  std::vector<double> score;  // higher: stranger; finite, of any scale
  std::vector<std::uint8_t> anomalous, alert, change;
  std::vector<NamedColumns> named{};       // by row
  std::vector<ColumnWeights> explained{};  // by cause, over its rows; empty: not explained
  bool has_decisions() const { return !anomalous.empty(); }
};

// Runs of ones.
std::vector<Span> spans_of(std::span<const std::uint8_t> labels);

}  // namespace retimu

#endif
