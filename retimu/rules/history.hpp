// SPDX-License-Identifier: Apache-2.0
// What a rule remembers of a column: its last two values, and windows of event time.
#ifndef RETIMU_RULES_HISTORY_HPP
#define RETIMU_RULES_HISTORY_HPP

#include "retimu/core/state.hpp"
#include "retimu/core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// The last two readings of a column. Times never fall.
struct Track {
  double value = std::numeric_limits<double>::quiet_NaN();
  double before = std::numeric_limits<double>::quiet_NaN();
  Time time = time_none;         // of value
  Time time_before = time_none;  // of before
  Time changed = time_none;      // since when it has had this value

  void take(double next, Time at);
  void visit(StateVisitor& visitor);
};

// The readings of the last `length` of event time that end with the newest one, (newest - length,
// newest], in at most 33 cells: a reading joins the newest cell within length / 32 of the cell's
// first one. Exact for readings that are at least length / 32 apart. For faster ones a cell leaves
// as a whole with its last reading, so that readings older by up to length / 32 still count. Plain
// memory of 1.6 KB; 30 ns to read.
class RuleWindow {
 public:
  static constexpr std::size_t cells_max = 33;

  // Not before the one taken last; length >= 1 and the same at every call.
  void take(double value, Time time, Duration length);
  void forget() { size_ = 0; }
  // NaN where there is no reading.
  double mean() const;
  double min() const;
  double max() const;
  void visit(StateVisitor& visitor);

 private:
  struct Cell {
    Time first = 0, last = 0;
    double sum = 0, low = 0, high = 0;
    std::uint64_t count = 0;
  };
  const Cell& cell(std::size_t age) const { return cells_[(oldest_ + age) % cells_max]; }

  std::array<Cell, cells_max> cells_{};  // a ring
  std::size_t oldest_ = 0, size_ = 0;
};

}  // namespace retimu

#endif
