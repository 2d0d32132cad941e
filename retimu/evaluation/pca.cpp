// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/filled.hpp"
#include "retimu/evaluation/references.hpp"

#include <Eigen/Eigenvalues>

namespace retimu {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double variance_kept = 0.9;

Eigen::Map<const Vector> vector_of(std::span<const double> row) {
  return {row.data(), static_cast<Eigen::Index>(row.size())};
}

struct Model {
  Vector mean, scale;
  Matrix components;  // columns; those that are kept

  // A column that never changed when it was fitted is told by its distance in units of its size.
  double error(std::span<const double> row) const {
    const Vector z = (vector_of(row) - mean).cwiseQuotient(scale);
    return (z - components * (components.transpose() * z)).squaredNorm();
  }
};

Model fit(const Table& table) {
  const auto columns = static_cast<Eigen::Index>(table.columns);
  const auto rows = static_cast<double>(table.rows());
  Model model{Vector::Zero(columns), Vector::Zero(columns), {}};
  for (std::size_t i = 0; i < table.rows(); ++i) model.mean += vector_of(table.row(i)) / rows;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    model.scale += (vector_of(table.row(i)) - model.mean).cwiseAbs2() / rows;
  }
  for (Eigen::Index k = 0; k < columns; ++k) {
    const double size = std::max(std::abs(model.mean[k]), 1.0);
    const double deviation = std::sqrt(model.scale[k]);
    model.scale[k] = deviation > 1e-9 * size ? deviation : size;
  }
  Matrix covariance = Matrix::Zero(columns, columns);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const Vector z = (vector_of(table.row(i)) - model.mean).cwiseQuotient(model.scale);
    covariance.selfadjointView<Eigen::Lower>().rankUpdate(z, 1 / rows);
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  const Vector& values = solver.eigenvalues();  // rising
  Eigen::Index kept = 0;
  for (double sum = 0; kept < columns && sum < variance_kept * values.sum(); ++kept) {
    sum += values[columns - 1 - kept];
  }
  model.components = solver.eigenvectors().rightCols(kept);
  return model;
}

class Pca final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    const Filled filled = fill(series);
    const Model model = fit(fit_rows(filled));
    Scores scores;
    for (std::size_t i = 0; i < filled.rows.rows(); ++i) {
      scores.score.push_back(model.error(filled.rows.row(i)));
    }
    return scores;
  }
};

}  // namespace

std::unique_ptr<Scorer> make_pca() { return std::make_unique<Pca>(); }

}  // namespace retimu
