// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/isolation_tree.hpp"

#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace retimu {

namespace {

constexpr double ln2 = 0.6931471805599453;

constexpr std::uint16_t pack(std::size_t level, std::size_t rows) {
  return static_cast<std::uint16_t>(level << 10U | rows);
}

}  // namespace

struct IsolationTree::Cut {
  std::size_t column;
  float split;  // uncut: all rows are alike
};

// One of the columns that vary, each equally likely, and a place that leaves rows on both sides.
IsolationTree::Cut IsolationTree::cut(const IsolationRows& from,
                                      std::span<const std::uint16_t> rows,
                                      std::span<std::uint16_t> columns, Random& random) {
  Cut found{0, uncut};
  for (std::size_t tried = 0; tried < columns.size() && found.split == uncut; ++tried) {
    std::swap(columns[tried], columns[tried + random.below(columns.size() - tried)]);
    const float* values = from.values.data() + columns[tried];
    float low = uncut, high = -uncut;
    for (const std::uint16_t row : rows) {
      const float value = values[row * from.d];
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    if (!(low < high)) continue;
    const double place = low + (static_cast<double>(high) - low) * random.uniform();
    const auto split = static_cast<float>(place);
    found = {columns[tried], split > low ? split : high};
  }
  return found;
}

// Those that go left first; how many they are.
std::size_t IsolationTree::part(const IsolationRows& from, const Cut& made,
                                std::span<std::uint16_t> rows) {
  if (made.split == uncut) return rows.size();
  const float* values = from.values.data() + made.column;
  const auto right = std::partition(rows.begin(), rows.end(), [&](std::uint16_t row) {
    return !goes_right(values[row * from.d], made.split);
  });
  return static_cast<std::size_t>(right - rows.begin());
}

// A node's children part its rows between them where they lie.
void IsolationTree::grow(const IsolationRows& from, std::span<std::uint16_t> rows, const Work& work,
                         Random& random) const {
  std::iota(work.columns.begin(), work.columns.end(), std::uint16_t{0});
  const std::size_t leaves = std::size_t{1} << height_;
  work.begin[1] = 0;
  work.end[1] = static_cast<std::uint16_t>(rows.size());
  work.level_at[1] = static_cast<std::uint16_t>(height_);
  for (std::size_t node = 1; node < leaves; ++node) {
    const std::uint16_t begin = work.begin[node], end = work.end[node];
    const auto own = rows.subspan(begin, end - begin);
    const auto level = static_cast<std::uint16_t>(std::bit_width(node) - 1);
    const bool may_cut = work.level_at[node] == height_ && own.size() > 1;
    const Cut made = may_cut ? cut(from, own, work.columns, random) : Cut{0, uncut};
    memory_.column[node] = static_cast<std::uint8_t>(made.column);
    memory_.split[node] = made.split;
    const auto middle = static_cast<std::uint16_t>(begin + part(from, made, own));
    const std::uint16_t alone =
        made.split != uncut ? work.level_at[node] : std::min(work.level_at[node], level);
    work.begin[2 * node] = begin;
    work.end[2 * node] = work.begin[2 * node + 1] = middle;
    work.end[2 * node + 1] = end;
    work.level_at[2 * node] = work.level_at[2 * node + 1] = alone;
  }
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    const std::size_t at = leaves + leaf;
    memory_.leaf[leaf] = pack(work.level_at[at], work.end[at] - work.begin[at]);
  }
}

std::size_t IsolationTree::rows_below(std::size_t node, std::size_t level) const {
  const std::size_t width = std::size_t{1} << (height_ - level);
  const std::uint16_t* leaf =
      memory_.leaf + (node << (height_ - level)) - (std::size_t{1} << height_);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < width; ++i) rows += rows_of(leaf[i]);
  return rows;
}

// A cut that leaves less than half of the rows beside this one brings it nearer to being alone: its
// column gains by the halvings that were saved.
void IsolationTree::weigh(std::span<const float> row, std::span<double> weights) const {
  std::size_t node = 1;
  std::size_t rows = rows_below(1, 0);
  for (std::size_t level = 0; level < height_ && memory_.split[node] != uncut; ++level) {
    const std::size_t column = memory_.column[node];
    node = 2 * node + (goes_right(row[column], memory_.split[node]) ? 1 : 0);
    const std::size_t left = rows_below(node, level + 1);
    const double share = static_cast<double>(std::max<std::size_t>(rows, 1)) /
                         static_cast<double>(std::max<std::size_t>(left, 1));
    weights[column] += elementary::log(share) / ln2 - 1;
    rows = left;
  }
}

}  // namespace retimu
