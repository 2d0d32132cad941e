// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/ddm.hpp"

#include "retimu/detectors/specimen.hpp"

#include <array>
#include <memory>

namespace retimu {

void Ddm::visit(State& state, StateVisitor& visitor) const {
  state.usual.visit(visitor, ErrorStream::window);
  Counts& counts = state.counts;
  double* const numbers[] = {&counts.foretold,        &counts.errors, &counts.least_share,
                             &counts.least_deviation, &counts.score,  &counts.since,
                             &counts.has_spoken};
  for (double* number : numbers) visitor.cell("count", *number);
  const bool is_valid =
      counts.foretold >= 0 && counts.foretold < foretold_max && counts.errors >= 0 &&
      counts.errors <= counts.foretold && counts.least_share > 0 && counts.least_share <= 1 &&
      counts.least_deviation > 1e-9 && counts.least_deviation <= 1 && counts.score >= 0 &&
      counts.score < 1 && counts.since >= 0 && (counts.has_spoken == 0 || counts.has_spoken == 1);
  if (is_valid) return;
  visitor.refuse();
  counts = Counts();
}

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<Ddm>>(
      Ddm{{values.number("tolerance")}, values.whole("every")});
}

// A column that is foretold well, then not at all; the 32nd such reading is the next to be tested.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("latency")};
  Random random(27);
  const auto reading = [&](double spread) { return std::array{20 + spread * bell(random)}; };
  for (int i = 0; i < 1'024; ++i) to.usual(Readings{columns, reading(1)});
  for (int i = 0; i < 31; ++i) to.usual(Readings{columns, reading(15)});
  to.anomaly(Readings{columns, reading(15)});
}

}  // namespace

DetectorEntry ddm_entry() {
  return {.name = "ddm",
          .summary = "a column's prediction fails more often than at its best (DDM)",
          .modality = Modality::metrics,
          .parameters = ErrorStream::parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
