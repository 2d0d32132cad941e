// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/range_learned.hpp"

#include "retimu/detectors/specimen.hpp"

#include <bit>
#include <memory>

namespace retimu {

namespace {

bool is_valid(const RangeLearned::Extremes& extremes) {
  return std::isfinite(extremes.first) && std::isfinite(extremes.second) &&
         extremes.second <= extremes.first;
}

void visit_end(RangeLearned::End& end, std::size_t blocks, StateVisitor& visitor) {
  const auto whole = std::span(end.blocks).first(blocks);
  for (RangeLearned::Extremes& block : whole) {
    visitor.cell("first", block.first);
    visitor.cell("second", block.second);
  }
  visitor.cell("now_first", end.now.first);
  visitor.cell("now_second", end.now.second);
  visitor.cell("limit", end.limit);
  visitor.cell("spread", end.spread);
  if (!std::ranges::all_of(whole, is_valid) || !is_valid(end.now) || !std::isfinite(end.limit) ||
      !std::isfinite(end.spread) || end.spread < 0) {
    visitor.refuse();
    end = RangeLearned::End();
  }
}

}  // namespace

void RangeLearned::visit(State& state, StateVisitor& visitor) const {
  visitor.cell("length", state.length);
  if (!std::has_single_bit(state.length) || state.length < first_length ||
      state.length > larger(static_cast<double>(window / blocks_max), first_length)) {
    visitor.refuse();
    state = State();
  }
  state.count = static_cast<std::uint32_t>(visitor.count("count", state.count, state.length - 1));
  state.blocks = static_cast<std::uint32_t>(visitor.count("blocks", state.blocks, blocks_max - 1));
  state.strangers =
      static_cast<std::uint32_t>(visitor.count("strangers", state.strangers, strangers_max - 1));
  visit_end(state.high, state.blocks, visitor);
  visit_end(state.low, state.blocks, visitor);
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "readings whose range counts", Parameter::Kind::whole, 65'536, 256,
              100'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<RangeLearned>>(RangeLearned{values.whole("window")});
}

// Readings evenly spread between two limits, then one beyond.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("pressure")};
  Random random(23);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{4 + 2 * random.uniform()};
    to.usual(Readings{columns, values});
  }
  const std::array values{7.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry range_learned_entry() {
  return {.name = "range_learned",
          .summary = "how far a reading leaves the range that its column has had so far",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
