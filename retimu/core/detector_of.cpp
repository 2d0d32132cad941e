// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/detector_of.hpp"

#include <algorithm>

namespace retimu {

void keep_heaviest_reasons(std::vector<Reason>& reasons, std::size_t first) {
  constexpr std::size_t reasons_max = 8;
  const auto begin = reasons.begin() + static_cast<std::ptrdiff_t>(first);
  std::stable_sort(begin, reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.weight > b.weight; });
  if (reasons.size() > first + reasons_max) reasons.resize(first + reasons_max);
}

}  // namespace retimu
