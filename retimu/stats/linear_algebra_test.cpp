// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/linear_algebra.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace retimu {
namespace {

using Numbers = std::vector<double>;

void expect_near(const Numbers& found, const Numbers& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], wanted[i], 1e-12) << i;
}

TEST(LinearAlgebra, Multiplies) {
  const Numbers m{1, 2, 3, 4, 5, 6};  // 2 x 3, by columns
  Numbers to(2), transposed(3);
  multiply(m, Numbers{1, 0, 2}, to);
  expect_near(to, {11, 14});
  multiply_transposed(m, Numbers{1, 10}, transposed);
  expect_near(transposed, {21, 43, 65});
}

TEST(LinearAlgebra, BlendsAnOuterProduct) {
  Numbers m{1, 1, 1, 1};
  blend_outer(m, Numbers{2, 3}, Numbers{5, 7}, 0.5);
  expect_near(m, {5.5, 8, 7.5, 11});
}

TEST(LinearAlgebra, SolvesAndInverts) {
  const Numbers g{3, 1, 1, 2};  // with 1 on the diagonal: 4 1 1 3
  Numbers lower{3, 1, -9, 2}, x{9, 5}, work(4), inverse(4);
  solve_ridge(lower, 1, x);
  expect_near(x, {2, 1});
  invert_shrunk(g, 0.5, inverse, work);  // of 2 .5 .5 1.5
  expect_near(inverse, {1.5 / 2.75, -0.5 / 2.75, -0.5 / 2.75, 2 / 2.75});
}

TEST(LinearAlgebra, TakesApartASymmetricMatrix) {
  Numbers values(2), vectors(4);
  symmetric_eigen(Numbers{2, 1, 1, 2}, values, vectors);
  expect_near(values, {1, 3});
  EXPECT_NEAR(vectors[2], vectors[3], 1e-12);
  EXPECT_NEAR(vectors[0], -vectors[1], 1e-12);
}

// From any orthonormal start: m v = l v, and the vectors stay orthonormal; from there again nothing
// moves.
TEST(LinearAlgebra, TurnsVectorsIntoEigenvectors) {
  constexpr std::size_t n = 5;
  Numbers m(n * n), vectors(n * n), values(n), work(n * n), turned(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      m[j * n + i] = 1 / static_cast<double>(i + j + 1);  // Hilbert's
    }
    vectors[j * n + (j + 2) % n] = 1;
  }
  refine_eigen(m, values, vectors, work, turned);
  for (std::size_t k = 0; k < n; ++k) {
    const auto vector = std::span(vectors).subspan(k * n, n);
    Numbers product(n), wanted(n), among(n), unit(n);
    multiply(m, vector, product);
    for (std::size_t i = 0; i < n; ++i) wanted[i] = values[k] * vector[i];
    expect_near(product, wanted);
    multiply_transposed(vectors, vector, among);
    unit[k] = 1;
    expect_near(among, unit);
  }
  Numbers sorted = values, eigen(n), others(n * n);
  std::ranges::sort(sorted);
  symmetric_eigen(m, eigen, others);
  expect_near(sorted, eigen);
  const Numbers before = vectors;
  refine_eigen(m, values, vectors, work, turned);
  expect_near(vectors, before);
}

}  // namespace
}  // namespace retimu
