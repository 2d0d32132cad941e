// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/pace.hpp"

#include <algorithm>
#include <charconv>

namespace retimu {

std::optional<double> parse_speed(std::string_view text) {
  if (text == "max") return 0.0;
  if (text.ends_with('x')) text.remove_suffix(1);
  double speed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
  const bool is_read = error == std::errc() && end == text.data() + text.size();
  if (!is_read || !(speed > 0) || speed > 1e9) return std::nullopt;
  return speed;
}

std::optional<Pace::Clock::duration> Pace::left(Time time) {
  if (is_unbounded() || time == time_none) return std::nullopt;
  if (!begun_) {
    begun_ = Clock::now();
    first_ = time;
  }
  const double due = static_cast<double>(time - first_) / static_cast<double>(second) / speed_;
  const double left = due - std::chrono::duration<double>(Clock::now() - *begun_).count();
  if (left <= 0) return std::nullopt;
  // A clock counts to some 292 years.
  constexpr double left_max = 1e9;
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(std::min(left, left_max)));
}

}  // namespace retimu
