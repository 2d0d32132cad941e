// SPDX-License-Identifier: Apache-2.0
// Dense linear algebra on plain memory, by Eigen. Matrices are stored column by column.
#ifndef RETIMU_STATS_LINEAR_ALGEBRA_HPP
#define RETIMU_STATS_LINEAR_ALGEBRA_HPP

#include <cstddef>
#include <span>

namespace retimu {

// to = m x, and to = m' x. m: rows x columns.
void multiply(std::span<const double> m, std::span<const double> x, std::span<double> to);
void multiply_transposed(std::span<const double> m, std::span<const double> x,
                         std::span<double> to);

// m += share * (a b' - m). m: a.size() x b.size().
void blend_outer(std::span<double> m, std::span<const double> a, std::span<const double> b,
                 double share);

// x, which holds h, becomes (g + ridge I)^-1 h by Cholesky. g: n x n, symmetric, positive
// semidefinite, of which the lower half is read and overwritten; h, x: n x k; ridge > 0.
// O(n^3 / 3 + n^2 k).
void solve_ridge(std::span<double> g, double ridge, std::span<double> x);

// to = ((1 - shrink) k + shrink I)^-1. k, to, work: n x n; shrink in (0, 1].
void invert_shrunk(std::span<const double> k, double shrink, std::span<double> to,
                   std::span<double> work);

// Eigenvalues of the symmetric m, rising, and its eigenvectors, a column each. m, vectors: n x n.
void symmetric_eigen(std::span<const double> m, std::span<double> values,
                     std::span<double> vectors);

// Turns the orthonormal `vectors`, a column each, into eigenvectors of the symmetric m, and sets
// their eigenvalues, in no order: Jacobi's rotations, row by row. Allocates nothing; from vectors
// that are nearly right two or three sweeps of 6 n^3 do, at most sweeps_most are made. m, vectors,
// work, turned: n x n.
inline constexpr int sweeps_most = 12;
void refine_eigen(std::span<const double> m, std::span<double> values, std::span<double> vectors,
                  std::span<double> work, std::span<double> turned);

}  // namespace retimu

#endif
