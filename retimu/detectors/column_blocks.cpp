// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/column_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace retimu {

namespace {

// [rows][d] the rank of each reading in its column, mean 0, variance 1: one spike makes no
// correlation. 0 for a column that stands still.
std::vector<double> ranked(std::span<const double> rows, std::size_t d) {
  const std::size_t count = rows.size() / d;
  std::vector<double> to(rows.size()), column(count);
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t t = 0; t < count; ++t) column[t] = rows[t * d + j];
    std::ranges::sort(column);
    double squares = 0;
    for (std::size_t i = j; i < rows.size(); i += d) {
      const auto [from, end] = std::equal_range(column.begin(), column.end(), rows[i]);
      const auto below = from - column.begin(), above = column.end() - end;
      to[i] = static_cast<double>(below - above);
      squares += to[i] * to[i];
    }
    if (squares == 0) continue;
    const double scale = std::sqrt(static_cast<double>(count) / squares);
    for (std::size_t i = j; i < rows.size(); i += d) to[i] *= scale;
  }
  return to;
}

// [d][d] squared correlations, times the squared number of rows.
std::vector<double> squared_correlations(std::span<const double> z, std::size_t d) {
  std::vector<double> to(d * d, 0.0);
  for (std::size_t t = 0; t < z.size(); t += d) {
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < j; ++i) to[j * d + i] += z[t + j] * z[t + i];
    }
  }
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      to[j * d + i] *= to[j * d + i];
      to[i * d + j] = to[j * d + i];
    }
  }
  return to;
}

}  // namespace

void group_columns(std::span<const double> rows, const ColumnBlocks& blocks,
                   std::span<std::uint16_t> order) {
  const std::size_t d = order.size();
  const std::vector<double> squares = squared_correlations(ranked(rows, d), d);
  std::vector<std::uint16_t> left(d);  // columns without a block, rising
  std::iota(left.begin(), left.end(), std::uint16_t{0});
  std::vector<double> strength(d, 0.0), to_block(d, 0.0);
  for (std::size_t i = 0; i < d * d; ++i) strength[i / d] += squares[i];

  const auto take_most = [&](const std::vector<double>& weights) {
    const auto at = std::ranges::max_element(
        left, [&](std::uint16_t a, std::uint16_t b) { return weights[a] < weights[b]; });
    const std::uint16_t column = *at;
    left.erase(at);
    for (std::size_t j = 0; j < d; ++j) {
      strength[j] -= squares[column * d + j];
      to_block[j] += squares[column * d + j];
    }
    return column;
  };
  auto to = order.begin();
  for (std::size_t block = 0; block < blocks.count(); ++block) {
    const auto begin = to;
    std::ranges::fill(to_block, 0.0);
    *to++ = take_most(strength);
    for (std::size_t i = 1; i < blocks.size(block); ++i) *to++ = take_most(to_block);
    std::sort(begin, to);
  }
}

bool is_permutation(std::span<const std::uint16_t> order) {
  std::vector<bool> seen(order.size(), false);
  for (const std::uint16_t one : order) {
    if (one >= order.size() || seen[one]) return false;
    seen[one] = true;
  }
  return true;
}

}  // namespace retimu
