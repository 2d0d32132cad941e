// SPDX-License-Identifier: Apache-2.0
// Plain loops for the compiler to vectorise (see CMakeLists.txt): no sum depends on how it does.
#include "retimu/stats/packed_matrix.hpp"

#include <array>
#include <emmintrin.h>

namespace retimu {

namespace {

// The first `count` of the rows, which begin `stride` apart. Restricted: else each column would
// begin with a check whether it overlaps one of eight rows.
void blend_column(double* __restrict to, std::size_t count, double kept,
                  const double* __restrict rows, std::size_t stride,
                  const std::array<double, rows_blended>& w) {
  for (std::size_t i = 0; i < count; ++i) {
    const double* const at = rows + i;
    const double first =
        (w[0] * at[0] + w[1] * at[stride]) + (w[2] * at[2 * stride] + w[3] * at[3 * stride]);
    const double last = (w[4] * at[4 * stride] + w[5] * at[5 * stride]) +
                        (w[6] * at[6 * stride] + w[7] * at[7 * stride]);
    to[i] = kept * to[i] + (first + last);
  }
}

}  // namespace

void blend_rows(std::span<double> m, double kept, std::span<const double> rows,
                std::span<const double, rows_blended> weights) {
  const std::size_t n = rows.size() / rows_blended;
  double* column = m.data();
  for (std::size_t k = 0; k < n; ++k) {
    std::array<double, rows_blended> w;
    for (std::size_t r = 0; r < rows_blended; ++r) w[r] = weights[r] * rows[r * n + k];
    blend_column(column, n - k, kept, rows.data() + k, n, w);
    column += n - k;
  }
}

// Four strands of a fixed order, which don't wait for each other, two in a register.
double quadratic(std::span<const double> m, std::span<const double> x) {
  const double* column = m.data();
  double sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double* const at = x.data() + k;
    const std::size_t left = x.size() - k;
    __m128d low = _mm_set_sd(0.5 * column[0] * at[0]), high = _mm_setzero_pd();
    std::size_t i = 1;
    for (; i + 4 <= left; i += 4) {
      low = _mm_add_pd(low, _mm_mul_pd(_mm_loadu_pd(column + i), _mm_loadu_pd(at + i)));
      high = _mm_add_pd(high, _mm_mul_pd(_mm_loadu_pd(column + i + 2), _mm_loadu_pd(at + i + 2)));
    }
    for (; i < left; ++i) low = _mm_add_sd(low, _mm_set_sd(column[i] * at[i]));
    const auto both = [](__m128d one) {
      return _mm_cvtsd_f64(one) + _mm_cvtsd_f64(_mm_unpackhi_pd(one, one));
    };
    sum += at[0] * (both(low) + both(high));
    column += left;
  }
  return 2 * sum;
}

void multiply_packed(std::span<const double> m, std::span<const double> x, std::span<double> to) {
  for (double& one : to) one = 0;
  const double* column = m.data();
  for (std::size_t k = 0; k < x.size(); ++k) {
    to[k] += column[0] * x[k];
    for (std::size_t i = 1; i < x.size() - k; ++i) {
      to[k + i] += column[i] * x[k];
      to[k] += column[i] * x[k + i];
    }
    column += x.size() - k;
  }
}

}  // namespace retimu
