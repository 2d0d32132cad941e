// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"

#include "retimu/core/detector_of.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

std::optional<double> LinearPrediction::read(const void* state, const Observation& observation,
                                             Scratch scratch) const {
  if (!speaks(state, observation)) return std::nullopt;
  const std::size_t columns = observation.entity.latest.size();
  return over_blocks(own(state, columns), work(scratch, columns), &linear::Work::instant);
}

double LinearPrediction::rank(const void* state, const Observation& observation,
                              Scratch scratch) const {
  const std::size_t columns = observation.entity.latest.size();
  return over_blocks(own(state, columns), work(scratch, columns), &linear::Work::smooth);
}

// The columns that were foretold worst, with what was foretold, give or take three errors.
void LinearPrediction::explain(const void* state, const Observation& observation, Scratch scratch,
                               std::vector<Reason>& to) const {
  const EntityView& entity = observation.entity;
  const Own own = LinearDetector::own(state, entity.latest.size());
  const Work at = work(scratch, entity.latest.size());
  const std::size_t first = to.size();
  std::size_t place = 0;
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& of_part) {
    for (std::size_t j = 0; j < part.size(); ++j, ++place) {
      const std::size_t slot = own.slot(place);
      if (!std::ranges::binary_search(entity.present, static_cast<std::uint32_t>(slot))) continue;
      const double scale = parts.now.scale[j], noise = parts.now.noise[j], e = of_part.now.e[j];
      const double foretold = parts.now.mean[j] + (of_part.now.z[j] - e) * scale;
      const double error = 3 * std::sqrt(noise) * scale;
      to.push_back(
          {entity.columns[slot], part[j], foretold - error, foretold + error, e * e / noise});
    }
  });
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
