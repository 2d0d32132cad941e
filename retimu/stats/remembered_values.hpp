// SPDX-License-Identifier: Apache-2.0
// A sorted memory of values that were seen, each at least `least` from the next: it tells how far a
// new value lies from everything before. Where it is full it gets coarser, so memory is bounded and
// both extremes stay.
#ifndef RETIMU_STATS_REMEMBERED_VALUES_HPP
#define RETIMU_STATS_REMEMBERED_VALUES_HPP

#include "retimu/core/state.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace retimu {

template <std::size_t capacity, class Number>
class RememberedValues {
 public:
  std::size_t size() const { return size_; }
  double lowest() const { return values_[0]; }
  double highest() const { return values_[size_ - 1]; }

  // Distance to the nearest value; 0 while none is known.
  double gap(double value) const {
    if (size_ == 0) return 0;
    const std::size_t at = place(value);
    double gap = std::numeric_limits<double>::infinity();
    if (at > 0) gap = value - static_cast<double>(values_[at - 1]);
    if (at < size_) gap = std::min(gap, static_cast<double>(values_[at]) - value);
    return gap;
  }

  // `gap` is that of the value. Values nearer than `least` are not remembered; it never shrinks.
  void learn(double value, double gap, double least) {
    least_ = std::max(least_, static_cast<Number>(least));
    if (size_ > 0 && !(gap > static_cast<double>(least_))) return;
    const auto last = values_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto at = values_.begin() + static_cast<std::ptrdiff_t>(place(value));
    std::copy_backward(at, last, last + 1);
    *at = static_cast<Number>(value);
    ++size_;
    while (size_ >= capacity) thin();
  }

  void visit(StateVisitor& visitor) {
    size_ = static_cast<std::uint16_t>(visitor.count("values", size_, capacity - 1));
    const std::span<Number> used = std::span<Number>(values_).first(size_);
    visitor.cells("values", used);
    visitor.cell("least", least_);
    const bool is_valid = std::ranges::is_sorted(used) && least_ >= 0 && std::isfinite(least_) &&
                          std::ranges::all_of(used, [](Number one) { return std::isfinite(one); });
    if (!is_valid) visitor.refuse();
  }

 private:
  // Index of the first that is not below. Without branches: which half comes next is a coin toss.
  std::size_t place(double value) const {
    const Number* at = values_.data();
    std::size_t left = size_;
    while (left > 1) {
      const std::size_t half = left / 2;
      at += static_cast<double>(at[half - 1]) < value ? half : 0;
      left -= half;
    }
    const bool is_below = left == 1 && static_cast<double>(*at) < value;
    return static_cast<std::size_t>(at - values_.data()) + (is_below ? 1 : 0);
  }
  // Drops what lies nearer to its neighbour than twice `least`, or one and a half times the
  // narrowest distance.
  void thin() {
    Number narrow = std::numeric_limits<Number>::infinity();
    for (std::size_t i = 1; i < size_; ++i) {
      narrow = std::min(narrow, values_[i] - values_[i - 1]);
    }
    least_ = std::max(Number{2} * least_, Number{1.5} * narrow);
    std::size_t kept = 1;
    for (std::size_t i = 1; i + 1 < size_; ++i) {
      if (values_[i] - values_[kept - 1] > least_) values_[kept++] = values_[i];
    }
    values_[kept] = values_[size_ - 1];
    size_ = static_cast<std::uint16_t>(kept + 1);
  }

  static_assert(capacity >= 4 && capacity < 65'536);
  std::array<Number, capacity> values_{};
  Number least_ = 0;
  std::uint16_t size_ = 0;
};

}  // namespace retimu

#endif
