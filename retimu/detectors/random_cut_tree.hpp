// SPDX-License-Identifier: Apache-2.0
// One robust random cut tree over a set of points that come and go. Guha, Mishra, Roy and
// Schrijvers, "Robust random cut forest based anomaly detection on streams", ICML 2016.
//
// A cut takes a column with the chance of its weighted extent among the points, and a place within,
// evenly.
// Insertion and removal leave the tree distributed as if it had been grown from its present points
// alone (their theorems 1 and 2). A point stands for as many rows as were equal to it.
//
// The points lie in a table shared by all trees, at most 256, so that a point is one byte: a box
// around points is kept as the two points at its faces of each column, 2 bytes a column in place of
// 8. 15 + 2 d bytes a point.
#ifndef RETIMU_DETECTORS_RANDOM_CUT_TREE_HPP
#define RETIMU_DETECTORS_RANDOM_CUT_TREE_HPP

#include "retimu/core/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace retimu {

// A point's place in the table.
using Place = std::uint8_t;

struct PointTable {
  std::size_t d;                        // columns
  std::span<const float> values;        // [place][d]
  std::span<const std::uint16_t> rows;  // [place] that are equal to the point; 0: free
  std::span<const float> weight;        // [d] what an extent of 1 counts, > 0
  float value(Place place, std::size_t column) const { return values[place * d + column]; }
  std::span<const float> point(Place place) const { return values.subspan(place * d, d); }
};

// A view of memory that the owner keeps. `inner` nodes are numbered from 0 without gaps, one less
// than there are points; a point of place p is node first_leaf + p.
class RandomCutTree {
 public:
  static constexpr std::size_t points_most = 256;
  static constexpr std::uint16_t first_leaf = 256, none = 0xFFFF;

  struct Memory {
    std::span<float> cut;                                // [inner] what is not above it goes left
    std::span<std::uint16_t> left, right, parent, rows;  // [inner]
    std::span<std::uint16_t> leaf_parent;                // [place]
    std::span<std::uint8_t> column;                      // [inner]
    std::span<Place> box;                                // [inner][2 d] lowest, then highest
    std::uint16_t* root;
  };
  RandomCutTree(const PointTable& points, const Memory& memory, std::size_t inner_count)
      : points_(points), memory_(memory), inner_count_(inner_count) {}

  // The point at `place` is new in the table; inner_count grows by one, except for the first.
  void insert(Place place, Random& random);
  // The point at `place` is still in the table, and is the last row there that is equal to it.
  void remove(Place place);
  // One row more or less that is equal to the point.
  void count(Place place, bool is_more);

  // The mean, over where a random cut would part it, of the collusive displacement of a row that is
  // not in the tree: the largest, on the way to the root, of (rows of the sibling) / (rows beside
  // and with it), by which that sibling would rise for each row taken away. No chance in it, O(d) a
  // level. 0 in an empty tree. To `weights`, unless empty, each column's part is added.
  double displacement(std::span<const float> row, std::span<double> weights) const;

  // Parents, rows and boxes from cuts and children. False, if these are no tree of the points.
  bool derive();

  std::size_t inner_count() const { return inner_count_; }

 private:
  bool is_leaf(std::uint16_t node) const { return node >= first_leaf; }
  std::uint16_t& parent_of(std::uint16_t node) const;
  std::size_t rows_of(std::uint16_t node) const;
  Place lowest(std::uint16_t node, std::size_t column) const;
  Place highest(std::uint16_t node, std::size_t column) const;
  std::uint16_t child_towards(std::uint16_t node, std::span<const float> row) const;
  struct Cut;
  Cut random_cut(std::uint16_t node, std::span<const float> point, Random& random) const;
  struct Reach;
  Reach reach_beyond(std::uint16_t node, std::span<const float> row) const;
  void add_parent(std::uint16_t node, Place place, const Cut& cut);
  void drop_inner(std::uint16_t node);
  void enclose(std::uint16_t node);
  void enclose_up(std::uint16_t node);
  void replace_child(std::uint16_t parent, std::uint16_t child, std::uint16_t by);

  PointTable points_;
  Memory memory_;
  std::size_t inner_count_;
};

}  // namespace retimu

#endif
