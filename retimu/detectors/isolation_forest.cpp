// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/isolation_forest.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace retimu {

namespace {

constexpr float uncut = std::numeric_limits<float>::infinity();
constexpr double ln2 = 0.6931471805599453;

// A leaf: on which level its rows were left alone, and how many they were.
constexpr std::uint16_t pack(std::size_t level, std::size_t rows) {
  return static_cast<std::uint16_t>(level << 10U | rows);
}
constexpr std::size_t level_of(std::uint16_t leaf) { return leaf >> 10U; }
constexpr std::size_t rows_of(std::uint16_t leaf) { return leaf & 1'023U; }

// NaN goes left.
bool goes_right(float value, float split) { return value >= split; }

// The mean depth at which an unsuccessful search ends in a binary tree of `rows` rows.
double depth_within(std::size_t rows) {
  constexpr double euler = 0.5772156649015329;
  if (rows <= 1) return 0;
  if (rows == 2) return 1;
  const auto n = static_cast<double>(rows);
  return 2 * (elementary::log(n - 1) + euler) - 2 * (n - 1) / n;
}

}  // namespace

struct IsolationForest::Head {
  std::uint64_t random;
  std::uint32_t rows;            // seen, at most memory
  std::uint32_t kept;            // rows in the reservoir
  std::uint32_t since;           // rows since a tree was renewed
  std::uint32_t standing, next;  // trees
};

// A heap: root 1, children 2n and 2n + 1. Where no more is cut, `split` is `uncut` and all goes
// left, so that every descent takes `height_` steps.
struct IsolationForest::Tree {
  float* split;          // [node]
  std::uint16_t* leaf;   // [leaf] packed
  std::uint8_t* column;  // [node]
};

struct IsolationForest::Parts {
  std::size_t d;
  Head* head;
  std::span<double> origin;    // [d] the first value, NaN before
  std::span<float> reservoir;  // [row][d] from the origin
  std::span<float> splits;     // [tree][node]
  std::span<std::uint16_t> leaves;
  std::span<std::uint8_t> columns;
};

struct IsolationForest::Work {
  std::span<float> row;               // [d] from the origin
  std::span<std::uint16_t> rows;      // [capacity] of the reservoir
  std::span<std::uint16_t> begin;     // [node or leaf] of its rows
  std::span<std::uint16_t> end;       // likewise
  std::span<std::uint16_t> level_at;  // [node or leaf] that its rows were left alone on: height_
                                      // while they may be cut
  std::span<std::uint16_t> columns;   // [d]
};

struct IsolationForest::Cut {
  std::size_t column;
  float split;  // uncut: all rows are alike
};

namespace {

bool may_judge(std::size_t columns) {
  return columns > 0 && columns <= IsolationForest::columns_max;
}

bool has_row(const Observation& observation) {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && may_judge(observation.entity.latest.size());
}

float from_origin(double value, double origin) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
  if (std::isnan(origin)) return 0;
  return static_cast<float>(std::clamp(value - origin, -largest, largest));
}

}  // namespace

IsolationForest::IsolationForest(const Options& options)
    : trees_(options.trees),
      samples_(options.samples),
      memory_(std::max(options.memory, 4 * options.samples)),
      capacity_(4 * options.samples),
      height_(static_cast<std::size_t>(std::bit_width(options.samples - 1))) {
  for (std::size_t rows = 0; rows <= samples_; ++rows) depth_within_.push_back(depth_within(rows));
}

std::size_t IsolationForest::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return 0;
  const std::size_t node = sizeof(float) + sizeof(std::uint16_t) + sizeof(std::uint8_t);
  return sizeof(Head) + columns * (sizeof(double) + capacity_ * sizeof(float)) +
         (trees_ << height_) * node;
}

IsolationForest::Parts IsolationForest::parts(const void* state, std::size_t columns) const {
  auto* head = const_cast<Head*>(static_cast<const Head*>(state));
  auto* origin = reinterpret_cast<double*>(head + 1);
  auto* reservoir = reinterpret_cast<float*>(origin + columns);
  const std::size_t nodes = trees_ << height_;
  auto* splits = reservoir + capacity_ * columns;
  auto* leaves = reinterpret_cast<std::uint16_t*>(splits + nodes);
  auto* cut_columns = reinterpret_cast<std::uint8_t*>(leaves + nodes);
  return {columns,
          head,
          {origin, columns},
          {reservoir, capacity_ * columns},
          {splits, nodes},
          {leaves, nodes},
          {cut_columns, nodes}};
}

