// SPDX-License-Identifier: Apache-2.0
// How much simpler would random trees of the rows be without this row? Its collusive displacement,
// CoDisp: the rows that would move up in a tree, for each one that is taken away, where these are
// the row or whatever hides it. Guha, Mishra, Roy and Schrijvers, "Robust random cut forest based
// anomaly detection on streams", ICML 2016.
//
// Trees over a sample of 256 of the last 2000 rows or so (Vitter's algorithm R, which from 2000
// rows on forgets at that pace). A row that enters the sample is put into each tree and another is
// taken out, which leaves trees as if grown from the sample alone (random_cut_tree.hpp). Columns
// weigh by the inverse of their deviation in the sample, and a reading enters it as at most 16 of
// these from the mean. With `shingle` s a point is the last s rows. The displacement of a row is
// its mean over all places at which it might be put in, so that scoring needs no chance.
//
// With e = log(1 + CoDisp), of its mean over the trees, rows rank by e smoothed over about 10 rows:
// CoDisp itself, as in the paper, ranks much worse (docs/research/quality.md). The score is the
// mean of e and that: no row has more than the whole sample to displace, so that on a few columns e
// alone is hardly rare however far the row is, and what lasts has to count.
//
// Missing columns: the last value; before the first, their origin. Learns from all rows. Abstains
// for the first 256 rows, starts anew when a column is added, and abstains for an entity of more
// than 128 columns times shingle.
// Cost a row: 20 trees of about 12 levels of all columns, 20 us at 4 columns of a point and 200 us
// at 38, with the row in eight that enters the sample. Memory: 80 KB and 11.2 KB a column of a
// point. Blind to: order in time (beyond the shingle), columns that part only together
// within their ranges (cuts see one at a time), what lasts longer than the sample remembers.
#ifndef RETIMU_DETECTORS_RANDOM_CUT_FOREST_HPP
#define RETIMU_DETECTORS_RANDOM_CUT_FOREST_HPP

#include "retimu/core/detector.hpp"
#include "retimu/core/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace retimu {

class RandomCutForest final : public Detector {
 public:
  static constexpr std::size_t samples_most = 256, dimensions_max = 128;

  struct Options {
    std::size_t trees = 20;
    std::size_t samples = 256;   // rows in the sample, 16 to samples_most
    std::size_t memory = 2'000;  // rows that it covers, samples or more
    std::size_t shingle = 1;     // rows that make a point, newest first
  };
  explicit RandomCutForest(const Options& options) : options_(options) {}

  std::size_t bytes(std::size_t columns) const override;
  void create(void* at, std::size_t columns, std::uint64_t seed) const override;
  void destroy(void* at, std::size_t columns) const override;
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override;
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override;

  std::size_t scratch_bytes(std::size_t columns) const override;
  std::optional<double> score(const void* state, const Observation&, Scratch) const override;
  bool ranks(std::size_t columns) const override;
  double rank(const void* state, const Observation&, Scratch) const override;
  // Chance alone decides what enters the sample, so that it stays one of the rows as they come.
  bool learns_always() const override { return true; }
  void learn(void* state, const Observation&, Scratch) const override;
  void explain(const void* state, const Observation&, Scratch,
               std::vector<Reason>& to) const override;

 private:
  static constexpr std::uint32_t version = 1;

  struct Head;
  struct Parts;
  struct Work;
  bool may_judge(std::size_t columns) const;
  bool has_row(const Observation& observation) const;
  Parts parts(const void* state, std::size_t columns) const;
  static Work work(Scratch scratch, const Parts& parts);
  std::size_t tree_bytes(std::size_t dimensions) const;
  std::size_t table_bytes(std::size_t dimensions) const;
  void take(const Parts& parts, const Work& work) const;
  void remove_one(const Parts& parts, Random& random) const;
  void add(const Parts& parts, std::span<const float> point, Random& random) const;
  static void weigh(const Parts& parts);
  void visit_trees(const Parts& parts, StateVisitor& visitor) const;
  bool is_sound(const Parts& parts) const;

  Options options_;
};

DetectorEntry random_cut_forest_entry();

}  // namespace retimu

#endif
