// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/filled.hpp"
#include "retimu/evaluation/references.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double variance_kept = 0.9;

struct Model {
  std::vector<double> mean, scale;
  std::vector<double> components;  // [kept][columns], those that are kept

  // A column that never changed when it was fitted is told by its distance in units of its size.
  double error(std::span<const double> row, std::vector<double>& z) const {
    standardise(row, z);
    double left = 0;
    for (const double one : z) left += one * one;
    for (std::size_t k = 0; k < components.size(); k += z.size()) {
      double along = 0;
      for (std::size_t j = 0; j < z.size(); ++j) along += components[k + j] * z[j];
      left -= along * along;
    }
    return std::max(left, 0.0);
  }
  void standardise(std::span<const double> row, std::vector<double>& z) const {
    for (std::size_t j = 0; j < z.size(); ++j) z[j] = (row[j] - mean[j]) / scale[j];
  }
};

Model fit(const Table& table) {
  const std::size_t columns = table.columns;
  const auto rows = static_cast<double>(table.rows());
  Model model{std::vector<double>(columns), std::vector<double>(columns), {}};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t j = 0; j < columns; ++j) model.mean[j] += table.row(i)[j] / rows;
  }
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const double distance = table.row(i)[j] - model.mean[j];
      model.scale[j] += distance * distance / rows;
    }
  }
  for (std::size_t j = 0; j < columns; ++j) {
    const double size = std::max(std::abs(model.mean[j]), 1.0);
    const double deviation = std::sqrt(model.scale[j]);
    model.scale[j] = deviation > 1e-9 * size ? deviation : size;
  }
  std::vector<double> covariance(columns * columns), values(columns), vectors(columns * columns);
  std::vector<double> z(columns);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    model.standardise(table.row(i), z);
    blend_outer(covariance, z, z, 1 / (static_cast<double>(i) + 1));
  }
  symmetric_eigen(covariance, values, vectors);
  double all = 0;
  for (const double value : values) all += value;
  std::size_t first = columns;  // of the components that are kept, the last in the order
  for (double sum = 0; first > 0 && sum < variance_kept * all; sum += values[first]) --first;
  model.components.assign(vectors.begin() + static_cast<std::ptrdiff_t>(first * columns),
                          vectors.end());
  return model;
}

class Pca final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    const Filled filled = fill(series);
    const Model model = fit(fit_rows(filled));
    std::vector<double> z(filled.rows.columns);
    Scores scores;
    for (std::size_t i = 0; i < filled.rows.rows(); ++i) {
      scores.score.push_back(model.error(filled.rows.row(i), z));
    }
    return scores;
  }
};

}  // namespace

std::unique_ptr<Scorer> make_pca() { return std::make_unique<Pca>(); }

}  // namespace retimu
