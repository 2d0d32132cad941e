// SPDX-License-Identifier: Apache-2.0
// How rare a size is among all before it: counts in logarithmic bins from 0.001 to 10,000, and
// beyond the top twentieth of them a generalised Pareto tail by moments (Hosking and Wallis 1987).
// Counts are halved at 20,000, so it forgets slowly. The tail's sums are moved on with each size,
// so asking costs a logarithm or two.
#ifndef RETIMU_STATS_RANK_HISTOGRAM_HPP
#define RETIMU_STATS_RANK_HISTOGRAM_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <type_traits>

namespace retimu {

// Count: std::uint16_t, or double where halving must be exact. `per_decade`: bins, at most 16.
template <class Count, std::size_t per_decade = 8>
class RankHistogram {
 public:
  static constexpr std::size_t bins = 7 * per_decade + 1;

  static std::size_t bin_of(double size) {
    if (!(size > lowest)) return 0;
    const std::array<double, bins>& end = places().end;
    if (size >= end[bins - 2]) return bins - 1;
    // The roughest logarithm is at most 0.09 octaves low, less than a bin; no branch, as the
    // outcome is a coin toss.
    const double place = per_octave * (elementary::log2_roughly(size) - log2_lowest);
    std::size_t bin = std::min(bins - 2, static_cast<std::size_t>(std::max(place, 0.0)) + 1);
    bin += static_cast<std::size_t>(size >= end[bin]);
    bin -= static_cast<std::size_t>(size < end[bin - 1]);
    return bin;
  }

  // `factor` over the share of sizes of at least this: `times` 10^`decades`. Several are multiplied
  // for one logarithm.
  struct Rarity {
    double times = 1, decades = 0;
  };

  // At most 30 decades for the share; `bin` is bin_of(size), `factor` is positive.
  Rarity rarity(double size, std::size_t bin, double factor) const {
    if (bin <= edge_ || in_tail_ < 3) {
      return {2 * factor * (total_ + 1) / (twice_rank(bin) + 1), 0};
    }
    const double begin = begin_of_tail();
    const double mean = mean_ / in_tail_;
    const double variance = std::max(square_ / in_tail_ - mean * mean, 1e-12 * mean * mean);
    const double shape = std::clamp(0.5 * (1 - mean * mean / variance), 0.0, 0.5);
    const double z = std::max(size - begin, 0.0) / (mean * (1 - shape));
    const double decay = shape < 1e-6 ? z : elementary::log1p(shape * z) / shape;
    const double beyond = decay / std::numbers::ln10;
    const double share = (total_ + 1) / (in_tail_ + 0.5);
    if (beyond < evidence_sure) return {factor * share, beyond};
    return {factor, std::min(elementary::log10(share) + beyond, evidence_max)};
  }
  double evidence(double size, std::size_t bin, double factor) const {
    const Rarity found = rarity(size, bin, factor);
    return elementary::log10(found.times) + found.decades;
  }

  void learn(std::size_t bin) {
    counts_[bin] = static_cast<Count>(counts_[bin] + Count{1});
    total_ += 1;
    if (bin > edge_) {
      in_tail_ += 1;
      add_excess(bin, 1);
    }
    if (total_ > total_max) {
      total_ *= 0.5;
      for (Count& count : counts_) count = static_cast<Count>(static_cast<double>(count) * 0.5);
      find_tail();
    } else if (in_tail_ > wanted() || in_tail_ + static_cast<double>(counts_[edge_]) <= wanted()) {
      find_tail();
    }
  }

  // The sums are kept as they stand: added up again they could differ by a bit.
  void visit(StateVisitor& visitor) {
    visitor.cells("counts", std::span<Count>(counts_).first(bins));
    visitor.cell("total", total_);
    visitor.cell("in_tail", in_tail_);
    visitor.cell("excess", mean_);
    visitor.cell("excess_squared", square_);
    visitor.cell("edge", edge_);
    const auto is_count = [](Count one) { return one >= Count{0} && one <= Count{20'001}; };
    const bool is_valid = total_ >= 0 && total_ <= total_max + 1 && in_tail_ >= 0 &&
                          in_tail_ <= total_ && mean_ >= 0 && std::isfinite(mean_) &&
                          square_ >= 0 && std::isfinite(square_) && edge_ < bins &&
                          std::ranges::all_of(counts_, is_count) && sum() <= total_;
    if (!is_valid) {
      edge_ = 0;
      visitor.refuse();
    }
  }

 private:
  static constexpr std::size_t places_max = (bins + 7) / 8 * 8;
  static constexpr double lowest = 1e-3;
  static constexpr double per_octave = per_decade * 0.30103, log2_lowest = -9.96578428;
  static constexpr double tail_share = 0.05, tail_least = 10;
  static constexpr double evidence_max = 30, evidence_sure = 20;
  static constexpr double total_max = 20'000;

  struct Places {
    std::array<double, bins> end, middle;
    Places() : end(), middle() {
      for (std::size_t i = 0; i < bins; ++i) {
        end[i] =
            lowest * elementary::pow10(static_cast<double>(i) / static_cast<double>(per_decade));
        middle[i] = lowest * elementary::pow10((static_cast<double>(i) - 0.5) /
                                               static_cast<double>(per_decade));
      }
    }
  };
  static const Places& places() {
    static const Places all;
    return all;
  }

  double sum() const {
    double sum = 0;
    for (const Count count : counts_) sum += static_cast<double>(count);
    return sum;
  }
  double wanted() const { return std::max(tail_least, tail_share * total_); }
  double begin_of_tail() const { return places().end[edge_]; }
  // Sizes above the bin twice, those in it once. All counts are looked at: the processor takes
  // eight at a time, and there is no branch to guess.
  double twice_rank(std::size_t bin) const {
    static constexpr std::array<Count, 2 * places_max> weights = [] {
      std::array<Count, 2 * places_max> all{};
      all[places_max] = Count{1};
      for (std::size_t i = places_max + 1; i < all.size(); ++i) all[i] = Count{2};
      return all;
    }();
    const Count* weight = weights.data() + (places_max - bin);
    Count sum = 0;
    for (std::size_t i = 0; i < places_max; ++i) {
      sum = static_cast<Count>(sum + counts_[i] * weight[i]);
    }
    return static_cast<double>(sum);
  }
  void add_excess(std::size_t bin, double count) {
    const double excess = places().middle[bin] - begin_of_tail();
    mean_ += count * excess;
    square_ += count * excess * excess;
  }
  // The tail: as many of the highest bins as hold at most what is wanted.
  void find_tail() {
    edge_ = bins - 1;
    in_tail_ = 0;
    while (edge_ > 0 && in_tail_ + static_cast<double>(counts_[edge_]) <= wanted()) {
      in_tail_ += static_cast<double>(counts_[edge_]);
      --edge_;
    }
    mean_ = square_ = 0;
    for (std::size_t i = edge_ + 1; i < bins; ++i) {
      if (counts_[i] > Count{0}) add_excess(i, static_cast<double>(counts_[i]));
    }
  }

  std::array<Count, places_max> counts_{};  // those above `bins` stay 0
  double total_ = 0;
  // Of the bins above edge_: how many, and the sums of their excess over its end.
  double in_tail_ = 0, mean_ = 0, square_ = 0;
  std::uint16_t edge_ = 0;
};

}  // namespace retimu

#endif
