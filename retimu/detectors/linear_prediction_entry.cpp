// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& /*values*/, std::uint64_t /*seed*/) {
  return std::make_unique<LinearPrediction>();
}

// Two columns that go together, then part: each by itself is as usual.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("flow"), to.column("pressure")};
  Random random(6);
  double level = 0;
  for (int i = 0; i < 1'500; ++i) {
    level = 0.9 * level + bell(random);
    const std::array values{50 + level, 8 + 0.5 * level + 0.02 * bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{50.0, 12.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry linear_prediction_entry() {
  return {.name = "linear_prediction",
          .summary = "how badly the last rows foretell a row, and its columns each other",
          .modality = Modality::metrics,
          .parameters = {},
          .in_auto = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
