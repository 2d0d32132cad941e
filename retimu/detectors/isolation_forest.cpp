// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/isolation_forest.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <new>
#include <numeric>

namespace retimu {

namespace {

constexpr double ln2 = 0.6931471805599453;
constexpr std::size_t rows_most = 1'000'000'000;  // training rows that are counted

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
  std::uint32_t rows;            // seen, at most memory, or rows_most while training
  std::uint32_t kept;            // rows in the reservoir
  std::uint32_t since;           // rows since a tree was renewed
  std::uint32_t standing, next;  // trees
  std::uint32_t is_trained = 0;  // from training rows, which nothing has made forget
  PageHinkley::State drift = {};
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
  double& score;                  // NaN: it abstained
  std::span<float> row;           // [d] from the origin
  std::span<std::uint16_t> rows;  // [capacity] of the reservoir
  IsolationTree::Work growing;
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
      refresh_(options.refresh_every),
      refreshes_on_drift_(options.refresh_on_drift),
      height_(static_cast<std::size_t>(std::bit_width(options.samples - 1))) {
  for (std::size_t rows = 0; rows <= samples_; ++rows) depth_within_.push_back(depth_within(rows));
}

std::size_t IsolationForest::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return sizeof(Head);  // the seed lasts
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

IsolationTree IsolationForest::tree(const Parts& parts, std::size_t index) const {
  const std::size_t at = index << height_;
  return {{&parts.splits[at], &parts.leaves[at], &parts.columns[at]}, height_};
}

std::size_t IsolationForest::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max), nodes = std::size_t{2} << height_;
  return sizeof(double) + d * sizeof(float) + (capacity_ + 3 * nodes + d) * sizeof(std::uint16_t);
}

IsolationForest::Work IsolationForest::work(Scratch scratch, std::size_t columns) const {
  const std::size_t nodes = std::size_t{2} << height_;
  auto* score = reinterpret_cast<double*>(scratch.data());
  auto* row = reinterpret_cast<float*>(score + 1);
  auto* rows = reinterpret_cast<std::uint16_t*>(row + columns);
  auto* begin = rows + capacity_;
  return {*score,
          {row, columns},
          {rows, capacity_},
          {{begin, nodes},
           {begin + nodes, nodes},
           {begin + 2 * nodes, nodes},
           {begin + 3 * nodes, columns}}};
}

void IsolationForest::create(void* at, std::size_t columns, std::uint64_t seed) const {
  new (at) Head{seed, 0, 0, 0, 0, 0};
  if (!may_judge(columns)) return;
  const Parts own = parts(at, columns);
  std::ranges::fill(own.origin, std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(own.reservoir, 0.0F);
  std::ranges::fill(own.splits, IsolationTree::uncut);
  std::ranges::fill(own.leaves, std::uint16_t{0});
  std::ranges::fill(own.columns, std::uint8_t{0});
}

void IsolationForest::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void IsolationForest::grow(void* to, std::size_t columns_to, void* from,
                           std::size_t /*columns_from*/) const {
  create(to, columns_to, static_cast<const Head*>(from)->random);
}

void IsolationForest::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  const std::uint32_t stored = visitor.version(version);
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
  count("rows", head.rows, rows_most);
  count("kept", head.kept, capacity_);
  count("since", head.since, rows_most);
  count("standing", head.standing, trees_);
  count("next", head.next, trees_ - 1);
  if (stored >= 2) visit_drift(head, visitor);
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

void IsolationForest::visit_drift(Head& head, StateVisitor& visitor) const {
  head.is_trained = static_cast<std::uint32_t>(visitor.count("is_trained", head.is_trained, 1));
  const bool had = refreshes_on_drift_;
  if (visitor.count("drift", had ? 1 : 0, 1) == 0) return;
  drift_.visit(head.drift, visitor);
  if (!had) head.drift = {};
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
                               return IsolationTree::level_of(leaf) <= height_ &&
                                      IsolationTree::rows_of(leaf) <= samples_;
                             }) &&
         std::ranges::all_of(parts.columns, [&](std::uint8_t column) { return column < parts.d; });
}

double IsolationForest::depth_of(std::uint16_t leaf) const {
  return static_cast<double>(IsolationTree::level_of(leaf)) +
         depth_within_[IsolationTree::rows_of(leaf)];
}

