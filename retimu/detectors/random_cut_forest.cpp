// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/random_cut_forest.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/detectors/random_cut_tree.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace retimu {

namespace {

constexpr double alpha = 0.1;        // of the newest row in the score
constexpr double sampled_most = 16;  // deviations from the mean, of what enters the sample
constexpr double value_most = 1e30;  // from the origin

// Hands out pieces of memory, one after the other.
class Pieces {
 public:
  explicit Pieces(void* at) : at_(static_cast<std::byte*>(at)) {}
  template <class T>
  std::span<T> take(std::size_t count) {
    auto* piece = reinterpret_cast<T*>(at_);
    at_ += count * sizeof(T);
    return {piece, count};
  }

 private:
  std::byte* at_;
};

constexpr std::size_t to_eights(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

float from_origin(double value, double origin) {
  if (std::isnan(value) || std::isnan(origin)) return 0;
  return static_cast<float>(std::clamp(value - origin, -value_most, value_most));
}

}  // namespace

struct RandomCutForest::Head {
  std::uint64_t random;
  double smooth;
  std::uint32_t rows;    // seen, at most memory
  std::uint32_t kept;    // of these in the sample
  std::uint32_t points;  // of these that differ
  std::uint32_t past;    // rows before the next that are known, at most shingle - 1
};

struct RandomCutForest::Parts {
  std::size_t d, dimensions;
  Head* head;
  std::span<double> origin;       // [d] the first value, NaN before
  std::span<float> past;          // [shingle - 1][d] rows, newest first, from the origin
  std::span<float> mean, weight;  // [dimensions] of the sample; weight: 1 / deviation
  std::span<float> values;        // [place][dimensions] the points of the sample
  std::span<std::uint16_t> rows;  // [place] that are equal to it; 0: free
  std::byte* trees;
  std::size_t tree_bytes;

  PointTable table() const { return {dimensions, values, rows, weight}; }
  RandomCutTree::Memory memory(std::size_t tree) const {
    const std::size_t inner = rows.size();
    Pieces pieces(trees + tree * tree_bytes);
    RandomCutTree::Memory memory{};
    memory.cut = pieces.take<float>(inner);
    memory.left = pieces.take<std::uint16_t>(inner);
    memory.right = pieces.take<std::uint16_t>(inner);
    memory.parent = pieces.take<std::uint16_t>(inner);
    memory.rows = pieces.take<std::uint16_t>(inner);
    memory.leaf_parent = pieces.take<std::uint16_t>(inner);
    memory.root = pieces.take<std::uint16_t>(1).data();
    memory.column = pieces.take<std::uint8_t>(inner);
    memory.box = pieces.take<Place>(inner * 2 * dimensions);
    return memory;
  }
  std::size_t inner_count() const { return head->points > 0 ? head->points - 1 : 0; }
  RandomCutTree tree(std::size_t index) const { return {table(), memory(index), inner_count()}; }
};

struct RandomCutForest::Work {
  double* smooth;
  std::span<float> point;    // [dimensions]
  std::span<float> sampled;  // [dimensions] as it enters the sample
};

bool RandomCutForest::may_judge(std::size_t columns) const {
  return columns > 0 && columns * options_.shingle <= dimensions_max;
}

bool RandomCutForest::has_row(const Observation& observation) const {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && may_judge(observation.entity.latest.size());
}

std::size_t RandomCutForest::tree_bytes(std::size_t dimensions) const {
  const std::size_t node = sizeof(float) + 5 * sizeof(std::uint16_t) + 1 + 2 * dimensions;
  return to_eights(options_.samples * node + sizeof(std::uint16_t));
}

// Past, mean, weight, values and rows.
std::size_t RandomCutForest::table_bytes(std::size_t dimensions) const {
  return to_eights((options_.samples + 3) * dimensions * sizeof(float) +
                   options_.samples * sizeof(std::uint16_t));
}

std::size_t RandomCutForest::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return sizeof(Head);  // the seed lasts
  const std::size_t dimensions = columns * options_.shingle;
  return sizeof(Head) + columns * sizeof(double) + table_bytes(dimensions) +
         options_.trees * tree_bytes(dimensions);
}

