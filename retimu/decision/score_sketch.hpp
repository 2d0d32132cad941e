// SPDX-License-Identifier: Apache-2.0
// The state of a calibration: a sorted sketch of past scores and the tail beyond it. See
// calibration.hpp for why.
#ifndef RETIMU_DECISION_SCORE_SKETCH_HPP
#define RETIMU_DECISION_SCORE_SKETCH_HPP

#include "retimu/core/state.hpp"

#include <array>
#include <cstdint>

namespace retimu {

class ScoreSketch {
 public:
  static constexpr std::size_t centroids_max = 48;
  static constexpr std::size_t pending_max = 32;

  // log10 of the chance of a score at least this high; <= 0 and finite. `score` must be finite.
  // Falls strictly with it as far as the resolution of double goes. O(log centroids).
  double log10_p(double score) const;
  // Any score; NaN is left out, what exceeds 1e300 counts as that. A weight falls by 1 / memory a
  // learned score. Amortised O(centroids / pending_max).
  void learn(double score, double memory);
  double total() const { return total_; }  // effective number of scores behind log10_p
  void visit(StateVisitor& visitor);

 private:
  struct Work;  // centroids and pending scores in one descending list
  void refresh(double memory);
  void gather(Work& work, double kept);
  static void compress(Work& work);
  // Chance of a score above t = from + y scale: 10^log10_p (1 + shape y)^(-1 / shape) where
  // shape > 0, else 10^log10_p (1 + (y - shape y^2 / 2) / m)^-m with m = points.
  struct Tail {
    double from = 0, log10_p = 0, scale = 1, shape = 0, points = 1;
    double score_at(double nats) const;
  };
  void fit_tail();
  Tail fit(std::size_t first, std::size_t anchor, double limit) const;
  bool is_valid() const;
  std::size_t index_of(double score) const;
  std::size_t index_above(double mass, std::size_t i) const;
  double shared(std::size_t i) const;
  double mass_beyond(std::size_t i) const;
  double log10_p_of_mass(double mass) const;

  std::uint64_t mixed_ = 0;  // bit i: centroid i holds different scores
  double total_ = 0;
  Tail tail_;
  std::uint16_t count_ = 0, pending_count_ = 0;
  // Ascending by position; `above_` is the weight of all larger ones. Weights are float: sums of at
  // most 1e6.
  std::array<double, centroids_max> position_{};
  std::array<float, centroids_max> weight_{};
  std::array<float, centroids_max> above_{};
  std::array<double, pending_max> pending_{};
};

}  // namespace retimu

#endif
