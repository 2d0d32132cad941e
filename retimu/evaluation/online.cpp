// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/online.hpp"

#include <algorithm>

namespace retimu {

namespace {

template <class T>
void put_before(std::vector<T>& rows, const std::vector<T>& head) {
  rows.insert(rows.begin(), head.begin(), head.end());
}

void join(Series& series, Truth& truth) {
  const std::size_t head = series.train.rows();
  put_before(series.rows.values, series.train.values);
  put_before(series.times, series.train_times);
  put_before(truth.labels, std::vector<std::uint8_t>(head, 0));
  for (Span& window : truth.windows) window = {window.begin + head, window.end + head};
  for (std::size_t& row : truth.changes) row += head;
  for (Cause& cause : truth.causes) {
    cause.rows = {cause.rows.begin + head, cause.rows.end + head};
  }
  truth.judged_from += head;
}

}  // namespace

std::vector<Case> online(const SetEntry& set, std::vector<Case> cases) {
  for (auto& [series, truth] : cases) {
    if (set.learns_from_head) join(series, truth);
    series.train.values.clear();
    series.train_times.clear();
    truth.judged_from = std::max(truth.judged_from, online_rows_min);
  }
  return cases;
}

}  // namespace retimu
