// SPDX-License-Identifier: Apache-2.0
// How rare a size is among an entity's own, for detectors that judge now and then: a RankHistogram
// that learns a size three sizes late, so that a fault that begins within one window does not hide
// that the next one is worse.
#ifndef RETIMU_DETECTORS_RARE_SIZE_HPP
#define RETIMU_DETECTORS_RARE_SIZE_HPP

#include "retimu/stats/elementary.hpp"
#include "retimu/stats/rank_histogram.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace retimu {

class RareSize {
 public:
  RareSize() = default;
  // Of sizes that are decades by a model: it begins as if the model had been true of twenty.
  static RareSize of_decades() {
    constexpr int count = 20;
    RareSize rare;
    for (int i = 0; i < count; ++i) {
      rare.known_.learn(Known::bin_of(-elementary::log10((i + 0.5) / count)));
    }
    return rare;
  }

  // Decades, >= 0.
  double evidence(double size) const {
    return std::max(known_.evidence(size, Known::bin_of(size), 1), 0.0);
  }
  void learn(double size) {
    if (waiting_[0] != none) known_.learn(waiting_[0]);
    std::shift_left(waiting_.begin(), waiting_.end(), 1);
    waiting_.back() = static_cast<std::uint8_t>(Known::bin_of(size));
  }
  void visit(StateVisitor& visitor) {
    known_.visit(visitor);
    visitor.cells("waiting", std::span<std::uint8_t>(waiting_));
    const bool is_valid = std::ranges::all_of(
        waiting_, [](std::uint8_t bin) { return bin < Known::bins || bin == none; });
    if (is_valid) return;
    *this = RareSize();
    visitor.refuse();
  }

 private:
  using Known = RankHistogram<std::uint16_t>;
  static constexpr std::uint8_t none = 255;
  Known known_;
  std::array<std::uint8_t, 3> waiting_ = {none, none, none};  // bins, the oldest first
};

}  // namespace retimu

#endif
