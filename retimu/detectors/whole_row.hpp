// SPDX-License-Identifier: Apache-2.0
// What detectors share that judge a row as a whole by the covariance of its columns, each in usual
// deviations.
#ifndef RETIMU_DETECTORS_WHOLE_ROW_HPP
#define RETIMU_DETECTORS_WHOLE_ROW_HPP

#include "retimu/core/detector.hpp"
#include "retimu/stats/baseline.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>

namespace retimu::whole_row {

inline constexpr std::size_t columns_max = 64;
inline constexpr double most = 16;  // deviations that a reading counts as

// States hold baselines in front of numbers.
static_assert(std::is_trivially_copyable_v<Baseline> && sizeof(Baseline) % sizeof(double) == 0);

inline bool may_judge(std::size_t columns) { return columns > 0 && columns <= columns_max; }

inline bool has_row(const Observation& observation) {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && may_judge(observation.entity.latest.size());
}

// [d][d]
inline void set_identity(std::span<double> matrix, std::size_t d) {
  std::ranges::fill(matrix, 0.0);
  for (std::size_t j = 0; j < d; ++j) matrix[j * d + j] = 1;
}

// [d] each. A column that is missing or not known yet is as usual.
inline void standardise(std::span<const Baseline> usual, std::span<const double> row,
                        std::span<double> to) {
  for (std::size_t j = 0; j < row.size(); ++j) {
    const bool is_told = usual[j].is_known() && !std::isnan(row[j]);
    to[j] = is_told ? std::clamp(usual[j].units(row[j]), -most, most) : 0.0;
  }
}

// Whether a column was known before this row.
inline bool learn_columns(std::span<Baseline> usual, const EntityView& entity, std::size_t window) {
  const bool is_warm = std::ranges::any_of(usual, &Baseline::is_known);
  for (const std::uint32_t slot : entity.present) usual[slot].learn(entity.latest[slot], window);
  return is_warm;
}

// Expected of column j is what the others foretell of it, in its usual deviations, give or take
// three over the root of the stiffness: what a squared deviation from that adds.
struct Foretold {
  double deviations, stiffness, weight;
};
inline Reason reason_of(const Baseline& usual, const EntityView& entity, std::size_t j,
                        const Foretold& foretold) {
  const double unit = usual.deviation();
  const double centre = finite(usual.centre() + foretold.deviations * unit);
  const double reach = finite(3 * unit / std::sqrt(foretold.stiffness));
  return {entity.columns[j], entity.latest[j], finite(centre - reach), finite(centre + reach),
          foretold.weight};
}

}  // namespace retimu::whole_row

#endif
