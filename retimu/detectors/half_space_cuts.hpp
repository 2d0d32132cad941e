// SPDX-License-Identifier: Apache-2.0
// The random cuts of half-space trees: which columns a tree looks at, how its cube is shifted, and
// into which leaf a row falls. They follow from a seed and the number of columns and never change,
// so that all entities share them.
//
// A node halves what earlier cuts of the same column have left of the cube, so the next lower bit
// of the column's place tells the side; all that is kept of a node is which bit.
#ifndef RETIMU_DETECTORS_HALF_SPACE_CUTS_HPP
#define RETIMU_DETECTORS_HALF_SPACE_CUTS_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

class HalfSpaceCuts {
 public:
  static constexpr std::size_t usual_depth = 5;  // of trees that are descended faster
  static constexpr std::size_t picks_max = 3;  // columns a tree looks at, fewer if there are fewer
  // Places along a column: 0 to one_place span the unit cube. A tree's cube is twice as wide and
  // shifted by chance; what lies beyond it counts as at its border.
  static constexpr std::int32_t one_place = 1 << 15;

  using Picks = std::array<std::size_t, picks_max>;
  using Places = std::span<std::int32_t>;  // [column]
  // [tree], numbered as nodes: root 1, children 2n and 2n + 1
  using Leaves = std::span<std::uint16_t>;

  // `depth`: cuts from root to leaf, 1 to 10.
  HalfSpaceCuts(std::size_t trees, std::size_t depth, std::uint64_t seed);

  std::size_t trees() const { return draws_.size(); }
  std::size_t depth() const { return depth_; }
  // Different columns, each equally likely; the first min(columns, picks_max) count.
  Picks picks(std::size_t tree, std::size_t columns) const;
  // Which of the picks an inner node cuts.
  std::size_t pick_of(std::size_t tree, std::size_t node, std::size_t columns) const;
  // place_at(column) is the row's, -one_place to 2 one_place. `places` is room to work in.
  template <class F>
  void descend(std::size_t columns, F place_at, Places places, Leaves leaves) const;

 private:
  static constexpr std::size_t place_bits = 16;

  // Rows of few columns and trees of 5 cuts, most by far, go a path without loops or draws.
  static constexpr std::size_t known_columns = 16;
  void descend_known(std::size_t columns, Places places, Leaves leaves) const;
  static std::uint64_t moved(std::int32_t place, std::int32_t shift, std::size_t pick) {
    const std::int32_t at = std::clamp(place + shift, 0, 2 * one_place - 1);
    return static_cast<std::uint64_t>(at) << (place_bits * pick);
  }
  static std::size_t child(std::size_t node, std::uint64_t word, const std::uint8_t* bits) {
    return 2 * node + ((word >> bits[node]) & 1U);
  }
  void cut_tree(std::size_t tree, std::size_t count, std::span<const std::size_t> picks);
  const std::vector<std::uint8_t>& bits_of(std::size_t columns) const {
    return cut_bits_[std::min(columns, picks_max) - 1];
  }

  std::size_t depth_;
  // [columns that a tree looks at - 1][tree][node] the bit of the places that tells the side
  std::array<std::vector<std::uint8_t>, picks_max> cut_bits_;
  // [columns][tree] the picks, of up to known_columns
  std::array<std::vector<std::array<std::uint8_t, picks_max>>, known_columns + 1> known_picks_;
  // [tree] random, of which the picks are made
  std::vector<std::array<std::uint32_t, picks_max>> draws_;
  std::vector<std::array<std::int32_t, picks_max>> shifts_;  // [tree] of the cube, below one_place
};

// Places of the picks, moved by the tree's shifts, lie side by side in one word; each node reads
// one bit of it.
template <class F>
void HalfSpaceCuts::descend(std::size_t columns, F place_at, Places places, Leaves leaves) const {
  const bool are_few = columns <= picks_max * trees();
  if (are_few) {
    for (std::size_t column = 0; column < columns; ++column) places[column] = place_at(column);
  }
  if (are_few && columns <= known_columns && depth_ == usual_depth) {
    return descend_known(columns, places, leaves);
  }
  const std::size_t count = std::min(columns, picks_max);
  for (std::size_t tree = 0; tree < trees(); ++tree) {
    const Picks picked = picks(tree, columns);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
      word |= moved(are_few ? places[picked[i]] : place_at(picked[i]), shifts_[tree][i], i);
    }
    const std::uint8_t* bits = bits_of(columns).data() + (tree << depth_);
    std::size_t node = 1;
    for (std::size_t level = 0; level < depth_; ++level) node = child(node, word, bits);
    leaves[tree] = static_cast<std::uint16_t>(node);
  }
}

}  // namespace retimu

#endif
