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

// Levels that wander, then run away for a while: the score is smoothed, and wanders with them.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("power"), to.column("flow")};
  Random random(37);
  std::array<double, 2> level{};
  const auto wander = [&](double away) {
    for (double& one : level) one = 0.5 * one + bell(random);
    return std::array{50 + level[0] + away, 10 - level[1] - away};
  };
  for (int i = 0; i < 1'500; ++i) to.usual(Readings{columns, wander(0)});
  for (int i = 0; i < 3; ++i) to.usual(Readings{columns, wander(40)});
  to.anomaly(Readings{columns, wander(40)});
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
