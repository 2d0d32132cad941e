// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mahalanobis.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/packed_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

std::optional<double> Mahalanobis::read(const void* state, const Observation& observation,
                                        Scratch scratch) const {
  if (!speaks(state, observation)) return std::nullopt;
  const std::size_t columns = observation.entity.latest.size();
  return over_blocks(own(state, columns), work(scratch, columns), &linear::Work::apart);
}

double Mahalanobis::rank(const void* state, const Observation& observation, Scratch scratch) const {
  const std::size_t columns = observation.entity.latest.size();
  return smoothed_apart(own(state, columns), work(scratch, columns));
}

// By how much T^2 would fall if a column were what the others foretell of it (Mason, Tracy and
// Young, "Decomposition of T^2 for multivariate control chart interpretation", Journal of Quality
// Technology 1995), with that value, give or take three of its conditional deviations.
void Mahalanobis::explain(const void* state, const Observation& observation, Scratch scratch,
                          std::vector<Reason>& to) const {
  const EntityView& entity = observation.entity;
  const Own own = LinearDetector::own(state, entity.latest.size());
  const Work at = work(scratch, entity.latest.size());
  const std::size_t first = to.size();
  std::vector<double> pulled;
  std::size_t place = 0;
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& of_part) {
    const linear::Model& now = parts.now;
    pulled.resize(part.size());
    multiply_packed(now.precision, of_part.now.z, pulled);
    for (std::size_t j = 0; j < part.size(); ++j, ++place) {
      const std::size_t slot = own.slot(place);
      if (!std::ranges::binary_search(entity.present, static_cast<std::uint32_t>(slot))) continue;
      const double own_precision = std::max(now.precision[packed_column(parts.d, j)], 1e-12);
      const double foretold =
          now.mean[j] + (of_part.now.z[j] - pulled[j] / own_precision) * now.scale[j];
      const double reach = 3 / std::sqrt(own_precision) * now.scale[j];
      to.push_back({entity.columns[slot], part[j], foretold - reach, foretold + reach,
                    pulled[j] * pulled[j] / own_precision});
    }
  });
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
