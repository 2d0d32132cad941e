// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/prediction_error.hpp"

#include "retimu/detectors/specimen.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace retimu {

namespace {

constexpr double most_partial = 0.9999;  // a correlation of 1 would leave no error
constexpr double noise_share = 1e-4;     // of the variance, that no forecast explains

}  // namespace

std::array<double, PredictionError::order> PredictionError::coefficients(const State& state) {
  std::array<double, order> weights{};
  double left = state.covariance[0] * (1 + noise_share);  // of the variance
  if (!(left > 0)) return weights;
  for (std::size_t lag = 1; lag <= order; ++lag) {
    double partial = state.covariance[lag];
    for (std::size_t i = 1; i < lag; ++i) partial -= weights[i - 1] * state.covariance[lag - i];
    partial = std::clamp(partial / left, -most_partial, most_partial);
    const std::array<double, order> before = weights;
    for (std::size_t i = 1; i < lag; ++i) {
      weights[i - 1] = before[i - 1] - partial * before[lag - i - 1];
    }
    weights[lag - 1] = partial;
    left *= 1 - partial * partial;
  }
  return weights;
}

void PredictionError::visit(State& state, StateVisitor& visitor) const {
  state.usual.visit(visitor, window);
  state.errors.visit(visitor, window);
  visitor.cells("past", std::span<double>(state.past));
  visitor.cells("covariance", std::span<double>(state.covariance));
  state.pairs = static_cast<std::uint32_t>(visitor.count("pairs", state.pairs, window));
  state.past_count = static_cast<std::uint32_t>(visitor.count("past", state.past_count, order));
  visitor.cell("size", state.size);
  visitor.cell("size_square", state.size_square);
  visitor.cell("size_lately", state.size_lately);
  constexpr double rounding = 1.001;
  const auto is_within = [](double one, double least, double most) {
    return one >= rounding * least && one <= rounding * most;
  };
  constexpr double variance_most = Baseline::reach * Baseline::reach;
  const bool is_valid =
      std::ranges::all_of(state.past, [](double one) { return std::isfinite(one); }) &&
      std::ranges::all_of(
          state.covariance,
          [&](double one) { return is_within(one, -variance_most, variance_most); }) &&
      state.covariance[0] >= 0 && is_within(state.size, 0, size_most) &&
      is_within(state.size_square, 0, size_most * size_most) &&
      is_within(state.size_lately, 0, size_most);
  if (is_valid) return;
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "readings that count as usual", Parameter::Kind::whole, 512,
              PredictionError::warm, 1'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<PredictionError>>(PredictionError{values.whole("window")});
}

// A column that swings; then a reading that is usual in itself, but on the wrong side.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("pressure")};
  Random random(29);
  double now = 1, before = 0;
  for (int i = 0; i < 1'024; ++i) {
    const double next = 1.6 * now - 0.95 * before + 0.2 * bell(random);
    before = now;
    now = next;
    to.usual(Readings{columns, std::array{5 + now}});
  }
  to.anomaly(Readings{columns, std::array{5 - 1.6 * now + 0.95 * before}});
}

}  // namespace

DetectorEntry prediction_error_entry() {
  return {.name = "prediction_error",
          .summary = "a reading is off what the last ones foretell, or such errors have grown",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
