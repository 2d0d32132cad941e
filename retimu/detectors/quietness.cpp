// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/quietness.hpp"

#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

void Quietness::visit(State& state, StateVisitor& visitor) const {
  state.readings.visit(visitor, readings_window);
  state.logarithms.visit(visitor, window);
  visitor.cell("count", state.block.count);
  visitor.cell("mean", state.block.mean);
  visitor.cell("squares", state.block.squares);
  visitor.cell("score", state.score);
  visitor.cell("has_spoken", state.has_spoken);
  const Block& now = state.block;
  const bool is_valid = now.count >= 0 && now.count < static_cast<double>(block) &&
                        std::isfinite(now.mean) && now.squares >= 0 && std::isfinite(now.squares) &&
                        state.score >= 0 && std::isfinite(state.score) &&
                        (state.has_spoken == 0 || state.has_spoken == 1);
  if (is_valid) return;
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"block", "readings whose variance is compared", Parameter::Kind::whole, 32, 8, 4'096},
    Parameter{"window", "blocks that the usual variance covers", Parameter::Kind::whole, 256, 16,
              100'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<Quietness>>(
      Quietness{values.whole("block"), values.whole("window")});
}

// Noise, then a block of it that is a twentieth as loud.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("vibration")};
  Random random(31);
  const auto reading = [&](double spread) { return std::array{3 + spread * bell(random)}; };
  for (int i = 0; i < 32 * 40; ++i) to.usual(Readings{columns, reading(1)});
  for (int i = 0; i < 31; ++i) to.usual(Readings{columns, reading(0.05)});
  to.anomaly(Readings{columns, reading(0.05)});
}

}  // namespace

DetectorEntry quietness_entry() {
  return {.name = "quietness",
          .summary = "a column that is much quieter than it usually is",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
