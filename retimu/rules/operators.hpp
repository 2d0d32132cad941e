// SPDX-License-Identifier: Apache-2.0
// What the operators of a condition do to numbers, where NaN is unknown, 0 false and all else true.
#ifndef RETIMU_RULES_OPERATORS_HPP
#define RETIMU_RULES_OPERATORS_HPP

#include "retimu/rules/condition.hpp"
#include "retimu/stats/elementary.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace retimu {

enum class Condition::Operator : std::uint8_t {
  constant,
  // of two, in the order of Binary
  less_or_equal,
  greater_or_equal,
  not_equal,
  equal,
  less,
  greater,
  add,
  subtract,
  multiply,
  divide,
  power,
  both,
  either,
  // of one
  negate,
  invert,
  abs,
  sqrt,
  log,
  exp,
  // of three
  select,
  // of a column and a threshold in seconds, which is on the stack
  age_reaches,  // >=
  age_exceeds,  // >
  stuck_reaches,
  stuck_exceeds,
  // of a column
  column,
  rate,
  delta,
  // of a window
  mean,
  min,
  max
};

namespace rule_operators {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

inline double known_or_not(double value) { return std::isfinite(value) ? value : unknown; }
inline double truth_of(bool holds) { return holds ? 1.0 : 0.0; }

inline double both(double a, double b) {
  if (a == 0 || b == 0) return 0;
  return a != a || b != b ? unknown : 1;
}

inline double either(double a, double b) {
  if ((a == a && a != 0) || (b == b && b != 0)) return 1;
  return a != a || b != b ? unknown : 0;
}

inline double invert(double a) { return a != a ? unknown : truth_of(a == 0); }

inline double select(double condition, double yes, double no) {
  return condition != condition ? unknown : condition != 0 ? yes : no;
}

// Whole powers up to 1,024 by multiplication; others of positive numbers as e^(b log a), exact to
// about |b log a| units in the last place; unknown for other powers of negative numbers.
inline double power(double a, double b) {
  constexpr double whole_max = 1'024;
  if (a != a || b != b) return unknown;
  if (b == 0.5) return known_or_not(std::sqrt(a));
  if (b == std::floor(b) && std::fabs(b) <= whole_max) {
    double result = 1, square = a;
    for (auto left = static_cast<unsigned>(std::fabs(b)); left > 0; left >>= 1U) {
      if ((left & 1U) != 0) result *= square;
      square *= square;
    }
    return known_or_not(b < 0 ? 1 / result : result);
  }
  if (a == 0) return b > 0 ? 0 : unknown;
  return a > 0 ? known_or_not(elementary::exp(b * elementary::log(a))) : unknown;
}

}  // namespace rule_operators

}  // namespace retimu

#endif
