// SPDX-License-Identifier: Apache-2.0
// The last readings of a column in order of arrival and, by an index, in order of size: median,
// quantiles and median absolute deviation without a search through the window. Plain memory, no
// allocation; 9 bytes a reading. Who asks for no ranks need not keep that order.
#ifndef RETIMU_STATS_ROLLING_WINDOW_HPP
#define RETIMU_STATS_ROLLING_WINDOW_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <emmintrin.h>
#include <limits>
#include <span>

namespace retimu {

// Holds finite doubles only. Moments are summed anew from the window each time: nothing drifts, and
// an outlier is gone when it has left. `length` is the window's: 2 to capacity, the same at every
// call of one object, as is `is_ranked`: false, and ranks, median and its deviation are not to be
// asked for.
template <std::size_t capacity>
class RollingWindow {
  static_assert(capacity >= 2 && capacity <= 256, "positions are kept in 8 bits");

 public:
  std::size_t size() const { return size_; }
  std::size_t position() const { return next_; }  // in the ring: counts readings modulo length

  // The oldest reading leaves when there are `length`.
  void push(double value, std::size_t length, bool is_ranked = true);

  // The reading before `back` newer ones, back < size().
  double newest(std::size_t back, std::size_t length) const {
    const std::size_t at = next_ + length - 1 - back;
    return values_[at >= length ? at - length : at];
  }

  // The reading at a rank by size, 0 the smallest, rank < size().
  double ranked(std::size_t rank) const { return values_[order_[rank]]; }

  // The lower one of two middles; size() >= 1.
  double median() const { return ranked((size_ - 1U) / 2); }
  double median_deviation() const;  // median of |reading - median()|; O(log size)

  double mean() const;                         // size() >= 1
  double mean_deviation(double centre) const;  // mean of |reading - centre|
  // Mean of |reading - the one before it|, each at most `limit`; 0 for fewer than two.
  double mean_step(double limit, std::size_t length) const;

  // Asks for the readings, that they are at hand when they are summed.
  void prefetch() const {
    for (std::size_t i = 0; i < size_; i += 8) __builtin_prefetch(&values_[i]);
  }

  void visit(StateVisitor& visitor, std::size_t length, bool is_ranked = true);

 private:
  void rank_newest(double value, std::size_t length);
  std::size_t count_to(double value) const;  // readings that are not above it
  bool is_ordered() const;
  void order_anew();
  // Sum of `of` over places [first, last) in four strands: the same order on every machine, and
  // faster than one. It is asked for two places at once and told how to load them: load(by) are the
  // values `by` further on.
  template <class F>
  double sum(std::size_t first, std::size_t last, F of) const;

  std::array<double, capacity> values_{};       // a ring, [0, size_) in use
  std::array<std::uint8_t, capacity> order_{};  // positions in values_ by ascending value
  std::uint16_t next_ = 0;  // where the next reading goes: the oldest one's place in a full window
  std::uint16_t size_ = 0;
};

// Three rounds of comparisons that don't wait for each other, where bisecting would wait, or guess
// and fail, at each.
template <std::size_t capacity>
std::size_t RollingWindow<capacity>::count_to(double value) const {
  std::size_t count = 0;
  std::size_t end = size_;
  for (const std::size_t step : {16U, 4U, 1U}) {
    const std::size_t from = count;
    for (std::size_t rank = from + step - 1; rank < end; rank += step) {
      count += step * static_cast<std::size_t>(ranked(rank) <= value);
    }
    end = std::min(count + step - 1, end);
  }
  return count;
}

template <std::size_t capacity>
void RollingWindow<capacity>::push(double value, std::size_t length, bool is_ranked) {
  if (is_ranked) rank_newest(value, length);
  if (size_ < length) ++size_;
  values_[next_] = value;
  next_ = static_cast<std::uint16_t>(next_ + 1U == length ? 0 : next_ + 1U);
}

// Puts the place of the next reading where its value belongs.
template <std::size_t capacity>
void RollingWindow<capacity>::rank_newest(double value, std::size_t length) {
  std::uint8_t* const order = order_.data();
  std::size_t to = count_to(value);
  if (size_ < length) {
    std::memmove(order + to + 1, order + to, size_ - to);
  } else {
    const void* found = std::memchr(order, next_, size_);
    const auto hole = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - order);
    if (hole < to) {
      --to;  // the leaving reading was counted
      std::memmove(order + hole, order + hole + 1, to - hole);
    } else {
      std::memmove(order + to + 1, order + to, hole - to);
    }
  }
  order[to] = static_cast<std::uint8_t>(next_);
}

