// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/half_space_trees.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace retimu {

namespace {

constexpr double largest = std::numeric_limits<double>::max();
constexpr double per_ln2 = 1.4426950408889634;
constexpr double outside_bits = 6;  // of a column that lies a whole cube beyond it

// The middle nine tenths of some readings, widened by half of its width on both sides.
struct Interval {
  double low = 0, width = 1;
  bool is_constant = false;
};

// NaN is left out. Sorts `readings`.
Interval fit_interval(std::span<double> readings) {
  const auto end = std::remove_if(readings.begin(), readings.end(),
                                  [](double value) { return std::isnan(value); });
  const std::span<double> known(readings.begin(), end);
  if (known.empty()) return {};
  std::ranges::sort(known);
  const std::size_t tail = known.size() / 20;
  const double low = known[tail];
  const double high = known[known.size() - 1 - tail];
  const double noise = resolution(low, high);
  const double width = distance(low, high);
  if (width <= noise) return {finite(low - 2 * noise), finite(4 * noise), true};
  return {finite(low - width / 2), finite(2 * width), false};
}

}  // namespace

struct HalfSpaceTrees::Head {
  std::uint32_t rows;            // counted by the latest window, below target
  std::uint32_t target;          // rows until the windows take turns
  std::uint32_t reference_rows;  // 0: still learning
  std::uint32_t samples;         // rows kept from the latest window
};

struct HalfSpaceTrees::Column {
  double low, per_width;                    // the unit interval, and 1 / its width
  std::array<double, samples_max> samples;  // NaN: missing
};

struct HalfSpaceTrees::Parts {
  Head& head;
  std::span<Column> columns;
  std::uint8_t* reference;  // [tree][node] rows of the reference window
  std::uint8_t* latest;     // [tree][leaf]
};

namespace {

bool has_row(const Observation& observation) {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty();
}

// In the unit interval; a cube's width more on both sides counts.
std::int32_t place_of(double value, double low, double per_width) {
  const double place = std::isnan(value) ? 0.5 : (value - low) * per_width;
  return static_cast<std::int32_t>(std::clamp(place, -1.0, 2.0) * HalfSpaceCuts::one_place);
}

}  // namespace

HalfSpaceTrees::HalfSpaceTrees(const Options& options, std::uint64_t seed)
    : cuts_(options.trees, options.depth, seed),
      trees_(options.trees),
      depth_(options.depth),
      window_(options.window) {
  for (std::size_t rows = 0; rows < bits_.size(); ++rows) {
    bits_[rows] = elementary::log(static_cast<double>(rows) + 0.25) * per_ln2;
  }
}

std::size_t HalfSpaceTrees::bytes(std::size_t columns) const {
  return sizeof(Head) + columns * sizeof(Column) + (trees_ << (depth_ + 1)) + (trees_ << depth_);
}

HalfSpaceTrees::Parts HalfSpaceTrees::parts(void* state, std::size_t columns) const {
  auto* at = static_cast<std::byte*>(state);
  auto* column = reinterpret_cast<Column*>(at + sizeof(Head));
  auto* counts = reinterpret_cast<std::uint8_t*>(column + columns);
  return {*static_cast<Head*>(state), {column, columns}, counts, counts + (trees_ << (depth_ + 1))};
}

// Score reads only.
HalfSpaceTrees::Parts HalfSpaceTrees::parts(const void* state, std::size_t columns) const {
  return parts(const_cast<void*>(state), columns);
}

HalfSpaceTrees::Places HalfSpaceTrees::places(Scratch scratch, std::size_t columns) const {
  return {reinterpret_cast<std::int32_t*>(scratch.data()), columns};
}

HalfSpaceTrees::Leaves HalfSpaceTrees::leaves(Scratch scratch, std::size_t columns) const {
  const std::size_t after = columns * sizeof(std::int32_t);
  return {reinterpret_cast<std::uint16_t*>(scratch.data() + after), trees_};
}

std::size_t HalfSpaceTrees::scratch_bytes(std::size_t columns) const {
  return columns * sizeof(std::int32_t) + trees_ * sizeof(std::uint16_t);
}

void HalfSpaceTrees::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  std::memset(at, 0, bytes(columns));
  start(parts(at, columns));
}

void HalfSpaceTrees::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void HalfSpaceTrees::grow(void* to, std::size_t columns_to, void* from,
                          std::size_t columns_from) const {
  create(to, columns_to, 0);
  destroy(from, columns_from);
}

void HalfSpaceTrees::start(const Parts& parts) const {
  parts.head = {0, samples_max, 0, 0};
  for (Column& column : parts.columns) {
    column.low = 0;
    column.per_width = 1;
  }
}

template <class F>
void HalfSpaceTrees::descend(const Parts& parts, F value_at, Places places, Leaves leaves) const {
  const auto place_at = [&](std::size_t column) {
    return place_of(value_at(column), parts.columns[column].low, parts.columns[column].per_width);
  };
  cuts_.descend(parts.columns.size(), place_at, places, leaves);
}

