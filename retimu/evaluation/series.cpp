// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/series.hpp"

namespace retimu {

std::vector<Span> spans_of(std::span<const std::uint8_t> labels) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == 0) continue;
    if (spans.empty() || spans.back().end != i) spans.push_back({i, i});
    spans.back().end = i + 1;
  }
  return spans;
}

}  // namespace retimu
