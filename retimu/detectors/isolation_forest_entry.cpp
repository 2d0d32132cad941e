// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/isolation_forest.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"trees", "number of trees", Parameter::Kind::whole, 100, 1, 500},
    Parameter{"samples", "rows that a tree is grown from", Parameter::Kind::whole, 256, 16,
              IsolationForest::samples_most},
    Parameter{"memory", "rows that the reservoir covers, at least four times samples",
              Parameter::Kind::whole, 2'000, 64, 1'000'000},
    Parameter{"refresh_every", "rows over which all trees are renewed, at most memory; 0: never",
              Parameter::Kind::whole, 2'000, 0, 1'000'000},
    Parameter{"refresh_on_drift", "renew them faster where the level of scores changes",
              Parameter::Kind::boolean, 0, 0, 1},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<IsolationForest>(
      IsolationForest::Options{.trees = values.whole("trees"),
                               .samples = values.whole("samples"),
                               .memory = values.whole("memory"),
                               .refresh_every = values.whole("refresh_every"),
                               .refresh_on_drift = values.boolean("refresh_on_drift")});
}

// A pump that idles or runs; then it runs hot and empty.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("power"), to.column("flow"), to.column("heat")};
  Random random(40);
  for (int i = 0; i < 1'000; ++i) {
    const double load = i % 40 < 20 ? 0 : 1;
    const std::array values{10 + 20 * load + bell(random), 2 + 8 * load + 0.5 * bell(random),
                            40 + 10 * load + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{38.0, -1.0, 60.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry isolation_forest_entry() {
  return {.name = "isolation_forest",
          .summary = "how few random cuts part a row from those seen before",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
