// SPDX-License-Identifier: Apache-2.0
// One isolation tree: random cuts part some rows until each is alone or the tree's height is
// reached. Liu, Ting and Zhou, "Isolation forest", ICDM 2008.
//
// A heap: root 1, children 2n and 2n + 1. Where no more is cut, the split is `uncut` and all goes
// left, so that every descent takes as many steps as the tree is high. A missing value (NaN) goes
// left. 7 bytes a node.
#ifndef RETIMU_DETECTORS_ISOLATION_TREE_HPP
#define RETIMU_DETECTORS_ISOLATION_TREE_HPP

#include "retimu/core/random.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace retimu {

// Rows that trees are grown from.
struct IsolationRows {
  std::size_t d;                  // columns, at most 256
  std::span<const float> values;  // [row][d]
};

// A view of memory that the owner keeps.
class IsolationTree {
 public:
  static constexpr float uncut = std::numeric_limits<float>::infinity();

  struct Memory {
    float* split;          // [node], 2^height
    std::uint16_t* leaf;   // [leaf] packed, 2^height
    std::uint8_t* column;  // [node]
  };
  // Room to grow in; `node`: 2^(height + 1) of them.
  struct Work {
    std::span<std::uint16_t> begin;     // [node or leaf] of its rows
    std::span<std::uint16_t> end;       // likewise
    std::span<std::uint16_t> level_at;  // [node or leaf] that its rows were left alone on: the
                                        // height while they may be cut
    std::span<std::uint16_t> columns;   // [d]
  };
  IsolationTree(const Memory& memory, std::size_t height) : memory_(memory), height_(height) {}

  // A leaf: on which level its rows were left alone, and how many they were.
  static constexpr std::size_t level_of(std::uint16_t leaf) { return leaf >> 10U; }
  static constexpr std::size_t rows_of(std::uint16_t leaf) { return leaf & 1'023U; }

  // The leaf of a row of d values.
  std::uint16_t leaf_of(std::span<const float> row) const {
    std::size_t node = 1;
    for (std::size_t level = 0; level < height_; ++level) {
      node = 2 * node + (goes_right(row[memory_.column[node]], memory_.split[node]) ? 1 : 0);
    }
    return memory_.leaf[node - (std::size_t{1} << height_)];
  }

  // Anew, from the rows of these numbers, which it puts in the order of its leaves.
  void grow(const IsolationRows& from, std::span<std::uint16_t> rows, const Work& work,
            Random& random) const;

  // Adds to weights[column] by how many halvings its cuts on the row's way brought it nearer to
  // being alone.
  void weigh(std::span<const float> row, std::span<double> weights) const;

 private:
  static bool goes_right(float value, float split) { return value >= split; }

  struct Cut;
  static Cut cut(const IsolationRows& from, std::span<const std::uint16_t> rows,
                 std::span<std::uint16_t> columns, Random& random);
  static std::size_t part(const IsolationRows& from, const Cut& made,
                          std::span<std::uint16_t> rows);
  std::size_t rows_below(std::size_t node, std::size_t level) const;

  Memory memory_;
  std::size_t height_;
};

}  // namespace retimu

#endif
