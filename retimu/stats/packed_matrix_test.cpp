// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/packed_matrix.hpp"

#include "retimu/core/random.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace retimu {
namespace {

using Numbers = std::vector<double>;

// As one row after the other, each moving all by its share.
TEST(PackedMatrix, BlendsRowsAsOneByOne) {
  constexpr std::size_t n = 5;
  Random random(1);
  Numbers one_by_one(n * n), rows(rows_blended * n), packed(packed_size(n));
  std::array<double, rows_blended> weights{};
  double kept = 1;
  for (std::size_t r = 0; r + 1 < rows_blended; ++r) {  // the last one has no weight
    const std::span<double> row = std::span(rows).subspan(r * n, n);
    for (double& number : row) number = random.uniform() - 0.5;
    blend_outer(one_by_one, row, row, 0.2);
    kept *= 0.8;
    for (double& weight : weights) weight *= 0.8;
    weights[r] = 0.2;
  }
  for (double& number : packed) number = 3;
  blend_rows(packed, kept, rows, weights);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = k; i < n; ++i) {
      EXPECT_NEAR(packed[packed_column(n, k) + i - k], one_by_one[k * n + i] + 3 * kept, 1e-12);
    }
  }
}

TEST(PackedMatrix, TellsAQuadraticForm) {
  EXPECT_NEAR(quadratic(Numbers{2, 1, 3, 4, 5, 6}, Numbers{1, 2, 3}), 2 + 16 + 54 + 4 + 18 + 60,
              1e-12);
  const Numbers sixes(packed_size(9), 6), ones(9, 1);
  EXPECT_NEAR(quadratic(sixes, ones), 6 * 81, 1e-9);
}

// 2 1 3 | 1 4 5 | 3 5 6
TEST(PackedMatrix, TellsAProduct) {
  Numbers product(3, 7);
  multiply_packed(Numbers{2, 1, 3, 4, 5, 6}, Numbers{1, 2, 3}, product);
  EXPECT_EQ(product, (Numbers{13, 24, 31}));
}

}  // namespace
}  // namespace retimu