// The deviations of the lower half, walked down, and of the upper half, walked up, both ascend: the
// wanted rank of the two together is found by bisecting how many come from below.
template <std::size_t capacity>
double RollingWindow<capacity>::median_deviation() const {
  const std::size_t middle = (size_ - 1U) / 2;
  const double centre = ranked(middle);
  const std::size_t wanted = middle + 1;  // of the size() smallest deviations, the last one
  // Below: ranks middle, middle - 1, ..., 0, the centre's own 0 first. Above: middle + 1, ..., size
  // - 1.
  const auto below = [&](std::size_t i) { return distance(centre, ranked(middle - i)); };
  const auto above = [&](std::size_t i) { return distance(ranked(middle + 1 + i), centre); };
  const std::size_t above_count = size_ - middle - 1U;
  std::size_t low = wanted > above_count ? wanted - above_count : 0;
  std::size_t high = wanted;
  while (low < high) {
    const std::size_t taken = (low + high) / 2;
    // Too few from below if the next one there is smaller than the last one taken above.
    if (below(taken) < above(wanted - taken - 1)) {
      low = taken + 1;
    } else {
      high = taken;
    }
  }
  const double last_below = low > 0 ? below(low - 1) : 0.0;
  const double last_above = wanted > low ? above(wanted - low - 1) : 0.0;
  return std::max(last_below, last_above);
}

template <std::size_t capacity>
template <class F>
double RollingWindow<capacity>::sum(std::size_t first, std::size_t last, F of) const {
  __m128d early = _mm_setzero_pd(), late = early;
  const double* at = values_.data() + first;
  const double* const end = values_.data() + last;
  for (; at + 4 <= end; at += 4) {
    early = _mm_add_pd(early, of([at](std::ptrdiff_t by) { return _mm_loadu_pd(at + by); }));
    late = _mm_add_pd(late, of([at](std::ptrdiff_t by) { return _mm_loadu_pd(at + 2 + by); }));
  }
  for (; at < end; ++at) {
    early = _mm_add_sd(early, of([at](std::ptrdiff_t by) { return _mm_load_sd(at + by); }));
  }
  const auto both = [](__m128d pair) {
    return _mm_cvtsd_f64(pair) + _mm_cvtsd_f64(_mm_unpackhi_pd(pair, pair));
  };
  return finite(both(early) + both(late));
}

// Divided before they are added, so that the largest doubles don't overflow.
template <std::size_t capacity>
double RollingWindow<capacity>::mean() const {
  const __m128d share = _mm_set1_pd(1.0 / size_);
  return sum(0, size_, [=](auto load) { return _mm_mul_pd(load(0), share); });
}

template <std::size_t capacity>
double RollingWindow<capacity>::mean_deviation(double centre) const {
  const double share = 1.0 / size_;
  const __m128d shares = _mm_set1_pd(share), middle = _mm_set1_pd(centre * share);
  return sum(0, size_, [=](auto load) {
    return _mm_andnot_pd(_mm_set1_pd(-0.0), _mm_sub_pd(_mm_mul_pd(load(0), shares), middle));
  });
}

// Round the ring from the oldest reading on.
template <std::size_t capacity>
double RollingWindow<capacity>::mean_step(double limit, std::size_t length) const {
  if (size_ < 2) return 0;
  const double share = 1.0 / (size_ - 1);
  const __m128d shares = _mm_set1_pd(share);
  const __m128d most = _mm_set1_pd(smaller(std::numeric_limits<double>::max(), limit));
  const auto step = [=](auto load) {
    const __m128d size = _mm_andnot_pd(_mm_set1_pd(-0.0), _mm_sub_pd(load(0), load(-1)));
    return _mm_mul_pd(_mm_min_pd(size, most), shares);
  };
  if (size_ < length || next_ == 0) return sum(1, size_, step);
  const double across = smaller(distance(values_[0], values_[size_ - 1U]), limit) * share;
  return finite(sum(next_ + 1U, size_, step) + across + sum(1, next_, step));
}

template <std::size_t capacity>
bool RollingWindow<capacity>::is_ordered() const {
  std::array<bool, capacity> seen{};
  for (std::size_t i = 0; i < size_; ++i) {
    if (order_[i] >= size_ || seen[order_[i]]) return false;
    seen[order_[i]] = true;
    if (i > 0 && ranked(i) < ranked(i - 1)) return false;
  }
  return true;
}

template <std::size_t capacity>
void RollingWindow<capacity>::order_anew() {
  for (std::size_t i = 0; i < size_; ++i) order_[i] = static_cast<std::uint8_t>(i);
  std::sort(order_.begin(), order_.begin() + size_, [this](std::uint8_t left, std::uint8_t right) {
    return values_[left] < values_[right];
  });
}

// The order by size follows from the readings, so it is not stored.
template <std::size_t capacity>
void RollingWindow<capacity>::visit(StateVisitor& visitor, std::size_t length, bool is_ranked) {
  size_ = static_cast<std::uint16_t>(visitor.count("size", size_, length));
  next_ = static_cast<std::uint16_t>(visitor.count("next", next_, length - 1));
  visitor.cells("values", std::span<double>(values_).first(size_));
  const auto used = std::span<const double>(values_).first(size_);
  const bool is_finite =
      std::ranges::all_of(used, [](double value) { return std::isfinite(value); });
  if (!is_finite || (size_ < length && next_ != size_)) {
    visitor.refuse();
    *this = RollingWindow();
  } else if (is_ranked && !is_ordered()) {
    order_anew();
  }
}

}  // namespace retimu

#endif