IsolationForest::Tree IsolationForest::tree(const Parts& parts, std::size_t index) const {
  const std::size_t at = index << height_;
  return {&parts.splits[at], &parts.leaves[at], &parts.columns[at]};
}

std::size_t IsolationForest::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max), nodes = std::size_t{2} << height_;
  return d * sizeof(float) + (capacity_ + 3 * nodes + d) * sizeof(std::uint16_t);
}

IsolationForest::Work IsolationForest::work(Scratch scratch, std::size_t columns) const {
  const std::size_t nodes = std::size_t{2} << height_;
  auto* row = reinterpret_cast<float*>(scratch.data());
  auto* rows = reinterpret_cast<std::uint16_t*>(row + columns);
  auto* begin = rows + capacity_;
  return {{row, columns},         {rows, capacity_},          {begin, nodes},
          {begin + nodes, nodes}, {begin + 2 * nodes, nodes}, {begin + 3 * nodes, columns}};
}

void IsolationForest::create(void* at, std::size_t columns, std::uint64_t seed) const {
  if (!may_judge(columns)) return;
  const Parts own = parts(at, columns);
  *own.head = {seed, 0, 0, 0, 0, 0};
  std::ranges::fill(own.origin, std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(own.reservoir, 0.0F);
  std::ranges::fill(own.splits, uncut);
  std::ranges::fill(own.leaves, std::uint16_t{0});
  std::ranges::fill(own.columns, std::uint8_t{0});
}

void IsolationForest::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void IsolationForest::grow(void* to, std::size_t columns_to, void* from,
                           std::size_t columns_from) const {
  create(to, columns_to, may_judge(columns_from) ? parts(from, columns_from).head->random : 0);
}

void IsolationForest::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  visitor.version(version);
  if (!may_judge(columns)) return;
  if (visitor.count("trees", trees_, trees_) != trees_ ||
      visitor.count("samples", samples_, samples_) != samples_) {
    visitor.refuse();
    return;
  }
  const Parts own = parts(at, columns);
  Head& head = *own.head;
  const auto count = [&visitor](std::string_view name, std::uint32_t& value, std::size_t most) {
    value = static_cast<std::uint32_t>(visitor.count(name, value, most));
  };
  visitor.cell("random", head.random);
  count("rows", head.rows, memory_);
  count("kept", head.kept, capacity_);
  count("since", head.since, memory_);
  count("standing", head.standing, trees_);
  count("next", head.next, trees_ - 1);
  const std::size_t nodes = std::size_t{head.standing} << height_;
  visitor.cells("origin", own.origin);
  visitor.cells("reservoir", own.reservoir.first(head.kept * columns));
  visitor.cells("splits", own.splits.first(nodes));
  visitor.cells("leaves", own.leaves.first(nodes));
  visitor.cells("columns", own.columns.first(nodes));
  if (is_sound(own)) return;
  visitor.refuse();
  create(at, columns, 0);
}

bool IsolationForest::is_sound(const Parts& parts) const {
  const Head& head = *parts.head;
  const bool has_counts = head.kept == std::min<std::size_t>(head.rows, capacity_) &&
                          (head.standing == 0 || head.kept >= samples_);
  const auto is_known = [](auto value) { return !std::isinf(value); };
  return has_counts && std::ranges::all_of(parts.origin, is_known) &&
         std::ranges::all_of(parts.reservoir, is_known) &&
         std::ranges::none_of(parts.splits, [](float split) { return std::isnan(split); }) &&
         std::ranges::all_of(parts.leaves,
                             [this](std::uint16_t leaf) {
                               return level_of(leaf) <= height_ && rows_of(leaf) <= samples_;
                             }) &&
         std::ranges::all_of(parts.columns, [&](std::uint8_t column) { return column < parts.d; });
}