// Mean over trees of -log2 of the density at the row, that of an even spread over the cube being 0.
// A descent ends at the first node with at most a sixteenth of the rows: below it chance rules.
double HalfSpaceTrees::surprise(const Parts& parts, Leaves leaves) const {
  const std::uint32_t few = parts.head.reference_rows / 16;
  double sum = 0;
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    const std::uint8_t* rows = parts.reference + (tree << (depth_ + 1));
    const std::size_t leaf = leaves[tree];
    const auto goes_on = [&](std::size_t above_leaf) {
      return static_cast<std::size_t>(rows[leaf >> above_leaf] > few);
    };
    std::size_t level = 1;
    // Rows never grow on the way down, so levels can be counted without stopping.
    if (depth_ == HalfSpaceCuts::usual_depth) {
      level += goes_on(4) + goes_on(3) + goes_on(2) + goes_on(1);
    } else {
      for (std::size_t above_leaf = depth_ - 1; above_leaf > 0; --above_leaf) {
        level += goes_on(above_leaf);
      }
    }
    sum += bits_[rows[leaf >> (depth_ - level)]] + static_cast<double>(level);
  }
  return bits_[parts.head.reference_rows] - sum / static_cast<double>(trees_);
}

// Bits by which a place beyond the cube is stranger than one at its border.
double HalfSpaceTrees::outside(const Column& column, double value) {
  const double place = (value - column.low) * column.per_width;
  const double beyond = std::max(place - 1, -place);
  return beyond > 0 ? outside_bits * per_ln2 * elementary::log1p(std::min(beyond, largest)) : 0;
}

double HalfSpaceTrees::outside(const Parts& parts, std::span<const double> row) {
  double bits = 0;
  for (std::size_t column = 0; column < row.size(); ++column) {
    bits += outside(parts.columns[column], row[column]);
  }
  const double looked_at = static_cast<double>(std::min(row.size(), HalfSpaceCuts::picks_max));
  return bits * looked_at / static_cast<double>(row.size());
}

std::optional<double> HalfSpaceTrees::score(const void* state, const Observation& observation,
                                            Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  if (own.head.reference_rows == 0) return std::nullopt;
  const Leaves found = leaves(scratch, row.size());
  // Memory is asked for at once, and counts come while places are found.
  constexpr std::size_t line = 64;
  for (const Column& column : own.columns) __builtin_prefetch(&column);
  for (const std::uint8_t* at = own.reference; at < own.latest; at += line) __builtin_prefetch(at);
  descend(
      own, [row](std::size_t column) { return row[column]; }, places(scratch, row.size()), found);
  return surprise(own, found) + outside(own, row);
}

void HalfSpaceTrees::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  Head& head = own.head;
  const auto stride = static_cast<std::uint32_t>(head.target / samples_max);
  if (head.rows % stride == 0 && head.samples < samples_max) take_sample(own, row);
  if (head.reference_rows > 0) count(own, leaves(scratch, row.size()));
  if (++head.rows < head.target) return;
  if (head.reference_rows == 0 || has_moved(own)) {
    build(own, places(scratch, row.size()), leaves(scratch, row.size()));
  } else {
    turn(own);
  }
}

void HalfSpaceTrees::take_sample(const Parts& parts, std::span<const double> row) const {
  for (std::size_t column = 0; column < row.size(); ++column) {
    parts.columns[column].samples[parts.head.samples] = row[column];
  }
  ++parts.head.samples;
}

void HalfSpaceTrees::count(const Parts& parts, Leaves leaves) const {
  const std::size_t first = std::size_t{1} << depth_;
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    ++parts.latest[(tree << depth_) + leaves[tree] - first];
  }
}

// Whether the cube no longer suits what a column has shown since.
bool HalfSpaceTrees::has_moved(const Parts& parts) const {
  return std::ranges::any_of(parts.columns, [&](const Column& column) {
    std::array<double, samples_max> readings = column.samples;
    const Interval now = fit_interval(std::span<double>(readings).first(parts.head.samples));
    const double centre = (now.low + now.width / 2 - column.low) * column.per_width;
    if (now.is_constant) return !(centre >= 0 && centre <= 1);
    const double ratio = now.width * column.per_width;
    return !(ratio > 0.15 && ratio < 4 && std::fabs(centre - 0.5) < 0.6);
  });
}

// A new cube around the samples; they are the reference for now.
void HalfSpaceTrees::build(const Parts& parts, Places places, Leaves leaves) const {
  for (Column& column : parts.columns) {
    std::array<double, samples_max> readings = column.samples;
    const Interval interval = fit_interval(std::span<double>(readings).first(parts.head.samples));
    column.low = interval.low;
    column.per_width = 1.0 / interval.width;
  }
  std::memset(parts.latest, 0, trees_ << depth_);
  for (std::size_t sample = 0; sample < parts.head.samples; ++sample) {
    descend(
        parts, [&](std::size_t column) { return parts.columns[column].samples[sample]; }, places,
        leaves);
    count(parts, leaves);
  }
  parts.head.rows = parts.head.samples;
  parts.head.target = samples_max;
  turn(parts);
}

