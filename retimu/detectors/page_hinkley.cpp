// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/page_hinkley.hpp"

#include "retimu/detectors/specimen.hpp"

#include <array>
#include <cmath>
#include <memory>

namespace retimu {

void PageHinkley::visit(State& state, StateVisitor& visitor) const {
  state.usual.visit(visitor, window);
  visitor.cell("rise", state.rise);
  visitor.cell("fall", state.fall);
  visitor.cell("size", state.size);
  state.count = static_cast<std::uint32_t>(visitor.count("count", state.count, window));
  const auto is_sum = [](double one) { return one >= 0 && std::isfinite(one); };
  if (is_sum(state.rise) && is_sum(state.fall) && is_sum(state.size)) return;
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "readings that the usual level covers", Parameter::Kind::whole, 1'024, 64,
              1'000'000},
    Parameter{"allowance", "deviations that a reading may lie off without counting",
              Parameter::Kind::number, 0.5, 0.005, 4},
    Parameter{"limit", "of the statistic in usual ones: there the test alarms and starts anew",
              Parameter::Kind::number, 25, 1, 1'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<PageHinkley>>(
      PageHinkley{values.whole("window"), values.number("allowance"), values.number("limit")});
}

// Noise around a level, then a reading far above it.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("flow")};
  Random random(25);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{50 + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{66.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry page_hinkley_entry() {
  return {.name = "page_hinkley",
          .summary = "a lasting change of level, by the two-sided Page-Hinkley test",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