RandomCutForest::Parts RandomCutForest::parts(const void* state, std::size_t columns) const {
  Pieces pieces(const_cast<void*>(state));
  Parts parts{};
  parts.d = columns;
  parts.dimensions = columns * options_.shingle;
  parts.head = pieces.take<Head>(1).data();
  parts.origin = pieces.take<double>(columns);
  Pieces table(pieces.take<std::byte>(table_bytes(parts.dimensions)).data());
  parts.past = table.take<float>(parts.dimensions).first(parts.dimensions - columns);
  parts.mean = table.take<float>(parts.dimensions);
  parts.weight = table.take<float>(parts.dimensions);
  parts.values = table.take<float>(options_.samples * parts.dimensions);
  parts.rows = table.take<std::uint16_t>(options_.samples);
  parts.trees = pieces.take<std::byte>(0).data();
  parts.tree_bytes = tree_bytes(parts.dimensions);
  return parts;
}

std::size_t RandomCutForest::scratch_bytes(std::size_t columns) const {
  const std::size_t dimensions = std::min(columns * options_.shingle, dimensions_max);
  return sizeof(double) + 2 * dimensions * sizeof(float);
}

RandomCutForest::Work RandomCutForest::work(Scratch scratch, const Parts& parts) {
  Pieces pieces(scratch.data());
  Work work{};
  work.smooth = pieces.take<double>(1).data();
  work.point = pieces.take<float>(parts.dimensions);
  work.sampled = pieces.take<float>(parts.dimensions);
  return work;
}

void RandomCutForest::create(void* at, std::size_t columns, std::uint64_t seed) const {
  std::fill_n(static_cast<std::byte*>(at), bytes(columns), std::byte{0});
  static_cast<Head*>(at)->random = seed;
  if (!may_judge(columns)) return;
  const Parts own = parts(at, columns);
  std::ranges::fill(own.origin, std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(own.weight, 1.0F);
  for (std::size_t i = 0; i < options_.trees; ++i) *own.memory(i).root = RandomCutTree::none;
}

void RandomCutForest::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void RandomCutForest::grow(void* to, std::size_t columns_to, void* from,
                           std::size_t /*columns_from*/) const {
  create(to, columns_to, static_cast<const Head*>(from)->random);
}

void RandomCutForest::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  visitor.version(version);
  visitor.cell("random", static_cast<Head*>(at)->random);
  if (!may_judge(columns)) return;
  const auto is_same = [&visitor](std::string_view name, std::size_t value) {
    return visitor.count(name, value, value) == value;
  };
  if (!is_same("trees", options_.trees) || !is_same("samples", options_.samples) ||
      !is_same("shingle", options_.shingle)) {
    visitor.refuse();
    return;
  }
  const Parts own = parts(at, columns);
  Head& head = *own.head;
  const auto count = [&visitor](std::string_view name, std::uint32_t& value, std::size_t most) {
    value = static_cast<std::uint32_t>(visitor.count(name, value, most));
  };
  visitor.cell("smooth", head.smooth);
  count("rows", head.rows, options_.memory);
  count("kept", head.kept, options_.samples);
  count("points", head.points, head.kept);
  count("past", head.past, options_.shingle - 1);
  visitor.cells("origin", own.origin);
  visitor.cells("past", own.past);
  visitor.cells("values", own.values);
  visitor.cells("sample", own.rows);
  visit_trees(own, visitor);
  if (is_sound(own)) return weigh(own);
  visitor.refuse();
  create(at, columns, 0);
}