// The latest window becomes the reference; the next one is twice as long until the window's length
// is reached.
void HalfSpaceTrees::turn(const Parts& parts) const {
  const std::size_t first = std::size_t{1} << depth_;
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    std::memcpy(parts.reference + (tree << (depth_ + 1)) + first, parts.latest + (tree << depth_),
                first);
  }
  add_up(parts);
  std::memset(parts.latest, 0, trees_ << depth_);
  Head& head = parts.head;
  head.reference_rows = head.rows;
  head.target = static_cast<std::uint32_t>(std::min<std::size_t>(2 * head.target, window_));
  head.rows = 0;
  head.samples = 0;
}

void HalfSpaceTrees::add_up(const Parts& parts) const {
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    std::uint8_t* rows = parts.reference + (tree << (depth_ + 1));
    for (std::size_t node = (std::size_t{1} << depth_) - 1; node > 0; --node) {
      rows[node] = static_cast<std::uint8_t>(rows[2 * node] + rows[2 * node + 1]);
    }
  }
}

// The rows of inner nodes follow from the leaves, so they are not stored.
void HalfSpaceTrees::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  visitor.version(version);
  const Parts own = parts(at, columns);
  Head& head = own.head;
  if (visitor.count("trees", trees_, trees_) != trees_ ||
      visitor.count("depth", depth_, depth_) != depth_) {
    visitor.refuse();
    return;
  }
  const auto visit_count = [&visitor](std::string_view name, std::uint32_t& count,
                                      std::size_t max) {
    count = static_cast<std::uint32_t>(visitor.count(name, count, max));
  };
  visit_count("rows", head.rows, window_ - 1);
  visit_count("target", head.target, window_);
  visit_count("reference_rows", head.reference_rows, window_);
  visit_count("samples", head.samples, samples_max);
  for (Column& column : own.columns) {
    visitor.cell("low", column.low);
    visitor.cell("per_width", column.per_width);
    visitor.cells("samples", std::span<double>(column.samples).first(head.samples));
  }
  const std::size_t leaves = std::size_t{1} << depth_;
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    visitor.cells("reference", std::span(own.reference + (2 * tree + 1) * leaves, leaves));
    visitor.cells("latest", std::span(own.latest + tree * leaves, leaves));
  }
  add_up(own);
  if (!is_sound(own)) visitor.refuse();
}

bool HalfSpaceTrees::is_sound(const Parts& parts) const {
  const Head& head = parts.head;
  if (head.target < samples_max || head.rows >= head.target) return false;
  for (const Column& column : parts.columns) {
    if (!std::isfinite(column.low) || !(column.per_width > 0 && column.per_width < largest)) {
      return false;
    }
    const auto used = std::span<const double>(column.samples).first(head.samples);
    if (std::ranges::any_of(used, [](double value) { return std::isinf(value); })) return false;
  }
  const std::uint32_t latest_rows = head.reference_rows > 0 ? head.rows : 0;
  const std::size_t leaves = std::size_t{1} << depth_;
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    const std::uint8_t* reference = parts.reference + (2 * tree + 1) * leaves;
    const std::uint8_t* latest = parts.latest + tree * leaves;
    if (std::accumulate(reference, reference + leaves, 0U) != head.reference_rows) return false;
    if (std::accumulate(latest, latest + leaves, 0U) != latest_rows) return false;
  }
  return true;
}

// On its way to the leaf a row meets cuts; one that leaves less than half of the rows makes it
// stranger, and its column is the reason.
void HalfSpaceTrees::explain(const void* state, const Observation& observation, Scratch scratch,
                             std::vector<Reason>& to) const {
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  if (!has_row(observation) || own.head.reference_rows == 0) return;
  const Leaves found = leaves(scratch, row.size());
  const std::uint32_t few = own.head.reference_rows / 16;
  std::vector<double> weights(row.size(), 0.0);
  for (std::size_t tree = 0; tree < trees_; ++tree) {
    const std::uint8_t* rows = own.reference + (tree << (depth_ + 1));
    const Picks picked = cuts_.picks(tree, row.size());
    for (std::size_t level = 0; level < depth_; ++level) {
      const std::size_t node = found[tree] >> (depth_ - level);
      if (level > 0 && rows[node] <= few) break;
      const std::size_t child = found[tree] >> (depth_ - level - 1);
      weights[picked[cuts_.pick_of(tree, node, row.size())]] +=
          bits_[rows[node]] - bits_[rows[child]] - 1;
    }
  }
  const std::size_t first = to.size();
  for (std::size_t column = 0; column < row.size(); ++column) {
    if (std::isnan(row[column])) continue;
    weights[column] += outside(own.columns[column], row[column]) * static_cast<double>(trees_);
    if (weights[column] <= 0) continue;
    const double width = std::min(1 / own.columns[column].per_width, largest);
    const double low = finite(own.columns[column].low + width / 4);
    to.push_back({observation.entity.columns[column], row[column], low, finite(low + width / 2),
                  weights[column] / static_cast<double>(trees_)});
  }
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
