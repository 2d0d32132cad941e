// SPDX-License-Identifier: Apache-2.0
// What detectors share that read the linear model of an entity's rows: its state, which is one
// where several of them are in a pipeline, and how it is learned. The models themselves are in
// linear_model.hpp.
//
// - Untrained: the first 128 rows start it, then it learns from rows while they are calm (the
//   gate), but never refuses for more than 500 rows (patience).
// - Trained (at least 128 rows): it learns from the training rows alone and stays as it is: a plant
//   that was shown its usual state is judged by that.
//
// Above 64 columns they are put into blocks of at most 32 that went together in the first 128 rows
// (column_blocks.hpp). Each block has a model, gate and snapshot of its own, and what is said of
// the row is half the mean of theirs and half the largest: a fault of a few columns must not drown
// among many.
//
// Missing columns: the last value. Starts anew when a column is added. Abstains for the first 128
// rows, and for an entity of one column or more than 1024.
#ifndef RETIMU_DETECTORS_LINEAR_DETECTOR_HPP
#define RETIMU_DETECTORS_LINEAR_DETECTOR_HPP

#include "retimu/core/detector.hpp"
#include "retimu/detectors/column_blocks.hpp"
#include "retimu/detectors/linear_model.hpp"

#include <cstddef>
#include <span>

namespace retimu {

class LinearDetector : public Detector {
 public:
  static constexpr std::size_t columns_max = 1'024;

  std::size_t bytes(std::size_t columns) const final;
  void create(void* at, std::size_t columns, std::uint64_t seed) const final;
  void destroy(void* at, std::size_t columns) const final;
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const final;
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const final;

  std::size_t scratch_bytes(std::size_t columns) const final;
  // Looks at the row, then reads what was seen.
  std::optional<double> score(const void* state, const Observation&, Scratch) const final;
  bool ranks(std::size_t columns) const final;
  // The gate decides, not the policy: an episode must not stop what follows a change for good.
  bool learns_always() const final { return true; }
  void learn(void* state, const Observation&, Scratch) const final;

 protected:
  // The models of the blocks one after the other, then which column stands where: each block has
  // its columns side by side. A single block has them in their own order, and stores none.
  struct Own {
    ColumnBlocks blocks;
    double* models;
    double* apart;                   // smoothed evidence of the distances
    std::span<std::uint16_t> order;  // [d] slots

    // what(parts of the block's model, place of its first column)
    void each(const auto& what) const {
      double* at = models;
      std::size_t first = 0;
      for (std::size_t block = 0; block < blocks.count(); ++block) {
        const linear::Parts parts = linear::parts(at, blocks.size(block));
        what(parts, first);
        at += parts.all.size();
        first += parts.d;
      }
    }
    const linear::Head& head() const { return linear::head(models); }  // of the first
    std::size_t slot(std::size_t place) const { return order.empty() ? place : order[place]; }
  };

  // Scratch memory: the row in the order of the models, what they share, what each leaves for
  // learn.
  struct Work {
    std::span<double> row;
    double *shared, *own;

    // what(parts, the block's columns of the row, work)
    void each(const Own& state, const auto& what) const {
      double* at = own;
      state.each([&](const linear::Parts& parts, std::size_t first) {
        what(parts, row.subspan(first, parts.d), linear::work(at, shared, parts.d));
        at += linear::own_work_numbers(parts.d);
      });
    }
  };

  static Own own(const void* state, std::size_t columns);
  static Work work(Scratch scratch, std::size_t columns);
  // It has a row to judge, and a model to judge it by.
  static bool speaks(const void* state, const Observation&);
  static double over_blocks(const Own& own, const Work& work, double* linear::Work::*evidence);
  // With the row that was looked at.
  static double smoothed_apart(const Own& own, const Work& work);

 private:
  static void learn_row(const Own& own, const Work& work, bool is_training);
  static void arrange(const Own& own);
};

}  // namespace retimu

#endif