void RandomCutForest::visit_trees(const Parts& parts, StateVisitor& visitor) const {
  const std::size_t inner = parts.inner_count();
  for (std::size_t i = 0; i < options_.trees && !visitor.failed(); ++i) {
    const RandomCutTree::Memory memory = parts.memory(i);
    visitor.cell("root", *memory.root);
    visitor.cells("cut", memory.cut.first(inner));
    visitor.cells("left", memory.left.first(inner));
    visitor.cells("right", memory.right.first(inner));
    visitor.cells("column", memory.column.first(inner));
  }
}

bool RandomCutForest::is_sound(const Parts& parts) const {
  const Head& head = *parts.head;
  const auto is_bounded = [](float value) { return std::fabs(value) <= value_most; };
  const auto points = static_cast<std::size_t>(
      std::ranges::count_if(parts.rows, [](std::uint16_t rows) { return rows > 0; }));
  const std::size_t kept = std::accumulate(parts.rows.begin(), parts.rows.end(), std::size_t{0});
  if (points != head.points || kept != head.kept ||
      head.kept != std::min<std::size_t>(head.rows, options_.samples) ||
      !(head.smooth >= 0 && head.smooth <= value_most) ||
      !std::ranges::all_of(parts.values, is_bounded) ||
      !std::ranges::all_of(parts.past, is_bounded) ||
      !std::ranges::none_of(parts.origin, [](double value) { return std::isinf(value); })) {
    return false;
  }
  for (std::size_t i = 0; i < options_.trees; ++i) {
    RandomCutTree tree = parts.tree(i);
    if (!tree.derive()) return false;
  }
  return true;
}

std::optional<double> RandomCutForest::score(const void* state, const Observation& observation,
                                             Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own);
  for (std::size_t j = 0; j < own.d; ++j) at.point[j] = from_origin(row[j], own.origin[j]);
  std::ranges::copy(own.past, at.point.begin() + static_cast<std::ptrdiff_t>(own.d));
  *at.smooth = own.head->smooth;
  if (own.head->kept < options_.samples) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < options_.trees; ++i) sum += own.tree(i).displacement(at.point, {});
  const double evidence = elementary::log1p(sum / static_cast<double>(options_.trees));
  *at.smooth += alpha * (evidence - *at.smooth);
  return (evidence + *at.smooth) / 2;
}

bool RandomCutForest::ranks(std::size_t columns) const { return may_judge(columns); }

double RandomCutForest::rank(const void* state, const Observation& observation,
                             Scratch scratch) const {
  return *work(scratch, parts(state, observation.entity.latest.size())).smooth;
}

// Mean and deviation of the sample in each column of a point.
void RandomCutForest::weigh(const Parts& parts) {
  const auto kept = static_cast<double>(std::max(parts.head->kept, 1U));
  for (std::size_t j = 0; j < parts.dimensions; ++j) {
    const auto sum_of = [&](const auto& term) {
      double sum = 0;
      for (std::size_t place = 0; place < parts.rows.size(); ++place) {
        sum += parts.rows[place] * term(double{parts.values[place * parts.dimensions + j]});
      }
      return sum;
    };
    const double mean = sum_of([](double value) { return value; }) / kept;
    const double variance =
        sum_of([mean](double value) { return (value - mean) * (value - mean); }) / kept;
    const double origin = parts.origin[j % parts.d];
    const double level = std::min(std::fabs(std::isnan(origin) ? mean : origin + mean), value_most);
    const double still = std::max(1e-3 * level, 1e-6);  // scale of a column that stands still
    const double noise = resolution(level, 0);
    const double scale = variance > noise * noise ? std::sqrt(variance) : still;
    parts.mean[j] = static_cast<float>(mean);
    parts.weight[j] = static_cast<float>(1 / scale);
  }
}

// One row of the sample, each with the same chance.
void RandomCutForest::remove_one(const Parts& parts, Random& random) const {
  std::size_t left = random.below(parts.head->kept), place = 0;
  while (left >= parts.rows[place]) left -= parts.rows[place++];
  const bool is_last = parts.rows[place] == 1;
  for (std::size_t i = 0; i < options_.trees; ++i) {
    RandomCutTree tree = parts.tree(i);
    if (is_last) {
      tree.remove(static_cast<Place>(place));
    } else {
      tree.count(static_cast<Place>(place), false);
    }
  }
  --parts.rows[place];
  --parts.head->kept;
  if (is_last) --parts.head->points;
}

