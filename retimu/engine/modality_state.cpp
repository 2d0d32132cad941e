// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/entity.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

void ModalityState::visit(StateVisitor& visitor, std::uint32_t version) {
  visitor.cell("time", time);
  visitor.cell("lag", lag);
  visitor.cell("evident", evident);
  std::array<double, 4> numbers{evidence, observed, expected_low, expected_high};
  visitor.cells("evidence", std::span<double>(numbers));
  evidence = numbers[0];
  observed = numbers[1];
  expected_low = numbers[2];
  expected_high = numbers[3];
  std::array<std::uint8_t, 4> small{static_cast<std::uint8_t>(phase), is_open, late_in_row,
                                    static_cast<std::uint8_t>(kind)};
  visitor.cells("phase", std::span<std::uint8_t>(small));
  phase = static_cast<Phase>(std::min(small[0], static_cast<std::uint8_t>(Phase::shifted)));
  is_open = small[1] != 0;
  late_in_row = small[2];
  kind = small[3] < reason_kinds ? static_cast<ReasonKind>(small[3]) : ReasonKind::value;
  visitor.cell("slot", slot);
  subject_bytes =
      static_cast<std::uint32_t>(visitor.count("subject", subject_bytes, subject.size()));
  visitor.cells("subject", std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(subject.data()),
                                                   subject_bytes));
  if (version >= 5) raised.visit(visitor);
  if (version >= 6) {
    visitor.cell("window", window);
    visitor.cell("strangest", strangest);
    visitor.cell("counted", counted);
    visitor.cell("count", count);
    counts.visit(visitor);
    if (!(strangest >= 0) || !(count >= 0) || !std::isfinite(count)) visitor.refuse();
  }
  if (std::isnan(evidence)) visitor.refuse();
}

}  // namespace retimu
