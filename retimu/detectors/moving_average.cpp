// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/moving_average.hpp"

#include "retimu/detectors/specimen.hpp"

#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"window", "readings that the average covers", Parameter::Kind::whole, 64, 16,
              100'000},
    Parameter{"simple", "simple average of the window instead of the exponential one",
              Parameter::Kind::boolean, 0, 0, 1},
};

template <class Mean>
std::unique_ptr<Detector> make_with(std::size_t window) {
  return std::make_unique<ColumnDetector<MovingAverage<Mean>>>(MovingAverage<Mean>{window});
}

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  const std::size_t window = values.whole("window");
  return values.boolean("simple") ? make_with<SimpleMean>(window)
                                  : make_with<ExponentialMean>(window);
}

// A reading that wanders slowly, then jumps by twelve times its noise.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("temperature")};
  Random random(1);
  double level = 20;
  for (int i = 0; i < 1'000; ++i) {
    level += 0.05 * bell(random);
    const std::array values{level + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{level + 12};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry moving_average_entry() {
  return {.name = "moving_average",
          .summary = "distance of a reading from its column's moving average",
          .modality = Modality::metrics,
          .parameters = parameters,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
