// SPDX-License-Identifier: Apache-2.0
// One entity for tests of detectors that look at whole rows: its row and state are kept as the
// engine keeps them. Included by tests only.
#ifndef RETIMU_DETECTORS_DETECTORS_TEST_TOOLS_HPP
#define RETIMU_DETECTORS_DETECTORS_TEST_TOOLS_HPP

#include "retimu/core/detector.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace retimu {

// `detector` must outlive it.
class TestEntity {
 public:
  TestEntity(const Detector& detector, std::size_t columns, std::uint64_t seed = 1)
      : detector_(detector),
        columns_(columns),
        updated_(columns, 0),
        latest_(columns, std::numeric_limits<double>::quiet_NaN()),
        state_(detector.bytes(columns) / sizeof(std::max_align_t) + 1),
        scratch_(detector.scratch_bytes(columns) / sizeof(std::max_align_t) + 1) {
    for (std::size_t i = 0; i < columns; ++i) columns_[i] = static_cast<ColumnId>(i);
    detector_.create(state_.data(), columns, seed);
  }
  ~TestEntity() { detector_.destroy(state_.data(), columns_.size()); }
  TestEntity(const TestEntity&) = delete;
  TestEntity& operator=(const TestEntity&) = delete;

  // NaN: the column is not in this row.
  std::optional<double> send(std::span<const double> row, bool teaches = true) {
    std::vector<std::uint32_t> present;
    for (std::uint32_t j = 0; j < row.size(); ++j) {
      if (!std::isfinite(row[j])) continue;
      present.push_back(j);
      latest_[j] = row[j];
    }
    Event event;
    event.training = is_training;
    event.payload = Readings{columns_, row};
    event.time = time += between;
    const EntityView view{columns_, latest_, updated_, present};
    const Scratch scratch = std::as_writable_bytes(std::span(scratch_));
    const std::optional<double> score = detector_.score(state_.data(), {event, view}, scratch);
    evidence = score ? detector_.evidence(state_.data(), {event, view}, scratch) : std::nullopt;
    rank = score ? detector_.rank(state_.data(), {event, view}, scratch) : 0;
    if (reader != nullptr) read = reader->read(state_.data(), {event, view}, scratch);
    reasons.clear();
    if (score && (explains || !teaches)) {
      detector_.explain(state_.data(), {event, view}, scratch, reasons);
    }
    if (teaches) detector_.learn(state_.data(), {event, view}, scratch);
    return score;
  }
  std::optional<double> send(std::initializer_list<double> row, bool teaches = true) {
    return send(std::span<const double>(row.begin(), row.size()), teaches);
  }
  void* state() { return state_.data(); }

  // Of rows to come.
  bool is_training = false;
  bool explains = false;  // those that teach, too
  Duration between = second;
  const Detector* reader = nullptr;  // of the same state

  // Of the last row.
  Time time = 0;
  std::optional<double> evidence, read;  // `read`: the reader's score
  double rank = 0;
  std::vector<Reason> reasons;

 private:
  const Detector& detector_;
  std::vector<ColumnId> columns_;
  std::vector<Time> updated_;
  std::vector<double> latest_;
  std::vector<std::max_align_t> state_, scratch_;
};

}  // namespace retimu

#endif