std::size_t IsolationForest::leaf_of(const Tree& tree, std::span<const float> row) const {
  std::size_t node = 1;
  for (std::size_t level = 0; level < height_; ++level) {
    node = 2 * node + (goes_right(row[tree.column[node]], tree.split[node]) ? 1 : 0);
  }
  return node - (std::size_t{1} << height_);
}

double IsolationForest::depth_of(std::uint16_t leaf) const {
  return static_cast<double>(level_of(leaf)) + depth_within_[rows_of(leaf)];
}

std::optional<double> IsolationForest::score(const void* state, const Observation& observation,
                                             Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own.d);
  for (std::size_t j = 0; j < own.d; ++j) at.row[j] = from_origin(row[j], own.origin[j]);
  if (own.head->standing < trees_) return std::nullopt;
  double depth = 0;
  for (std::size_t index = 0; index < trees_; ++index) {
    const Tree one = tree(own, index);
    depth += depth_of(one.leaf[leaf_of(one, at.row)]);
  }
  return elementary::exp(-ln2 * depth / (static_cast<double>(trees_) * depth_within_[samples_]));
}

void IsolationForest::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own.d);
  for (std::size_t j = 0; j < own.d; ++j) {
    if (std::isnan(own.origin[j])) own.origin[j] = row[j];
  }
  take(own, at);
  Head& head = *own.head;
  ++head.since;
  if (head.kept < samples_) return;
  const std::size_t pace = std::max<std::size_t>(head.rows / trees_, 1);
  if (head.standing == trees_ && head.since < pace) return;
  renew(own, at);
}

// An even sample of the rows (Vitter's algorithm R) up to `memory_`; then one that forgets.
void IsolationForest::take(const Parts& parts, const Work& work) const {
  Head& head = *parts.head;
  head.rows = static_cast<std::uint32_t>(std::min<std::size_t>(head.rows + 1, memory_));
  std::size_t slot = head.kept;
  if (head.kept < capacity_) {
    ++head.kept;
  } else {
    Random random(head.random);
    slot = random.below(head.rows);
    head.random = random.state();
    if (slot >= capacity_) return;
  }
  std::ranges::copy(work.row, parts.reservoir.subspan(slot * parts.d, parts.d).begin());
}

// The first `samples_` of work.rows.
void IsolationForest::draw_rows(const Parts& parts, const Work& work) const {
  Random random(parts.head->random);
  const std::size_t kept = parts.head->kept;
  std::iota(work.rows.begin(), work.rows.begin() + static_cast<std::ptrdiff_t>(kept),
            std::uint16_t{0});
  for (std::size_t i = 0; i < samples_; ++i) {
    std::swap(work.rows[i], work.rows[i + random.below(kept - i)]);
  }
  parts.head->random = random.state();
}

