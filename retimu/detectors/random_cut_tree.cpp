// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/random_cut_tree.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>

namespace retimu {

struct RandomCutTree::Cut {
  std::size_t column;
  float place;
  bool parts;  // the point from all that is below the node
  bool is_point_left;
};

// How far a row lies outside of a node's box, and the extent of both together, over the columns.
struct RandomCutTree::Reach {
  double beyond, together;
};

std::uint16_t& RandomCutTree::parent_of(std::uint16_t node) const {
  return is_leaf(node) ? memory_.leaf_parent[node - first_leaf] : memory_.parent[node];
}

std::size_t RandomCutTree::rows_of(std::uint16_t node) const {
  return is_leaf(node) ? points_.rows[node - first_leaf] : memory_.rows[node];
}

Place RandomCutTree::lowest(std::uint16_t node, std::size_t column) const {
  if (is_leaf(node)) return static_cast<Place>(node - first_leaf);
  return memory_.box[2 * points_.d * node + column];
}

Place RandomCutTree::highest(std::uint16_t node, std::size_t column) const {
  if (is_leaf(node)) return static_cast<Place>(node - first_leaf);
  return memory_.box[2 * points_.d * node + points_.d + column];
}

std::uint16_t RandomCutTree::child_towards(std::uint16_t node, std::span<const float> row) const {
  const bool is_left = row[memory_.column[node]] <= memory_.cut[node];
  return is_left ? memory_.left[node] : memory_.right[node];
}

RandomCutTree::Reach RandomCutTree::reach_beyond(std::uint16_t node,
                                                 std::span<const float> row) const {
  Reach reach{0, 0};
  for (std::size_t j = 0; j < points_.d; ++j) {
    const double low = points_.value(lowest(node, j), j), high = points_.value(highest(node, j), j);
    const double beyond = std::max(low - row[j], 0.0) + std::max(row[j] - high, 0.0);
    reach.beyond += points_.weight[j] * beyond;
    reach.together += points_.weight[j] * (beyond + (high - low));
  }
  return reach;
}

// As the first cut of a tree of all that is below the node and the point would be drawn.
RandomCutTree::Cut RandomCutTree::random_cut(std::uint16_t node, std::span<const float> point,
                                             Random& random) const {
  double left = random.uniform() * reach_beyond(node, point).together;
  Cut cut{0, 0, false, false};
  for (std::size_t j = 0; j < points_.d; ++j) {
    const float low = points_.value(lowest(node, j), j), high = points_.value(highest(node, j), j);
    const float least = std::min(low, point[j]), most = std::max(high, point[j]);
    if (!(least < most)) continue;
    // Below `most`, so that something lies right of it; rounding may leave a little at the end.
    const double width = static_cast<double>(most) - least, extent = points_.weight[j] * width;
    const double place = least + width * std::min(left / extent, 1.0);
    cut.column = j;
    cut.place = std::min(static_cast<float>(place), std::nextafter(most, least));
    cut.is_point_left = point[j] < low && cut.place < low;
    cut.parts = cut.is_point_left || (point[j] > high && cut.place >= high);
    left -= extent;
    if (left < 0) break;
  }
  return cut;
}

void RandomCutTree::replace_child(std::uint16_t parent, std::uint16_t child, std::uint16_t by) {
  if (parent == none) {
    *memory_.root = by;
  } else {
    (memory_.left[parent] == child ? memory_.left : memory_.right)[parent] = by;
  }
}

void RandomCutTree::enclose(std::uint16_t node) {
  const std::uint16_t left = memory_.left[node], right = memory_.right[node];
  memory_.rows[node] = static_cast<std::uint16_t>(rows_of(left) + rows_of(right));
  Place* box = &memory_.box[2 * points_.d * node];
  for (std::size_t j = 0; j < points_.d; ++j) {
    const Place low[2] = {lowest(left, j), lowest(right, j)};
    const Place high[2] = {highest(left, j), highest(right, j)};
    box[j] = low[points_.value(low[1], j) < points_.value(low[0], j) ? 1 : 0];
    box[points_.d + j] = high[points_.value(high[1], j) > points_.value(high[0], j) ? 1 : 0];
  }
}

void RandomCutTree::enclose_up(std::uint16_t node) {
  for (; node != none; node = memory_.parent[node]) enclose(node);
}

void RandomCutTree::add_parent(std::uint16_t node, Place place, const Cut& cut) {
  const auto added = static_cast<std::uint16_t>(inner_count_++);
  const auto leaf = static_cast<std::uint16_t>(first_leaf + place);
  const std::uint16_t above = parent_of(node);
  memory_.cut[added] = cut.place;
  memory_.column[added] = static_cast<std::uint8_t>(cut.column);
  memory_.left[added] = cut.is_point_left ? leaf : node;
  memory_.right[added] = cut.is_point_left ? node : leaf;
  memory_.parent[added] = above;
  replace_child(above, node, added);
  parent_of(node) = parent_of(leaf) = added;
  enclose_up(added);
}

void RandomCutTree::insert(Place place, Random& random) {
  std::uint16_t node = *memory_.root;
  if (node == none) {
    *memory_.root = static_cast<std::uint16_t>(first_leaf + place);
    memory_.leaf_parent[place] = none;
    return;
  }
  const std::span<const float> point = points_.point(place);
  Cut cut = random_cut(node, point, random);
  while (!cut.parts && !is_leaf(node)) {
    node = child_towards(node, point);
    cut = random_cut(node, point, random);
  }
  add_parent(node, place, cut);
}

void RandomCutTree::remove(Place place) {
  const auto leaf = static_cast<std::uint16_t>(first_leaf + place);
  const std::uint16_t parent = parent_of(leaf);
  if (parent == none) {
    *memory_.root = none;
    return;
  }
  const bool is_left = memory_.left[parent] == leaf;
  const std::uint16_t sibling = is_left ? memory_.right[parent] : memory_.left[parent];
  const std::uint16_t above = memory_.parent[parent];
  replace_child(above, parent, sibling);
  parent_of(sibling) = above;
  enclose_up(above);
  drop_inner(parent);
}

// The last one takes its number.
void RandomCutTree::drop_inner(std::uint16_t node) {
  const auto last = static_cast<std::uint16_t>(--inner_count_);
  if (node == last) return;
  memory_.cut[node] = memory_.cut[last];
  memory_.column[node] = memory_.column[last];
  memory_.left[node] = memory_.left[last];
  memory_.right[node] = memory_.right[last];
  memory_.parent[node] = memory_.parent[last];
  memory_.rows[node] = memory_.rows[last];
  std::copy_n(&memory_.box[2 * points_.d * last], 2 * points_.d,
              &memory_.box[2 * points_.d * node]);
  replace_child(memory_.parent[node], last, node);
  parent_of(memory_.left[node]) = parent_of(memory_.right[node]) = node;
}

void RandomCutTree::count(Place place, bool is_more) {
  for (std::uint16_t node = memory_.leaf_parent[place]; node != none; node = memory_.parent[node]) {
    memory_.rows[node] = static_cast<std::uint16_t>(memory_.rows[node] + (is_more ? 1 : -1));
  }
}

// Parted from a node, the row's sibling there is all of the node; or, further up, what lay beside
// the way that it came.
double RandomCutTree::displacement(std::span<const float> row, std::span<double> weights) const {
  std::uint16_t node = *memory_.root;
  double sum = 0, chance = 1;  // chance: to come to this node
  double beside = 0;           // the largest so far
  std::size_t beside_column = 0;
  while (node != none) {
    const Reach reach = reach_beyond(node, row);
    const double parts = reach.beyond > 0 ? reach.beyond / reach.together : 0;
    const auto all = static_cast<double>(rows_of(node));
    const bool is_equal = is_leaf(node) && reach.beyond == 0;
    const double here = chance * (is_equal ? beside : parts * std::max(all, beside));
    sum += here;
    if (!weights.empty() && here > 0) {
      if (is_equal || beside > all) {
        weights[beside_column] += here;
      } else {
        for (std::size_t j = 0; j < points_.d; ++j) {
          const double below = points_.value(lowest(node, j), j) - static_cast<double>(row[j]);
          const double above = static_cast<double>(row[j]) - points_.value(highest(node, j), j);
          weights[j] += here * points_.weight[j] * std::max({below, above, 0.0}) / reach.beyond;
        }
      }
    }
    if (is_leaf(node)) break;
    chance *= 1 - parts;
    const std::uint16_t next = child_towards(node, row);
    const auto with = static_cast<double>(rows_of(next)) + 1;
    const double ratio = (all + 1 - with) / with;
    if (ratio > beside) {
      beside = ratio;
      beside_column = memory_.column[node];
    }
    node = next;
  }
  return sum;
}

bool RandomCutTree::derive() {
  std::array<std::uint16_t, points_most> order{};  // inner nodes, each after its parent
  std::bitset<2 * points_most> seen;
  std::size_t found = 0, leaves = 0;
  const auto meet = [&](std::uint16_t node, std::uint16_t parent) {
    const bool is_known = is_leaf(node) ? node - first_leaf < static_cast<int>(points_.rows.size())
                                        : node < inner_count_;
    if (!is_known || rows_of(node) == 0 || seen[node]) return false;
    seen[node] = true;
    parent_of(node) = parent;
    if (is_leaf(node)) {
      ++leaves;
    } else {
      order[found++] = node;
    }
    return true;
  };
  const auto points = static_cast<std::size_t>(
      std::ranges::count_if(points_.rows, [](std::uint16_t rows) { return rows > 0; }));
  if (points == 0) return *memory_.root == none && inner_count_ == 0;
  std::ranges::fill(memory_.rows.first(inner_count_), std::uint16_t{1});  // until they are known
  if (!meet(*memory_.root, none)) return false;
  for (std::size_t at = 0; at < found; ++at) {
    const std::uint16_t node = order[at];
    if (memory_.column[node] >= points_.d || std::isnan(memory_.cut[node])) return false;
    if (!meet(memory_.left[node], node) || !meet(memory_.right[node], node)) return false;
  }
  for (std::size_t at = found; at > 0; --at) enclose(order[at - 1]);
  return leaves == points && found == inner_count_;
}

}  // namespace retimu
