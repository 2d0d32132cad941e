// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/condition.hpp"

#include "retimu/rules/operators.hpp"

#include <array>

namespace retimu {

namespace {

using namespace rule_operators;

bool is_known(const Track& track, Time now, Duration stale) {
  return track.time != time_none && track.time <= now && between(track.time, now) <= stale;
}

double rate_of(const Track& track) {
  if (track.time_before == time_none) return unknown;
  const double seconds =
      static_cast<double>(between(track.time_before, track.time)) / static_cast<double>(second);
  return known_or_not((track.value - track.before) / seconds);
}

// Whether so many seconds have passed, to the nanosecond; says when they will have.
double has_passed(Time since, double seconds, bool is_more, Time now, Time& changes) {
  if (since == time_none || since > now || seconds != seconds) return unknown;
  constexpr double duration_max = 9.2e18;
  const double nanoseconds = seconds * static_cast<double>(second);
  if (nanoseconds < 0) return 1;
  if (nanoseconds >= duration_max) return 0;
  const double whole = is_more ? std::floor(nanoseconds) + 1 : std::ceil(nanoseconds);
  const auto limit = static_cast<Duration>(whole);
  if (between(since, now) >= limit) return 1;
  changes = std::min(changes, add_saturated(since, limit));
  return 0;
}

double of_one(Condition::Operator what, double a) {
  using Operator = Condition::Operator;
  switch (what) {
    case Operator::negate: return -a;
    case Operator::invert: return invert(a);
    case Operator::abs: return std::fabs(a);
    case Operator::sqrt: return known_or_not(std::sqrt(a));
    case Operator::log: return known_or_not(elementary::log(a));
    case Operator::exp: return known_or_not(elementary::exp(a));
    default: return unknown;
  }
}

double compared(Condition::Operator what, double a, double b) {
  using Operator = Condition::Operator;
  if (a != a || b != b) return unknown;
  switch (what) {
    case Operator::less_or_equal: return truth_of(a <= b);
    case Operator::greater_or_equal: return truth_of(a >= b);
    case Operator::not_equal: return truth_of(a != b);
    case Operator::equal: return truth_of(a == b);
    case Operator::less: return truth_of(a < b);
    default: return truth_of(a > b);
  }
}

double of_two(Condition::Operator what, double a, double b) {
  using Operator = Condition::Operator;
  switch (what) {
    case Operator::add: return known_or_not(a + b);
    case Operator::subtract: return known_or_not(a - b);
    case Operator::multiply: return known_or_not(a * b);
    case Operator::divide: return known_or_not(a / b);
    case Operator::power: return power(a, b);
    case Operator::both: return both(a, b);
    case Operator::either: return either(a, b);
    default: return compared(what, a, b);
  }
}

}  // namespace

std::string_view name_of(TruthValue truth) {
  constexpr std::array<std::string_view, 3> names = {"false", "true", "unknown"};
  return names[static_cast<std::size_t>(truth)];
}

// Of a column or a window.
double Condition::value_of(const Instruction& instruction, std::span<const Track> tracks,
                           std::span<const RuleWindow> windows, Time now, Duration stale) const {
  const bool is_window = instruction.what >= Operator::mean;
  const Track& track = tracks[is_window ? windows_[instruction.index].column : instruction.index];
  if (!is_known(track, now, stale)) return unknown;
  switch (instruction.what) {
    case Operator::rate: return rate_of(track);
    case Operator::delta: return known_or_not(track.value - track.before);
    case Operator::mean: return known_or_not(windows[instruction.index].mean());
    case Operator::min: return windows[instruction.index].min();
    case Operator::max: return windows[instruction.index].max();
    default: return track.value;
  }
}

Condition::Outcome Condition::evaluate(std::span<const Track> tracks,
                                       std::span<const RuleWindow> windows, Time now,
                                       Duration stale) const {
  std::array<double, stack_max> stack;
  std::size_t top = 0;  // stack[top - 1] is the last value
  Outcome outcome;
  for (const Instruction& instruction : code_) {
    const Operator what = instruction.what;
    if (what == Operator::constant) {
      stack[top++] = instruction.value;
    } else if (what <= Operator::either) {
      --top;
      stack[top - 1] = of_two(what, stack[top - 1], stack[top]);
    } else if (what <= Operator::exp) {
      stack[top - 1] = of_one(what, stack[top - 1]);
    } else if (what == Operator::select) {
      top -= 2;
      stack[top - 1] = select(stack[top - 1], stack[top], stack[top + 1]);
    } else if (what >= Operator::column) {
      stack[top++] = value_of(instruction, tracks, windows, now, stale);
    } else {
      const Track& track = tracks[instruction.index];
      const bool is_age = what == Operator::age_reaches || what == Operator::age_exceeds;
      const bool is_more = what == Operator::age_exceeds || what == Operator::stuck_exceeds;
      const Time since = is_age                        ? track.time
                         : is_known(track, now, stale) ? track.changed
                                                       : time_none;
      stack[top - 1] = has_passed(since, stack[top - 1], is_more, now, outcome.changes);
    }
  }
  const double value = stack[0];
  outcome.truth = value != value ? TruthValue::unknown
                  : value != 0   ? TruthValue::is_true
                                 : TruthValue::is_false;
  return outcome;
}

}  // namespace retimu
