// SPDX-License-Identifier: Apache-2.0
// How empty the place is where a row of all columns falls: an ensemble of random half-space trees
// counts the rows of the last window in its cells. After Tan, Ting and Liu, "Fast anomaly detection
// for streaming data", IJCAI 2011.
//
// As in the paper: random axis-parallel cuts at the middle of what is left of a randomly shifted
// cube, two windows that take turns (the latest learns, the reference scores), descent ends where
// few rows are left. Different, because it measured better (AUC on 16 tables) or is smaller: a tree
// looks at 3 columns; the score is the mean over trees of log2 of the density instead of the sum of
// densities; the cube is not given but spans twice the middle nine tenths of 24 readings a column
// kept from each window, and trees start anew when that has moved. Beyond the cube, where all is
// equally empty, the score goes on with the logarithm of the distance: 6 bits for the first cube's
// width, of each column by the share of trees that look at it.
//
// The structure follows from the pipeline's seed and the number of columns and is the same for
// every entity; the state is counts of 8 bits. Missing columns: the last value. Abstains for the
// first 24 rows, and again when a column is added.
//
// Cost: 290 ns a row of 4 columns (score + learn, 32 trees of depth 5). Memory: 3 KB and 208 bytes
// a column.
//
// Blind to: order in time (a usual row at an unusual moment), what lies within the cube further off
// than the last window went by chance, and slow spread of density within a cell; from about 50
// columns on no tree may have drawn a column.
#ifndef RETIMU_DETECTORS_HALF_SPACE_TREES_HPP
#define RETIMU_DETECTORS_HALF_SPACE_TREES_HPP

#include "retimu/core/detector.hpp"
#include "retimu/detectors/half_space_cuts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace retimu {

class HalfSpaceTrees final : public Detector {
 public:
  struct Options {
    std::size_t trees = 32;    // 1 to 128
    std::size_t depth = 5;     // cuts from root to leaf, 1 to 10
    std::size_t window = 250;  // rows, 48 to 250
  };
  HalfSpaceTrees(const Options& options, std::uint64_t seed);

  std::size_t bytes(std::size_t columns) const override;
  void create(void* at, std::size_t columns, std::uint64_t seed) const override;
  void destroy(void* at, std::size_t columns) const override;
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override;
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override;

  std::size_t scratch_bytes(std::size_t columns) const override;
  std::optional<double> score(const void* state, const Observation&, Scratch) const override;
  void learn(void* state, const Observation&, Scratch) const override;
  void explain(const void* state, const Observation&, Scratch,
               std::vector<Reason>& to) const override;

 private:
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t samples_max = 24;

  struct Head;    // counters
  struct Column;  // where a column lies in the unit cube, and its samples
  struct Parts;   // a state taken apart
  using Places = HalfSpaceCuts::Places;
  using Leaves = HalfSpaceCuts::Leaves;
  using Picks = HalfSpaceCuts::Picks;

  Parts parts(void* state, std::size_t columns) const;
  Parts parts(const void* state, std::size_t columns) const;
  Places places(Scratch scratch, std::size_t columns) const;
  Leaves leaves(Scratch scratch, std::size_t columns) const;
  // value_at(column) is the row.
  template <class F>
  void descend(const Parts& parts, F value_at, Places places, Leaves leaves) const;
  double surprise(const Parts& parts, Leaves leaves) const;
  static double outside(const Column& column, double value);
  static double outside(const Parts& parts, std::span<const double> row);
  void start(const Parts& parts) const;
  void take_sample(const Parts& parts, std::span<const double> row) const;
  bool has_moved(const Parts& parts) const;
  void build(const Parts& parts, Places places, Leaves leaves) const;
  void count(const Parts& parts, Leaves leaves) const;
  void turn(const Parts& parts) const;
  void add_up(const Parts& parts) const;
  bool is_sound(const Parts& parts) const;

  HalfSpaceCuts cuts_;
  std::size_t trees_, depth_, window_;
  std::array<double, 256> bits_{};  // log2(count + 1/4)
};

DetectorEntry half_space_trees_entry();

}  // namespace retimu

#endif
