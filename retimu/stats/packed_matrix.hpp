// SPDX-License-Identifier: Apache-2.0
// A symmetric matrix in half the memory: packed, it holds its lower half alone, column by column,
// of column k the rows from k on.
#ifndef RETIMU_STATS_PACKED_MATRIX_HPP
#define RETIMU_STATS_PACKED_MATRIX_HPP

#include <cstddef>
#include <span>

namespace retimu {

// How many numbers a packed matrix of n rows has, and where its column k begins.
constexpr std::size_t packed_size(std::size_t n) { return n * (n + 1) / 2; }
constexpr std::size_t packed_column(std::size_t n, std::size_t k) {
  return k * (2 * n + 1 - k) / 2;
}

// m = kept m + the sum of weight u u' over `rows_blended` rows u of n numbers each: one pass over
// m, which is much larger than the rows. A row of weight 0 counts nothing. m: packed, n x n.
inline constexpr std::size_t rows_blended = 8;
void blend_rows(std::span<double> m, double kept, std::span<const double> rows,
                std::span<const double, rows_blended> weights);

// x' m x. m: packed.
double quadratic(std::span<const double> m, std::span<const double> x);

// to = m x. m: packed.
void multiply_packed(std::span<const double> m, std::span<const double> x, std::span<double> to);

}  // namespace retimu

#endif
