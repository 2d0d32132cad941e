// SPDX-License-Identifier: Apache-2.0
// Has the level of several columns together changed a little? The exponential mean of the last rows
// against the usual by the covariance of the columns: changes too small for one row, or one column,
// add up. Lowry, Woodall, Champ and Rigdon, "A multivariate exponentially weighted moving average
// control chart", Technometrics 1992. With x the row in usual deviations of each column and
// z = l x + (1 - l) z its mean, the statistic is T^2 = (2 - l) / l z' S^-1 z.
//
// S is the covariance of x under exponential forgetting, shrunk towards the identity by the share
// that Ledoit and Wolf derive ("A well-conditioned estimator for large-dimensional covariance
// matrices", Journal of Multivariate Analysis 2004), from the same running moments. Gate: a row
// that lies beyond 3 deviations a column teaches the covariance in proportion less, and each
// reading moves its column's level by at most 8 deviations' worth; both learn on, so what lasts is
// learned.
//
// Score: sqrt(T^2 / columns), tamed. Missing columns: the last value; before the first, the usual.
// Abstains for the first 64 rows, and for an entity of more than 64 columns.
//
// Cost a row of d columns: 3 d^2 to score and learn, and a Cholesky of d^3 every 32 rows; 0.17 us
// for 4 columns, 5.6 us for 64. Memory: 16 d^2 + 160 d bytes. Blind to: changes shorter than some
// rows and small, drift slower than the window, which the level follows, and anything an entity of
// more than 64 columns does. Columns that wander by themselves make its mean wander, too: the
// calibration of scores has to know it.
#ifndef RETIMU_DETECTORS_MEWMA_HPP
#define RETIMU_DETECTORS_MEWMA_HPP

#include "retimu/detectors/whole_row.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace retimu {

class Mewma final : public Detector {
 public:
  static constexpr std::size_t columns_max = whole_row::columns_max;

  struct Options {
    double share = 0.1;          // l, of the newest row in the mean: (0, 1]
    std::size_t window = 2'000;  // rows that level and covariance cover
  };
  explicit Mewma(const Options& options) : options_(options) {}

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
  static constexpr std::uint32_t version = 3;  // 2: with smoothed evidence, 1: nothing to rank by
  static constexpr std::size_t start_rows = 64, refit_rows = 32;
  static constexpr double gate = 9;             // T^2 a column, of a row that counts in full
  static constexpr double shrink_least = 1e-3;  // of the covariance
  static constexpr double number_most = 1e12;   // in a sound state

  struct Head;
  struct Parts;
  struct Work;
  static Parts parts(const void* state, std::size_t columns);
  static Work work(Scratch scratch, std::size_t columns);
  static void fit(const Parts& parts, const Work& work);
  void look(const Parts& parts, std::span<const double> row, const Work& work) const;

  Options options_;
};

DetectorEntry mewma_entry();

}  // namespace retimu

#endif
