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

void solve_ridge(std::span<const double> g, double ridge, std::span<const double> h,
                 std::span<double> x, std::span<double> work) {
  const Index n = root(g.size());
  auto lower = matrix(work, n);
  lower = matrix(g, n);
  lower.diagonal().array() += ridge;
  Eigen::Ref<MatrixXd> in_place(lower);
  const Eigen::LLT<Eigen::Ref<MatrixXd>> decomposed(in_place);
  auto solved = matrix(x, n);
  solved = matrix(h, n);
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

}  // namespace retimu
