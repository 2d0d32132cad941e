// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mewma.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"share", "of the newest row in the exponential mean", Parameter::Kind::number, 0.1,
              0.01, 1},
    Parameter{"window", "rows that level and covariance cover", Parameter::Kind::whole, 2'000, 128,
              1'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<Mewma>(
      Mewma::Options{.share = values.number("share"), .window = values.whole("window")});
}

// Three columns of noise, then a row in which all are far off.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("north"), to.column("south"), to.column("west")};
  Random random(30);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{10 + bell(random), 20 + bell(random), 30 + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{22.0, 32.0, 18.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry mewma_entry() {
  return {.name = "mewma",
          .summary = "a small change of several columns' levels together (MEWMA)",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
