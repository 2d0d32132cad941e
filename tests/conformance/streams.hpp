// SPDX-License-Identifier: Apache-2.0
// Readings and messages that the laws are tried on: seeded, and the same on every machine.
#ifndef TESTS_CONFORMANCE_STREAMS_HPP
#define TESTS_CONFORMANCE_STREAMS_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/event.hpp"
#include "retimu/core/random.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
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

// Log lines or alarms: some kinds, the first much more often than the last, in no order. Views stay
// valid until the next.
class Messages {
 public:
  explicit Messages(Modality modality, std::uint64_t seed = 1)
      : modality_(modality), random_(seed) {}
  Payload next() {
    const std::size_t kind =
        std::min(random_.below(texts.size()),
                 std::min(random_.below(texts.size()), random_.below(texts.size())));
    if (modality_ == Modality::alarms)
      return Alarm{levels.at(kind), codes.at(kind), texts.at(kind)};
    // A size of some spread, and a number that always differs.
    const double size = 100 + 10 * (random_.uniform() + random_.uniform() + random_.uniform());
    numbers_ = {size, static_cast<double>(random_.next() >> 8U)};
    return line(kind);
  }
  // Of that kind, with the last numbers.
  LogLine line(std::size_t kind) const {
    return LogLine{levels.at(kind), texts.at(kind), hash(texts.at(kind)), false, numbers_};
  }
  Random& random() { return random_; }

 private:
  static constexpr std::array<std::string_view, 8> texts = {
      "request of 113 bytes was served, id 9233",
      "cache was hit, 5 of 7",
      "session opened",
      "session closed",
      "batch of 12 written",
      "retry in 5 s",
      "slow answer after 900 ms",
      "upstream refused, id 77"};
  static constexpr std::array<std::string_view, 8> codes = {"1", "2", "3", "4", "5", "6", "7", "8"};
  static constexpr std::array<Severity, 8> levels = {
      Severity::indeterminate, Severity::indeterminate, Severity::indeterminate,
      Severity::indeterminate, Severity::indeterminate, Severity::warning,
      Severity::warning,       Severity::major};
  Modality modality_;
  Random random_;
  std::array<double, 2> numbers_{};
};

}  // namespace retimu::conformance

#endif
