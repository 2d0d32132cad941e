// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/eddm.hpp"

#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

void Eddm::visit(State& state, StateVisitor& visitor) const {
  state.usual.visit(visitor, ErrorStream::window);
  Distances& d = state.distances;
  double* const numbers[] = {&d.passed, &d.count, &d.mean,      &d.squares,   &d.largest,
                             &d.score,  &d.since, &d.has_erred, &d.has_spoken};
  for (double* number : numbers) visitor.cell("distance", *number);
  const auto is_switch = [](double one) { return one == 0 || one == 1; };
  const bool is_valid = d.passed >= 0 && d.passed <= distance_most && d.count >= 0 &&
                        d.count <= errors_max && d.mean >= 0 && d.mean <= distance_most &&
                        d.squares >= 0 && std::isfinite(d.squares) && d.largest >= 0 &&
                        std::isfinite(d.largest) && (d.count < errors_min || d.largest >= 1) &&
                        d.score >= -1 && d.score < 1 && d.since >= 0 && is_switch(d.has_erred) &&
                        is_switch(d.has_spoken);
  if (is_valid) return;
  visitor.refuse();
  d = Distances();
}

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<Eddm>>(
      Eddm{{values.number("tolerance")}, values.whole("every")});
}

// A column with two readings far off in every 32, then all are.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("latency")};
  Random random(28);
  const auto reading = [&](double off) { return std::array{20 + off + random.uniform()}; };
  for (int i = 0; i < 64 + 32 * 28; ++i) {
    to.usual(Readings{columns, reading(i % 32 < 2 ? 30 : 0)});
  }
  for (int i = 0; i < 31; ++i) to.usual(Readings{columns, reading(30)});
  to.anomaly(Readings{columns, reading(30)});
}

}  // namespace

DetectorEntry eddm_entry() {
  return {.name = "eddm",
          .summary = "a column's predictions fail at shorter distances than at their best (EDDM)",
          .modality = Modality::metrics,
          .parameters = ErrorStream::parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
