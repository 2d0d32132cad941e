// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/filled.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

double first_value(const Series& series, std::size_t column) {
  for (const Table* table : {&series.train, &series.rows}) {
    for (std::size_t i = 0; i < table->rows(); ++i) {
      const double value = table->row(i)[column];
      if (std::isfinite(value)) return value;
    }
  }
  return 0;
}

void fill_table(const Table& from, std::vector<double>& last, Table& to) {
  to.columns = from.columns;
  to.values.reserve(from.values.size());
  for (std::size_t i = 0; i < from.rows(); ++i) {
    const std::span<const double> row = from.row(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (std::isfinite(row[k])) last[k] = row[k];
    }
    to.append(last);
  }
}

}  // namespace

Filled fill(const Series& series) {
  std::vector<double> last(series.rows.columns);
  for (std::size_t k = 0; k < last.size(); ++k) last[k] = first_value(series, k);
  Filled filled;
  fill_table(series.train, last, filled.train);
  fill_table(series.rows, last, filled.rows);
  return filled;
}

Table fit_rows(const Filled& filled) {
  if (filled.train.rows() > 0) return filled.train;
  constexpr std::size_t rows_max = 750;
  const std::size_t rows = std::clamp<std::size_t>(filled.rows.rows() * 15 / 100, 1, rows_max);
  Table table{filled.rows.columns, {}};
  for (std::size_t i = 0; i < std::min(rows, filled.rows.rows()); ++i) {
    table.append(filled.rows.row(i));
  }
  return table;
}

}  // namespace retimu
