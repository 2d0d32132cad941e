// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/random_cut_forest.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"trees", "number of trees", Parameter::Kind::whole, 20, 1, 200},
    Parameter{"samples", "rows that the trees hold", Parameter::Kind::whole, 256, 16,
              RandomCutForest::samples_most},
    Parameter{"memory", "rows that they are a sample of", Parameter::Kind::whole, 2'000, 256,
              1'000'000},
    Parameter{"shingle", "rows that make a point", Parameter::Kind::whole, 1, 1, 32},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<RandomCutForest>(
      RandomCutForest::Options{.trees = values.whole("trees"),
                               .samples = values.whole("samples"),
                               .memory = values.whole("memory"),
                               .shingle = values.whole("shingle")});
}

// Rows within bounds, then one far outside.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("power"), to.column("flow")};
  Random random(37);
  for (int i = 0; i < 1'500; ++i) {
    to.usual(Readings{columns, std::array{50 + random.uniform(), 10 + random.uniform()}});
  }
  to.anomaly(Readings{columns, std::array{90.0, -30.0}});
}

}  // namespace

DetectorEntry random_cut_forest_entry() {
  return {.name = "random_cut_forest",
          .summary = "how much simpler random trees of the rows would be without a row",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
