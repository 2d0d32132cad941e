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

}  // namespace

std::string_view name_of(TruthValue truth) {
  constexpr std::array<std::string_view, 3> names = {"false", "true", "unknown"};
  return names[static_cast<std::size_t>(truth)];
}

Condition::Outcome Condition::evaluate(std::span<const Track> tracks,
                                       std::span<const TimeWindow> windows, Time now,
                                       Duration stale) const {
  std::array<double, stack_max> stack;
  std::size_t top = 0;  // stack[top - 1] is the last value
  Outcome outcome;
  for (const Instruction& instruction : code_) {
    switch (instruction.what) {
      case Operator::column: {
        const Track& track = tracks[instruction.index];
        stack[top++] = is_known(track, now, stale) ? track.value : unknown;
        continue;
      }
      case Operator::constant: stack[top++] = instruction.value; continue;
      case Operator::rate:
      case Operator::delta: {
        const Track& track = tracks[instruction.index];
        const bool is_rate = instruction.what == Operator::rate;
        stack[top++] = !is_known(track, now, stale) ? unknown
                       : is_rate                    ? rate_of(track)
                                                    : known_or_not(track.value - track.before);
        continue;
      }
      case Operator::mean:
      case Operator::min:
      case Operator::max: {
        const TimeWindow& window = windows[instruction.index];
        const Track& track = tracks[windows_[instruction.index].column];
        stack[top++] = !is_known(track, now, stale)         ? unknown
                       : instruction.what == Operator::mean ? known_or_not(window.mean())
                       : instruction.what == Operator::min  ? window.min()
                                                            : window.max();
        continue;
      }
      default: break;
    }
    double& a = stack[top - 1];  // of one operand
    switch (instruction.what) {
      case Operator::negate: a = -a; continue;
      case Operator::invert: a = invert(a); continue;
      case Operator::abs: a = std::fabs(a); continue;
      case Operator::sqrt: a = known_or_not(std::sqrt(a)); continue;
      case Operator::log: a = known_or_not(elementary::log(a)); continue;
      case Operator::exp: a = known_or_not(elementary::exp(a)); continue;
      case Operator::age_reaches:
      case Operator::age_exceeds:
        a = has_passed(tracks[instruction.index].time, a, instruction.what == Operator::age_exceeds,
                       now, outcome.changes);
        continue;
      case Operator::stuck_reaches:
      case Operator::stuck_exceeds: {
        const Track& track = tracks[instruction.index];
        a = !is_known(track, now, stale)
                ? unknown
                : has_passed(track.changed, a, instruction.what == Operator::stuck_exceeds, now,
                             outcome.changes);
        continue;
      }
      case Operator::select:
        top -= 2;
        stack[top - 1] = select(stack[top - 1], stack[top], stack[top + 1]);
        continue;
      default: break;
    }
    --top;
    double& left = stack[top - 1];
    const double right = stack[top];
    const bool is_either_unknown = left != left || right != right;
    const auto compared = [&](bool holds) { return is_either_unknown ? unknown : truth_of(holds); };
    switch (instruction.what) {
      case Operator::less_or_equal: left = compared(left <= right); break;
      case Operator::greater_or_equal: left = compared(left >= right); break;
      case Operator::not_equal: left = compared(left != right); break;
      case Operator::equal: left = compared(left == right); break;
      case Operator::less: left = compared(left < right); break;
      case Operator::greater: left = compared(left > right); break;
      case Operator::add: left = known_or_not(left + right); break;
      case Operator::subtract: left = known_or_not(left - right); break;
      case Operator::multiply: left = known_or_not(left * right); break;
      case Operator::divide: left = known_or_not(left / right); break;
      case Operator::power: left = power(left, right); break;
      case Operator::both: left = both(left, right); break;
      case Operator::either: left = either(left, right); break;
      default: RETIMU_ASSERT(false);
    }
  }
  const double value = stack[0];
  outcome.truth = value != value ? TruthValue::unknown
                  : value != 0   ? TruthValue::is_true
                                 : TruthValue::is_false;
  return outcome;
}

}  // namespace retimu
