// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/half_space_trees.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"trees", "number of trees", Parameter::Kind::whole, 32, 1, 128},
    Parameter{"depth", "cuts from the root of a tree to a leaf", Parameter::Kind::whole, 5, 1, 10},
    Parameter{"window", "rows that a reference is made of", Parameter::Kind::whole, 250, 48, 250},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t seed) {
  return std::make_unique<HalfSpaceTrees>(HalfSpaceTrees::Options{.trees = values.whole("trees"),
                                                                  .depth = values.whole("depth"),
                                                                  .window = values.whole("window")},
                                          seed);
}

// Load and current rise and fall together; then a high load without current, each by itself in its
// range.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("current"), to.column("load")};
  Random random(3);
  for (int i = 0; i < 1'000; ++i) {
    const double load = 10 * random.uniform();
    const std::array values{2 * load + 0.3 * bell(random), load};
    to.usual(Readings{columns, values});
  }
  const std::array values{1.0, 9.5};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry half_space_trees_entry() {
  return {.name = "half_space_trees",
          .summary = "how empty the place is where a row of all columns falls",
          .modality = Modality::metrics,
          .parameters = parameters,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