std::optional<double> IsolationForest::score(const void* state, const Observation& observation,
                                             Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own.d);
  for (std::size_t j = 0; j < own.d; ++j) at.row[j] = from_origin(row[j], own.origin[j]);
  at.score = std::numeric_limits<double>::quiet_NaN();
  if (own.head->standing < trees_) return std::nullopt;
  double depth = 0;
  for (std::size_t index = 0; index < trees_; ++index) {
    depth += depth_of(tree(own, index).leaf_of(at.row));
  }
  at.score =
      elementary::exp(-ln2 * depth / (static_cast<double>(trees_) * depth_within_[samples_]));
  return at.score;
}

void IsolationForest::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own.d);
  for (std::size_t j = 0; j < own.d; ++j) {
    if (std::isnan(own.origin[j])) own.origin[j] = row[j];
  }
  Head& head = *own.head;
  const bool is_training = observation.event.training;
  if (refreshes_on_drift_ && !is_training) look_for_drift(own, at.score);
  if (is_training) head.is_trained = 1;
  if (!may_renew(head, is_training)) return;
  take(own, at, is_training);
  ++head.since;
  if (head.kept < samples_) return;
  const bool is_growing = is_training || head.rows < memory_;
  const std::size_t period = is_growing ? head.rows : std::min<std::size_t>(head.rows, refresh_);
  if (head.standing == trees_ && head.since < std::max<std::size_t>(period / trees_, 1)) return;
  renew(own, at);
}

bool IsolationForest::may_renew(const Head& head, bool is_training) const {
  if (refresh_ > 0 || is_training || head.standing < trees_) return true;
  return head.is_trained == 0 && head.rows < memory_;
}

void IsolationForest::look_for_drift(const Parts& parts, double score) const {
  if (std::isnan(score)) return;
  PageHinkley::State& drift = parts.head->drift;
  PageHinkley::Work work{};
  const double statistic = drift_.score(drift, score, work);
  drift_.learn(drift, score, work);
  if (statistic >= drift_.limit) forget(parts);
}

// As many rows as a tree needs stay, any of those kept.
void IsolationForest::forget(const Parts& parts) const {
  Head& head = *parts.head;
  if (head.kept <= samples_) return;
  Random random(head.random);
  for (std::size_t i = 0; i < samples_; ++i) {
    const std::size_t other = i + random.below(head.kept - i);
    if (other == i) continue;
    const auto row = parts.reservoir.subspan(i * parts.d, parts.d);
    std::ranges::swap_ranges(row, parts.reservoir.subspan(other * parts.d, parts.d));
  }
  head.random = random.state();
  head.rows = head.kept = static_cast<std::uint32_t>(samples_);
  head.since = head.is_trained = 0;
}

// An even sample of the rows (Vitter's algorithm R) up to `memory_`, or of all training rows; then
// one that forgets.
void IsolationForest::take(const Parts& parts, const Work& work, bool is_training) const {
  Head& head = *parts.head;
  const std::size_t most = is_training ? rows_most : memory_;
  head.rows = static_cast<std::uint32_t>(std::min<std::size_t>(std::size_t{head.rows} + 1, most));
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

// Grows the oldest tree, or the first that does not stand, anew.
void IsolationForest::renew(const Parts& parts, const Work& work) const {
  Head& head = *parts.head;
  const IsolationTree grown = tree(parts, head.next);
  head.next = static_cast<std::uint32_t>(head.next + 1 == trees_ ? 0 : head.next + 1);
  head.standing = static_cast<std::uint32_t>(std::min<std::size_t>(head.standing + 1, trees_));
  head.since = 0;
  Random random(head.random);
  grown.grow({parts.d, parts.reservoir}, draw_rows(head.kept, work.rows, random), work.growing,
             random);
  head.random = random.state();
}

// `samples_` of those kept.
std::span<std::uint16_t> IsolationForest::draw_rows(std::size_t kept, std::span<std::uint16_t> rows,
                                                    Random& random) const {
  std::iota(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(kept), std::uint16_t{0});
  for (std::size_t i = 0; i < samples_; ++i) {
    std::swap(rows[i], rows[i + random.below(kept - i)]);
  }
  return rows.first(samples_);
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
    tree(own, index).weigh(at.row, weights);
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