void RandomCutForest::add(const Parts& parts, std::span<const float> point, Random& random) const {
  const PointTable table = parts.table();
  const std::size_t none = parts.rows.size();
  std::size_t place = 0, free = none;
  for (; place < none; ++place) {
    if (parts.rows[place] == 0) {
      free = std::min(free, place);
    } else if (std::ranges::equal(table.point(static_cast<Place>(place)), point)) {
      break;
    }
  }
  const bool is_new = place == none;
  if (is_new) {
    place = free;
    std::ranges::copy(point,
                      parts.values.begin() + static_cast<std::ptrdiff_t>(place * parts.dimensions));
  }
  ++parts.rows[place];
  for (std::size_t i = 0; i < options_.trees; ++i) {
    RandomCutTree tree = parts.tree(i);
    if (is_new) {
      tree.insert(static_cast<Place>(place), random);
    } else {
      tree.count(static_cast<Place>(place), true);
    }
  }
  ++parts.head->kept;
  if (is_new) ++parts.head->points;
}

void RandomCutForest::take(const Parts& parts, const Work& work) const {
  Head& head = *parts.head;
  Random random(head.random);
  head.rows = static_cast<std::uint32_t>(std::min<std::size_t>(head.rows + 1, options_.memory));
  const bool is_full = head.kept == options_.samples;
  if (!is_full || random.below(head.rows) < options_.samples) {
    std::ranges::copy(work.point, work.sampled.begin());
    for (std::size_t j = 0; is_full && j < parts.dimensions; ++j) {
      const double reach = sampled_most / parts.weight[j];
      work.sampled[j] = static_cast<float>(
          std::clamp<double>(work.point[j], parts.mean[j] - reach, parts.mean[j] + reach));
    }
    if (is_full) remove_one(parts, random);
    add(parts, work.sampled, random);
    weigh(parts);
  }
  head.random = random.state();
}

void RandomCutForest::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, own);
  Head& head = *own.head;
  bool has_begun = false;
  for (std::size_t j = 0; j < own.d; ++j) {
    if (!std::isnan(own.origin[j]) || std::isnan(row[j])) continue;
    own.origin[j] = row[j];
    has_begun = true;
  }
  if (has_begun && head.kept > 0) weigh(own);  // as a restart would
  head.smooth = *at.smooth;
  if (head.past + 1 < options_.shingle) {
    ++head.past;
  } else {
    take(own, at);
  }
  std::copy_n(at.point.begin(), own.past.size(), own.past.begin());
}

// A column's part in parting the row from the others, over all rows of the point; expected is what
// the middle 96 % of the sample held.
void RandomCutForest::explain(const void* state, const Observation& observation, Scratch scratch,
                              std::vector<Reason>& to) const {
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  const Work at = work(scratch, own);
  std::vector<double> weights(own.dimensions, 0.0);
  for (std::size_t i = 0; i < options_.trees; ++i) {
    (void)own.tree(i).displacement(at.point, weights);
  }
  const std::size_t first = to.size();
  std::vector<double> values;
  for (std::size_t j = 0; j < own.d; ++j) {
    if (std::isnan(entity.latest[j])) continue;
    values.clear();
    for (std::size_t place = 0; place < own.rows.size(); ++place) {
      values.insert(values.end(), own.rows[place],
                    finite(own.origin[j] + own.values[place * own.dimensions + j]));
    }
    std::ranges::sort(values);
    const std::size_t tail = values.size() / 50;
    double weight = 0;
    for (std::size_t i = j; i < own.dimensions; i += own.d) weight += weights[i];
    to.push_back({entity.columns[j], entity.latest[j], values[tail],
                  values[values.size() - 1 - tail], weight / static_cast<double>(options_.trees)});
  }
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
