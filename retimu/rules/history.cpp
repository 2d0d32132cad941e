// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/history.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr Duration cells_a_length = 32;

}  // namespace

void Track::take(double next, Time at) {
  if (time == time_none || next != value) changed = at;
  before = value;
  time_before = time;
  value = next;
  time = at;
}

void Track::visit(StateVisitor& visitor) {
  visitor.cell("value", value);
  visitor.cell("before", before);
  visitor.cell("time", time);
  visitor.cell("time_before", time_before);
  visitor.cell("changed", changed);
}

void RuleWindow::take(double value, Time time, Duration length) {
  while (size_ > 0 && between(cell(0).last, time) >= length) {
    oldest_ = (oldest_ + 1) % cells_max;
    --size_;
  }
  const Duration width = length / cells_a_length + (length % cells_a_length == 0 ? 0 : 1);
  if (size_ == 0 || between(cell(size_ - 1).first, time) >= width) {
    if (size_ == cells_max) oldest_ = (oldest_ + 1) % cells_max, --size_;  // of a damaged state
    cells_[(oldest_ + size_++) % cells_max] = {time, time, value, value, value, 1};
    return;
  }
  Cell& newest = cells_[(oldest_ + size_ - 1) % cells_max];
  newest.last = time;
  newest.sum += value;
  newest.low = std::min(newest.low, value);
  newest.high = std::max(newest.high, value);
  ++newest.count;
}

double RuleWindow::mean() const {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    sum += cell(i).sum;
    count += static_cast<double>(cell(i).count);
  }
  return count > 0 ? sum / count : unknown;
}

double RuleWindow::min() const {
  double low = size_ > 0 ? cell(0).low : unknown;
  for (std::size_t i = 1; i < size_; ++i) low = std::min(low, cell(i).low);
  return low;
}

double RuleWindow::max() const {
  double high = size_ > 0 ? cell(0).high : unknown;
  for (std::size_t i = 1; i < size_; ++i) high = std::max(high, cell(i).high);
  return high;
}

// From the oldest cell on, so that equal windows are equal bytes wherever their ring begins.
void RuleWindow::visit(StateVisitor& visitor) {
  std::rotate(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(oldest_), cells_.end());
  oldest_ = 0;
  size_ = visitor.count("cells", size_, cells_max);
  Time last = time_none;
  for (std::size_t i = 0; i < size_; ++i) {
    Cell& one = cells_[i];
    visitor.cell("first", one.first);
    visitor.cell("last", one.last);
    visitor.cell("sum", one.sum);
    visitor.cell("low", one.low);
    visitor.cell("high", one.high);
    visitor.cell("count", one.count);
    if (one.first < last || one.last < one.first || one.count == 0) visitor.refuse();
    last = one.last;
  }
}

}  // namespace retimu
