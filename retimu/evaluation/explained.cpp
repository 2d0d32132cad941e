// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/explained.hpp"

namespace retimu {

std::optional<double> Explained::score(const void* state, const Observation& seen,
                                       Scratch scratch) const {
  const std::optional<double> score = of_->score(state, seen, scratch);
  if (score && !seen.event.training) add_up(state, seen, scratch);
  return score;
}

std::optional<double> Explained::read(const void* state, const Observation& seen,
                                      Scratch scratch) const {
  const std::optional<double> score = of_->read(state, seen, scratch);
  if (score && !seen.event.training) add_up(state, seen, scratch);
  return score;
}

void Explained::add_up(const void* state, const Observation& seen, Scratch scratch) const {
  const std::uint64_t row = seen.event.position.offset;
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    if (row < spans_[i].begin || row >= spans_[i].end) continue;
    if (reasons.empty()) of_->explain(state, seen, scratch, reasons);
    for (const Reason& reason : reasons) add_(i, reason);
  }
}

}  // namespace retimu
