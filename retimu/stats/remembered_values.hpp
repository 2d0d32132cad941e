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
    const double after = std::fabs(static_cast<double>(values_[at]) - value);
    return at > 0 ? std::min(after, std::fabs(value - static_cast<double>(values_[at - 1])))
                  : after;
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
    if (size_ == capacity) drop_most_crowded();
  }

  // The gap in which the value falls: from the value before to the one after, infinite beyond both
  // ends.
  struct Gap {
    Number low, high;
  };
  Gap gap_around(double value) const {
    const std::size_t at = place(value);
    return {at > 0 ? values_[at - 1] : -none, at < size_ ? values_[at] : none};
  }
  // Values inside a gap are forgotten, and it is one again.
  void forget(const Gap& gap) {
    const auto last = values_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto end = std::remove_if(values_.begin(), last,
                                    [&](Number one) { return one > gap.low && one < gap.high; });
    std::fill(end, last, none);
    size_ = static_cast<std::uint16_t>(end - values_.begin());
  }

  void visit(StateVisitor& visitor) {
    size_ = static_cast<std::uint16_t>(visitor.count("values", size_, capacity - 1));
    const std::span<Number> used = std::span<Number>(values_).first(size_);
    std::ranges::fill(std::span<Number>(values_).subspan(size_), none);
    visitor.cells("values", used);
    visitor.cell("least", least_);
    const bool is_valid = std::ranges::is_sorted(used) && least_ >= 0 && std::isfinite(least_) &&
                          std::ranges::all_of(used, [](Number one) { return std::isfinite(one); });
    if (!is_valid) visitor.refuse();
  }

 private:
  // How many are below: by the last of each block, then within one block, all of which are looked
  // at: the processor takes four at a time, and there is no branch to guess.
  std::size_t place(double value) const {
    constexpr std::size_t block = capacity % 16 == 0 ? 16 : capacity;
    const auto wanted = static_cast<Number>(value);
    std::size_t first = 0;
    for (std::size_t last = block - 1; last + 1 < capacity; last += block) {
      first += values_[last] < wanted ? block : 0;
    }
    std::uint32_t below = 0;
    for (std::size_t i = 0; i < block; ++i) below += values_[first + i] < wanted ? 1U : 0U;
    return first + below;
  }
  // Drops the value whose neighbours are nearest to each other, and from now on remembers nothing
  // nearer than those are.
  void drop_most_crowded() {
    std::size_t dropped = 1;
    Number narrow = std::numeric_limits<Number>::infinity();
    for (std::size_t i = 1; i + 1 < size_; ++i) {
      const Number width = values_[i + 1] - values_[i - 1];
      dropped = width < narrow ? i : dropped;
      narrow = std::min(narrow, width);
    }
    least_ = std::max(least_, narrow);
    const auto at = values_.begin() + static_cast<std::ptrdiff_t>(dropped);
    std::copy(at + 1, values_.begin() + static_cast<std::ptrdiff_t>(size_), at);
    values_[--size_] = none;
  }

  static_assert(capacity >= 4 && capacity < 65'536);
  static constexpr Number none = std::numeric_limits<Number>::infinity();
  std::array<Number, capacity> values_ = [] {
    std::array<Number, capacity> all;
    all.fill(none);
    return all;
  }();  // none from size_ on
  Number least_ = 0;
  std::uint16_t size_ = 0;
};

}  // namespace retimu

#endif
