// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rolling_deviation.hpp"

#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"window", "readings that level and variability are compared with",
              Parameter::Kind::whole, 128, 32, 256},
    Parameter{"robust", "median and median absolute deviation instead of mean and mean deviation",
              Parameter::Kind::boolean, 0, 0, 1},
};

template <std::size_t capacity>
std::unique_ptr<Detector> make_with(std::size_t window, bool robust) {
  return std::make_unique<ColumnDetector<RollingDeviation<capacity>>>(
      RollingDeviation<capacity>{window, robust});
}

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  const std::size_t window = values.whole("window");
  const bool robust = values.boolean("robust");
  if (window <= 64) return make_with<64>(window, robust);
  if (window <= 128) return make_with<128>(window, robust);
  return make_with<256>(window, robust);
}

// Noise around a level, then a reading far from it.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("latency")};
  Random random(2);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{100 + 3 * bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{140.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry rolling_deviation_entry() {
  return {.name = "rolling_deviation",
          .summary = "level and variability of a column against its last readings",
          .modality = Modality::metrics,
          .parameters = parameters,
          .in_auto = true,
          .in_light = true,
          .auto_columns_min = 2,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
