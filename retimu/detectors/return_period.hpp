// SPDX-License-Identifier: Apache-2.0
// How long it usually takes until something as unusual as this comes again, where what comes has a
// level, the higher the more unusual: what is of a level counts for those below it, too. The mean
// of the last four gaps, or the gap that just ended if that is longer; before the first, the time
// that was watched. What comes again within ten minutes is the same occurrence.
//
// Gumbel, "The return period of flood flows", 1941, without a distribution. 48 bytes a level.
#ifndef RETIMU_DETECTORS_RETURN_PERIOD_HPP
#define RETIMU_DETECTORS_RETURN_PERIOD_HPP

#include "retimu/core/state.hpp"
#include "retimu/core/time.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

namespace retimu {

// Levels from 1 on; 0 is what is usual, and not counted.
template <std::size_t levels>
class ReturnPeriod {
 public:
  static constexpr std::size_t gaps = 4;
  static constexpr Duration same_within = 10 * minute;

  // Minutes, >= 0. `begun`: since when was watched.
  double minutes(std::size_t level, Time begun, Time now) const {
    if (level == 0) return 0;
    const Level& of = levels_[level - 1];
    const double since = to_minutes(between(of.last == time_none ? begun : of.last, now));
    const auto known = static_cast<double>(std::min<std::size_t>(of.seen, gaps));
    if (known == 0) return since;
    return std::max(since, std::accumulate(of.lengths.begin(), of.lengths.end(), 0.0) / known);
  }
  // Within the occurrence that was the last of this level or a higher one.
  bool is_same(std::size_t level, Time now) const {
    if (level == 0) return true;
    const Time last = levels_[level - 1].last;
    return last != time_none && between(last, now) < same_within;
  }
  void add(std::size_t level, Time begun, Time now) {
    for (std::size_t i = 0; i < level; ++i) {
      if (is_same(i + 1, now)) continue;
      Level& of = levels_[i];
      of.lengths[of.seen % gaps] = to_minutes(between(of.last == time_none ? begun : of.last, now));
      of.last = now;
      ++of.seen;
    }
  }
  // False: no state can be so.
  bool visit(StateVisitor& visitor) {
    bool is_valid = true;
    for (Level& of : levels_) {
      visitor.cell("last", of.last);
      visitor.cells("gaps", std::span<double>(of.lengths));
      visitor.cell("seen", of.seen);
      is_valid = is_valid && std::ranges::all_of(of.lengths, [](double length) {
                   return std::isfinite(length) && length >= 0;
                 });
    }
    return is_valid;
  }

 private:
  struct Level {
    Time last = time_none;
    std::array<double, gaps> lengths{};  // of the last gaps, minutes
    std::uint32_t seen = 0;
  };
  static double to_minutes(Duration duration) {
    return static_cast<double>(duration) / static_cast<double>(minute);
  }
  std::array<Level, levels> levels_;
};

}  // namespace retimu

#endif
