// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/peers.hpp"

#include "retimu/core/result.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t outside_share = 8;  // so many are not between low and high, on either side

// The readings at `rank` and `rank + 1` of the order, where those before `first` and from `last` on
// are in their place already.
std::array<double, 2> pair_at(std::span<double> readings, std::size_t first, std::size_t rank,
                              std::size_t last) {
  const auto at = [&](std::size_t i) { return readings.begin() + static_cast<std::ptrdiff_t>(i); };
  std::nth_element(at(first), at(rank), at(last));
  const auto next = std::min_element(at(rank + 1), at(last));
  return {readings[rank], next == at(last) ? readings[last] : *next};
}

}  // namespace

PeerColumn summarise(std::span<double> readings, Duration gap) {
  RETIMU_ASSERT(readings.size() >= 2);
  const std::size_t others = readings.size() - 1;
  const std::size_t middle = (others - 1) / 2, low = (others - 1) / outside_share;
  const std::size_t high = others - 1 - low;
  PeerColumn column{static_cast<std::uint32_t>(readings.size()), gap};
  column.middle = pair_at(readings, 0, middle, readings.size());
  column.low = low == middle ? column.middle : pair_at(readings, 0, low, middle);
  column.high =
      high == middle ? column.middle : pair_at(readings, middle + 1, high, readings.size());
  return column;
}

void PeerTable::add(ColumnId id, const PeerColumn& column) {
  const auto at = static_cast<std::size_t>(id);
  if (at >= columns_.size()) columns_.resize(at + 1);
  columns_[at] = column;
}

}  // namespace retimu
