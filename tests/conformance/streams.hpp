// SPDX-License-Identifier: Apache-2.0
// Readings that the laws are tried on: seeded, and the same on every machine.
#ifndef TESTS_CONFORMANCE_STREAMS_HPP
#define TESTS_CONFORMANCE_STREAMS_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/random.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace retimu::conformance {

// Rows of some columns, each a level with bell-shaped noise of standard deviation 1.
class Rows {
 public:
  explicit Rows(std::size_t columns, std::uint64_t seed = 1) : random_(seed), values_(columns) {
    static constexpr std::array names = {"a", "b", "c", "d", "e", "f", "g", "h"};
    for (std::size_t i = 0; i < columns; ++i) ids_.push_back(*names_.intern(names.at(i)));
  }
  const std::vector<double>& next() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      // The sum of twelve uniform numbers: variance 1, no library function.
      double sum = -6;
      for (int k = 0; k < 12; ++k) sum += random_.uniform();
      values_[i] = 10.0 * static_cast<double>(i + 1) + sum;
    }
    return values_;
  }
  const std::vector<ColumnId>& columns() const { return ids_; }
  Random& random() { return random_; }

 private:
  Columns names_;
  Random random_;
  std::vector<ColumnId> ids_;
  std::vector<double> values_;
};

}  // namespace retimu::conformance

#endif
