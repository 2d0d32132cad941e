// SPDX-License-Identifier: Apache-2.0
// How few random cuts part a row from the rows seen before: what is rare and apart is alone after a
// few. Liu, Ting and Zhou, "Isolation forest", ICDM 2008.
//
// As in the paper: 100 trees, each of 256 rows drawn without replacement; a cut takes one of the
// columns that vary and a place between its extremes, evenly; height limit ceil(log2 256); score
// 2^(-E[h] / c(256)), above 1/2 what is isolated sooner than usual. For a stream: a tree's rows are
// drawn from a reservoir of four times as many, which is an even sample of all training rows, or of
// the first 2000 rows (`memory`) where there are fewer, and from then on takes a row with the
// chance that makes it forget at that pace. Trees stand from 256 rows on, one a row, and are
// renewed one by one, the oldest first: all of them while rows grow by as many as there were, or by
// `refresh_every`. So no event pays for more than one tree. With refresh_every = 0 they stay as
// they are once rows fill the memory, or training has ended.
//
// With `refresh_on_drift` a Page-Hinkley test looks at the scores of what is learned. Where it
// alarms, all rows but 256 are forgotten, and the trees are renewed as if no more had been seen,
// one every few rows, while the old ones still judge.
//
// Cuts are kept as floats from the first value of a column on. Missing columns: the last value;
// before the first they lie left of every cut. Abstains until all trees stand, when a column is
// added until they do again, and for an entity of more than 256 columns.
//
// Cost a row: 3 to 4 us, nearly whatever the columns (score + learn; a tree grown takes some 15 us
// of one event). Memory: 179 KB and 4.1 KB a column. Blind to: order in time, what lies beyond all
// that was seen by how much, columns that part only together within their ranges (cuts see one at a
// time), and changes below a ten-millionth of the distance from a column's first value.
#ifndef RETIMU_DETECTORS_ISOLATION_FOREST_HPP
#define RETIMU_DETECTORS_ISOLATION_FOREST_HPP

#include "retimu/core/detector.hpp"
#include "retimu/core/random.hpp"
#include "retimu/detectors/isolation_tree.hpp"
#include "retimu/detectors/page_hinkley.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

class IsolationForest final : public Detector {
 public:
  static constexpr std::size_t columns_max = 256, samples_most = 512;

  struct Options {
    std::size_t trees = 100;
    std::size_t samples = 256;   // rows a tree is grown from, 16 to samples_most
    std::size_t memory = 2'000;  // rows that the reservoir covers, four times samples or more
    std::size_t refresh_every = 2'000;  // rows, at most memory; 0: never
    bool refresh_on_drift = false;
  };
  explicit IsolationForest(const Options& options);

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
  static constexpr std::uint32_t version = 2;

  struct Head;
  struct Parts;
  struct Work;
  Parts parts(const void* state, std::size_t columns) const;
  Work work(Scratch scratch, std::size_t columns) const;
  IsolationTree tree(const Parts& parts, std::size_t index) const;
  double depth_of(std::uint16_t leaf) const;
  void take(const Parts& parts, const Work& work, bool is_training) const;
  void look_for_drift(const Parts& parts, double score) const;
  void forget(const Parts& parts) const;
  bool may_renew(const Head& head, bool is_training) const;
  void visit_drift(Head& head, StateVisitor& visitor) const;
  void renew(const Parts& parts, const Work& work) const;
  std::span<std::uint16_t> draw_rows(std::size_t kept, std::span<std::uint16_t> rows,
                                     Random& random) const;
  bool is_sound(const Parts& parts) const;

  std::size_t trees_, samples_, memory_, capacity_, refresh_;
  bool refreshes_on_drift_;
  PageHinkley drift_;                 // of scores
  std::size_t height_;                // of every tree
  std::vector<double> depth_within_;  // [rows] c(rows): mean depth of a search among so many
};

DetectorEntry isolation_forest_entry();

}  // namespace retimu

#endif
