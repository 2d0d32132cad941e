// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/stuck_at.hpp"

#include "retimu/detectors/specimen.hpp"

#include <algorithm>
#include <memory>

namespace retimu {

void StuckAt::visit(State& state, StateVisitor& visitor) const {
  visitor.cells("reached", std::span<std::uint32_t>(state.reached));
  visitor.cell("last", state.last);
  visitor.cell("run", state.run);
  state.ended = static_cast<std::uint32_t>(visitor.count("ended", state.ended, runs_min));
  visitor.cell("decades", state.decades);
  visitor.cell("octave_decades", state.octave_decades);
  state.usual.visit(visitor, usual_window);
  const bool is_valid = std::isfinite(state.last) && std::isfinite(state.decades) &&
                        std::isfinite(state.octave_decades) && state.decades >= 0 &&
                        state.octave_decades >= 0 && state.reached[0] < runs_max &&
                        state.reached[octaves] == 0 &&
                        std::ranges::is_sorted(state.reached, std::greater<>());
  if (is_valid) return;
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"runs", "runs of equal values that must have ended before it judges a column",
              Parameter::Kind::whole, 8, 2, 1'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<StuckAt>>(
      StuckAt{static_cast<std::uint32_t>(values.whole("runs"))});
}

// Noise that never gives the same reading twice, then one that is the same again.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("level")};
  Random random(21);
  double reading = 0;
  for (int i = 0; i < 1'000; ++i) {
    reading = bell(random);
    const std::array values{reading};
    to.usual(Readings{columns, values});
  }
  const std::array values{reading};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry stuck_at_entry() {
  return {.name = "stuck_at",
          .summary = "a column that no longer changes, though it usually does",
          .modality = Modality::metrics,
          .parameters = parameters,
          .in_auto = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
