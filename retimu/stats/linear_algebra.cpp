// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/linear_algebra.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>

namespace retimu {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index root(std::size_t cells) {
  return static_cast<Index>(std::lround(std::sqrt(static_cast<double>(cells))));
}

Eigen::Map<const MatrixXd> matrix(std::span<const double> cells, Index rows) {
  return {cells.data(), rows, rows == 0 ? 0 : static_cast<Index>(cells.size()) / rows};
}
Eigen::Map<MatrixXd> matrix(std::span<double> cells, Index rows) {
  return {cells.data(), rows, rows == 0 ? 0 : static_cast<Index>(cells.size()) / rows};
}
Eigen::Map<const VectorXd> vector(std::span<const double> cells) {
  return {cells.data(), static_cast<Index>(cells.size())};
}
Eigen::Map<VectorXd> vector(std::span<double> cells) {
  return {cells.data(), static_cast<Index>(cells.size())};
}

}  // namespace

void multiply(std::span<const double> m, std::span<const double> x, std::span<double> to) {
  vector(to).noalias() = matrix(m, static_cast<Index>(to.size())) * vector(x);
}

void multiply_transposed(std::span<const double> m, std::span<const double> x,
                         std::span<double> to) {
  vector(to).noalias() = matrix(m, static_cast<Index>(x.size())).transpose() * vector(x);
}

void blend_outer(std::span<double> m, std::span<const double> a, std::span<const double> b,
                 double share) {
  auto to = matrix(m, static_cast<Index>(a.size()));
  const auto from = vector(a);
  for (Index k = 0; k < to.cols(); ++k) {
    const double weight = share * b[static_cast<std::size_t>(k)];
    to.col(k) = (1 - share) * to.col(k) + weight * from;
  }
}

void solve_ridge(std::span<double> g, double ridge, std::span<double> x) {
  const Index n = root(g.size());
  auto lower = matrix(g, n);
  lower.diagonal().array() += ridge;
  Eigen::Ref<MatrixXd> in_place(lower);
  const Eigen::LLT<Eigen::Ref<MatrixXd>> decomposed(in_place);
  auto solved = matrix(x, n);
  decomposed.solveInPlace(solved);
}

void invert_shrunk(std::span<const double> k, double shrink, std::span<double> to,
                   std::span<double> work) {
  const Index n = root(k.size());
  auto lower = matrix(work, n);
  lower = (1 - shrink) * matrix(k, n);
  lower.diagonal().array() += shrink;
  Eigen::Ref<MatrixXd> in_place(lower);
  const Eigen::LLT<Eigen::Ref<MatrixXd>> decomposed(in_place);
  auto inverse = matrix(to, n);
  inverse.setIdentity();
  decomposed.solveInPlace(inverse);
}

void symmetric_eigen(std::span<const double> m, std::span<double> values,
                     std::span<double> vectors) {
  const Index n = root(m.size());
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix(m, n));
  vector(values) = solver.eigenvalues();
  matrix(vectors, n) = solver.eigenvectors();
}

namespace {

// left = c left - s right, right = s left + c right.
void rotate(std::span<double> left, std::span<double> right, double c, double s) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double one = left[i], other = right[i];
    left[i] = c * one - s * other;
    right[i] = s * one + c * other;
  }
}

// One sweep over all pairs; whether one of them had to be turned. Golub and Van Loan, "Matrix
// computations", section 8.5.
bool sweep(std::span<double> m, std::span<double> vectors, std::size_t n) {
  constexpr double nothing = 1e-15;  // of what lies on the diagonal
  bool has_turned = false;
  for (std::size_t p = 0; p + 1 < n; ++p) {
    for (std::size_t q = p + 1; q < n; ++q) {
      const double off = m[q * n + p], low = m[p * n + p], high = m[q * n + q];
      if (!(std::fabs(off) > nothing * (std::fabs(low) + std::fabs(high)))) continue;
      has_turned = true;
      const double tau = (high - low) / (2 * off);
      const double t = (tau < 0 ? -1 : 1) / (std::fabs(tau) + std::sqrt(1 + tau * tau));
      const double c = 1 / std::sqrt(1 + t * t), s = t * c;
      rotate(m.subspan(p * n, n), m.subspan(q * n, n), c, s);
      for (std::size_t k = 0; k < n; ++k) m[k * n + p] = m[p * n + k];
      for (std::size_t k = 0; k < n; ++k) m[k * n + q] = m[q * n + k];
      m[p * n + p] = low - t * off;
      m[q * n + q] = high + t * off;
      m[p * n + q] = m[q * n + p] = 0;
      rotate(vectors.subspan(p * n, n), vectors.subspan(q * n, n), c, s);
    }
  }
  return has_turned;
}

}  // namespace

void refine_eigen(std::span<const double> m, std::span<double> values, std::span<double> vectors,
                  std::span<double> work, std::span<double> turned) {
  const std::size_t n = values.size();
  for (std::size_t k = 0; k < n; ++k) {
    multiply(m, vectors.subspan(k * n, n), work.subspan(k * n, n));
  }
  for (std::size_t k = 0; k < n; ++k) {
    multiply_transposed(vectors, work.subspan(k * n, n), turned.subspan(k * n, n));
  }
  for (int sweeps = 0; sweeps < sweeps_most && sweep(turned, vectors, n); ++sweeps) {
  }
  for (std::size_t k = 0; k < n; ++k) values[k] = turned[k * n + k];
}

}  // namespace retimu
