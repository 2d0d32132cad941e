// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rate_of_change.hpp"

#include "retimu/detectors/specimen.hpp"

#include <memory>

namespace retimu {

void RateOfChange::visit(State& state, StateVisitor& visitor) const {
  visitor.cell("last", state.last);
  visitor.cell("time", state.time);
  visitor.cell("rate", state.rate);
  visitor.cell("interval", state.interval);
  state.moves = static_cast<std::uint32_t>(visitor.count("moves", state.moves, window));
  const std::size_t waiting = state.moves < first_moves ? state.moves : 0;
  visitor.cells("first", std::span<double>(state.first).first(waiting));
  const auto is_size = [](double one) { return std::isfinite(one) && one >= 0; };
  if (std::isfinite(state.last) && is_size(state.rate) && is_size(state.interval) &&
      std::ranges::all_of(state.first, is_size)) {
    return;
  }
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "moves that the usual rate covers", Parameter::Kind::whole, 512, 16,
              100'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<RateOfChange>>(RateOfChange{values.whole("window")});
}

// A level that wanders far, slowly, then jumps within its range.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("temperature")};
  Random random(22);
  double level = 50;
  for (int i = 0; i < 1'000; ++i) {
    level += 0.1 * bell(random);
    const std::array values{level};
    to.usual(Readings{columns, values});
  }
  const std::array values{level > 50 ? level - 3 : level + 3};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry rate_of_change_entry() {
  return {.name = "rate_of_change",
          .summary = "how fast a column moves against how fast it usually moves",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