// One of the columns that vary, each equally likely, and a place that leaves rows on both sides.
IsolationForest::Cut IsolationForest::cut(const Parts& parts, std::span<const std::uint16_t> rows,
                                          std::span<std::uint16_t> columns) {
  Random random(parts.head->random);
  Cut found{0, uncut};
  for (std::size_t tried = 0; tried < columns.size() && found.split == uncut; ++tried) {
    std::swap(columns[tried], columns[tried + random.below(columns.size() - tried)]);
    const float* values = parts.reservoir.data() + columns[tried];
    float low = uncut, high = -uncut;
    for (const std::uint16_t row : rows) {
      const float value = values[row * parts.d];
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
    if (!(low < high)) continue;
    const double place = low + (static_cast<double>(high) - low) * random.uniform();
    const auto split = static_cast<float>(place);
    found = {columns[tried], split > low ? split : high};
  }
  parts.head->random = random.state();
  return found;
}

// Those that go left first; how many they are.
std::size_t IsolationForest::part(const Parts& parts, const Cut& made,
                                  std::span<std::uint16_t> rows) {
  if (made.split == uncut) return rows.size();
  const float* values = parts.reservoir.data() + made.column;
  const auto right = std::partition(rows.begin(), rows.end(), [&](std::uint16_t row) {
    return !goes_right(values[row * parts.d], made.split);
  });
  return static_cast<std::size_t>(right - rows.begin());
}

// Grows the oldest tree, or the first that does not stand, anew. A node's children part its rows
// between them where they lie.
void IsolationForest::renew(const Parts& parts, const Work& work) const {
  Head& head = *parts.head;
  const Tree grown = tree(parts, head.next);
  head.next = static_cast<std::uint32_t>(head.next + 1 == trees_ ? 0 : head.next + 1);
  head.standing = static_cast<std::uint32_t>(std::min<std::size_t>(head.standing + 1, trees_));
  head.since = 0;
  draw_rows(parts, work);
  std::iota(work.columns.begin(), work.columns.end(), std::uint16_t{0});
  const std::size_t leaves = std::size_t{1} << height_;
  work.begin[1] = 0;
  work.end[1] = static_cast<std::uint16_t>(samples_);
  work.level_at[1] = static_cast<std::uint16_t>(height_);
  for (std::size_t node = 1; node < leaves; ++node) {
    const std::uint16_t begin = work.begin[node], end = work.end[node];
    const auto rows = work.rows.subspan(begin, end - begin);
    const auto level = static_cast<std::uint16_t>(std::bit_width(node) - 1);
    const bool may_cut = work.level_at[node] == height_ && rows.size() > 1;
    const Cut made = may_cut ? cut(parts, rows, work.columns) : Cut{0, uncut};
    grown.column[node] = static_cast<std::uint8_t>(made.column);
    grown.split[node] = made.split;
    const auto middle = static_cast<std::uint16_t>(begin + part(parts, made, rows));
    const std::uint16_t alone =
        made.split != uncut ? work.level_at[node] : std::min(work.level_at[node], level);
    work.begin[2 * node] = begin;
    work.end[2 * node] = work.begin[2 * node + 1] = middle;
    work.end[2 * node + 1] = end;
    work.level_at[2 * node] = work.level_at[2 * node + 1] = alone;
  }
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    const std::size_t at = leaves + leaf;
    grown.leaf[leaf] = pack(work.level_at[at], work.end[at] - work.begin[at]);
  }
}

std::size_t IsolationForest::rows_below(const Tree& tree, std::size_t node,
                                        std::size_t level) const {
  const std::size_t width = std::size_t{1} << (height_ - level);
  const std::uint16_t* leaf = tree.leaf + (node << (height_ - level)) - (std::size_t{1} << height_);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < width; ++i) rows += rows_of(leaf[i]);
  return rows;
}

// A cut that leaves less than half of the rows beside this one brings it nearer to being alone: its
// column gains by the halvings that were saved.
void IsolationForest::weigh(const Tree& tree, std::span<const float> row,
                            std::span<double> weights) const {
  std::size_t node = 1;
  std::size_t rows = rows_below(tree, 1, 0);
  for (std::size_t level = 0; level < height_ && tree.split[node] != uncut; ++level) {
    const std::size_t column = tree.column[node];
    node = 2 * node + (goes_right(row[column], tree.split[node]) ? 1 : 0);
    const std::size_t left = rows_below(tree, node, level + 1);
    const double share = static_cast<double>(std::max<std::size_t>(rows, 1)) /
                         static_cast<double>(std::max<std::size_t>(left, 1));
    weights[column] += elementary::log(share) / ln2 - 1;
    rows = left;
  }
}

// Expected is what the middle 96 % of the reservoir held.
void IsolationForest::explain(const void* state, const Observation& observation, Scratch scratch,
                              std::vector<Reason>& to) const {
  if (!has_row(observation)) return;
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  const Work at = work(scratch, own.d);
  std::vector<double> weights(own.d, 0.0);
  for (std::size_t index = 0; index < own.head->standing; ++index) {
    weigh(tree(own, index), at.row, weights);
  }
  const std::size_t first = to.size();
  std::vector<double> values;
  for (std::size_t j = 0; j < own.d; ++j) {
    values.clear();
    for (std::size_t row = 0; row < own.head->kept; ++row) {
      const double value = own.reservoir[row * own.d + j];
      if (!std::isnan(value)) values.push_back(finite(own.origin[j] + value));
    }
    if (values.empty() || std::isnan(entity.latest[j])) continue;
    std::ranges::sort(values);
    const std::size_t tail = values.size() / 50;
    to.push_back({entity.columns[j], entity.latest[j], values[tail],
                  values[values.size() - 1 - tail],
                  std::max(weights[j], 0.0) / static_cast<double>(trees_)});
  }
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
