// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/event_stream.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace retimu {

namespace {

constexpr Duration least = 10 * second;  // a shorter silence is none
constexpr double mean_over = 64;         // gaps

void keep(EventStream& stream, Duration gap, Time now) {
  const std::int64_t date = floor_to(now, day) / day;
  if (date > stream.date || stream.gaps == 0) {
    ++stream.day;
    stream.longest[stream.day % EventStream::days] = 0;
    stream.date = date;
  }
  Duration& longest = stream.longest[stream.day % EventStream::days];
  longest = std::max(longest, gap);
}

}  // namespace

void EventStream::come(Time now) {
  const Duration gap = last == time_none ? 0 : between(last, now);
  // The clock was set back.
  last = now;
  const bool was_silent = is_silent != 0;
  is_silent = 0;
  if (gap == 0) return;
  if (was_silent) {
    const bool is_second = told > 0 && day - told_day < days;
    if (is_second) keep(*this, std::max(gap, told), now);
    told = is_second ? 0 : gap;
    told_day = day;
    return;
  }
  keep(*this, gap, now);
  if (gaps < gaps_most) ++gaps;
  const double share = 1 / std::min<double>(gaps, mean_over);
  mean += (static_cast<double>(gap) - mean) * share;
}

std::optional<Time> EventStream::due(double times) const {
  if (gaps < gaps_min || is_silent != 0) return std::nullopt;
  const double wait =
      std::max(times * static_cast<double>(longest_gap()), static_cast<double>(least));
  constexpr auto most = static_cast<double>(INT64_MAX / 2);
  return add_saturated(last, static_cast<Duration>(std::min(wait, most)));
}

void EventStream::stand_still(const Standstill& still, double times) {
  const std::optional<Time> told_at = due(times);
  const Time from = std::max(still.from, last);
  if (!told_at || from >= still.to) return;
  const Duration passed = between(from, still.to);
  if (still.was_told || passed > between(last, *told_at) / 2) last = add_saturated(last, passed);
}

Duration EventStream::longest_gap() const { return std::ranges::max(longest); }

bool EventStream::visit(StateVisitor& visitor) {
  visitor.cell("last", last);
  visitor.cells("longest", std::span<std::int64_t>(longest));
  visitor.cell("date", date);
  visitor.cell("day", day);
  visitor.cell("gaps", gaps);
  visitor.cell("mean", mean);
  visitor.cell("told", told);
  visitor.cell("told_day", told_day);
  visitor.cell("is_silent", is_silent);
  return std::isfinite(mean) && mean >= 0 && told >= 0 &&
         std::ranges::all_of(longest, [](Duration gap) { return gap >= 0; });
}

}  // namespace retimu
