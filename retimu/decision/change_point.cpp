// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/change_point.hpp"

#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace retimu {

namespace {

constexpr double strength_least = 0.05, strength_most = 1e6;
constexpr float x_most = 20;  // more than the logarithm of any
constexpr std::uint16_t recent_events = 16, before_events = 256, usual_events = 1'024;
constexpr std::uint16_t usual_events_first = 32;  // for which the first `usual` counts
constexpr std::uint16_t apart_events = 64;

void move(float& mean, float to, int events) {
  mean += 1 / static_cast<float>(events) * (to - mean);
}

void count(std::uint16_t& events) {
  if (events < usual_events) ++events;
}

}  // namespace

bool ChangePoint::learn(double strength) {
  const double bounded = strength > 0 ? std::min(strength, strength_most) : 0;
  const auto x = static_cast<float>(elementary::log(bounded + strength_least));
  count(events_);
  count(since_);
  move(recent_, x, std::min(events_, recent_events));
  move(before_, x, std::min(since_, before_events));
  const float apart = std::fabs(recent_ - before_);
  const bool is_rise = recent_ > before_;
  const bool is_told = (is_rise || has_onset_) && since_ >= apart_events &&
                       apart > std::max(least, usual_times * usual_);
  if (is_told) {
    since_ = 0;
    has_onset_ = is_rise;
  }
  const float most = 2 * std::max(usual_, least / usual_times);
  move(usual_, std::min(apart, most), std::min(events_ + usual_events_first, int{usual_events}));
  return is_told;
}

void ChangePoint::visit(StateVisitor& visitor) {
  std::array<float, 3> numbers{recent_, before_, usual_};
  std::array<std::uint16_t, 3> counts{events_, since_, static_cast<std::uint16_t>(has_onset_)};
  visitor.cells("numbers", std::span<float>(numbers));
  visitor.cells("counts", std::span<std::uint16_t>(counts));
  const bool is_valid =
      std::ranges::all_of(numbers, [](float one) { return std::fabs(one) <= x_most; }) &&
      numbers[2] >= 0 && counts[0] <= usual_events && counts[1] <= counts[0] && counts[2] <= 1;
  if (!is_valid) {
    visitor.refuse();
    return;
  }
  recent_ = numbers[0];
  before_ = numbers[1];
  usual_ = numbers[2];
  events_ = counts[0];
  since_ = counts[1];
  has_onset_ = counts[2] != 0;
}

}  // namespace retimu
