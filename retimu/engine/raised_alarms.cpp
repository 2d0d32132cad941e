// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/raised_alarms.hpp"

#include <algorithm>
#include <span>

namespace retimu {

namespace {

std::uint8_t bit(std::ptrdiff_t place) { return static_cast<std::uint8_t>(1U << place); }

}  // namespace

void RaisedAlarms::raise(std::uint64_t code, bool is_evident) {
  if (count_ > most) return;
  const auto folded = static_cast<std::uint32_t>(code);
  auto* const end = codes_.data() + count_;
  auto* const at = std::find(codes_.data(), end, folded);
  if (at == end) {
    if (!is_evident || ++count_ > most) return;
    *at = folded;
  }
  raised_ = static_cast<std::uint8_t>(raised_ | bit(at - codes_.data()));
}

void RaisedAlarms::clear(std::uint64_t code, Time time) {
  if (count_ > most) return;
  auto* const end = codes_.data() + count_;
  auto* const at = std::find(codes_.data(), end, static_cast<std::uint32_t>(code));
  if (at == end || (raised_ & bit(at - codes_.data())) == 0) return;
  raised_ = static_cast<std::uint8_t>(raised_ & ~bit(at - codes_.data()));
  last_cleared_ = time;
}

std::optional<Time> RaisedAlarms::cleared() const {
  if (count_ == 0 || count_ > most || raised_ != 0) return std::nullopt;
  return last_cleared_;
}

std::optional<Time> RaisedAlarms::wake_time() const {
  const std::optional<Time> time = cleared();
  return time ? std::optional(add_saturated(*time, settles)) : std::nullopt;
}

void RaisedAlarms::visit(StateVisitor& visitor) {
  visitor.cells("raised_codes", std::span<std::uint32_t>(codes_));
  visitor.cell("raised_count", count_);
  visitor.cell("raised", raised_);
  visitor.cell("last_cleared", last_cleared_);
  if (count_ > most + 1) visitor.refuse();
}

}  // namespace retimu
