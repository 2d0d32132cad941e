// SPDX-License-Identifier: Apache-2.0
// What is stored of a column of gap_novelty.
#ifndef RETIMU_DETECTORS_GAP_NOVELTY_VISIT_HPP
#define RETIMU_DETECTORS_GAP_NOVELTY_VISIT_HPP

#include "retimu/detectors/gap_novelty.hpp"

namespace retimu {

template <std::size_t capacity, class Number, class Count, class Views>
void GapNovelty<capacity, Number, Count, Views>::visit(State& state, StateVisitor& visitor) const {
  for (View& view : state.view) {
    view.seen.visit(visitor);
    view.gaps.visit(visitor);
    visitor.cell("step", view.step);
    visitor.cell("last", view.last);
    if (!(view.step >= 0) || !std::isfinite(view.last)) visitor.refuse();
  }
  visitor.cells("ring", std::span<Number>(state.ring));
  visitor.cells("usual", std::span<Number>(state.usual));
  visitor.cells("count", std::span<std::uint8_t>(state.count));
  Levels& levels = state.levels;
  visitor.cells("sum", std::span<double>(levels.sum));
  visitor.cells("level", std::span<double>(levels.level));
  visitor.cells("season_variance", std::span<double>(levels.season_variance));
  double* const numbers[] = {&levels.slow_mean, &levels.slow_variance, &state.origin, &state.held};
  for (double* number : numbers) {
    visitor.cell("number", *number);
    if (!std::isfinite(*number)) visitor.refuse();
  }
  visitor.cell("readings", state.readings);
  visitor.cell("novelty_next", state.novelty_next);
  visitor.cell("left_out", state.left_out);
  visitor.cell("novel_since", state.novel_since);
  if (state.novelty_next >= novelties_max || state.left_out > left_out_most) {
    state.novelty_next = state.left_out = 0;
    visitor.refuse();
  }
  for (Novelty& one : state.novelty) {
    visitor.cell("novelty_time", one.time);
    visitor.cell("novelty_low", one.gap.low);
    visitor.cell("novelty_high", one.gap.high);
    visitor.cell("novelty_view", one.view);
    if (one.view >= views || !(one.gap.low <= one.gap.high)) {
      one = {};
      visitor.refuse();
    }
  }
  const auto is_finite = [](auto one) { return std::isfinite(one); };
  const bool is_valid = std::ranges::all_of(levels.sum, is_finite) &&
                        std::ranges::all_of(levels.level, is_finite) &&
                        std::ranges::all_of(state.ring, is_finite);
  if (!is_valid) visitor.refuse();
}

}  // namespace retimu

#endif
