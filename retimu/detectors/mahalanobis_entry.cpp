// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mahalanobis.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& /*values*/, std::uint64_t /*seed*/) {
  return std::make_unique<Mahalanobis>();
}

// Two columns that go together, then part: each by itself is as usual.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("flow"), to.column("pressure")};
  Random random(29);
  for (int i = 0; i < 1'000; ++i) {
    const double level = bell(random);
    const std::array values{50 + level, 8 + 0.5 * level + 0.1 * bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{51.5, 7.2};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry mahalanobis_entry() {
  return {.name = "mahalanobis",
          .summary = "distance of a row from the usual by the correlation of its columns",
          .modality = Modality::metrics,
          .parameters = {},
          .state_of = "linear_prediction",
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
