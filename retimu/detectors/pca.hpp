// SPDX-License-Identifier: Apache-2.0
// Is a row made of the few directions that the columns usually move in, and no further along them
// than usual? Jackson and Mudholkar, "Control procedures for residuals associated with principal
// component analysis", Technometrics 1979. With x the row in usual deviations of each column, and v
// the eigenvectors of its covariance, l their eigenvalues:
//   T^2 = mean over the kept of (v' x)^2 / l            how far along what is kept
//   Q   = |x - its part along the kept|^2 / sum of l of the others    how far aside of it
// Kept are the fewest directions that hold 90 % of the variance, never all. Both are 1 for a usual
// row. Score: sqrt((T^2 / its usual size + Q / its usual size) / 2), tamed: the combined index of
// Yue and Qin ("Reconstruction-based fault identification using a combined index", Industrial and
// Engineering Chemistry Research 2001), with the usual sizes as exponential means in place of
// control limits.
//
// The covariance forgets exponentially; a row of a score beyond 3 teaches it in proportion less,
// but goes on teaching, so what lasts is learned. The directions are turned anew after 64 and 128
// rows and then every 256, by Jacobi's rotations from where they were. Missing columns: the last
// value; before the first, the usual. Abstains for the first 64 rows, and for an entity of more
// than 64 columns.
//
// Cost a row of d columns: 4 d^2, and some 15 d^3 every 256 rows; 0.16 us for 4 columns, 17 us for
// 64. Memory: 16 d^2 + 160 d bytes.
// Blind to: order in time, lags between columns, nonlinear relations, and relations among columns
// that hold less than a tenth of the variance (see mahalanobis). One column: T^2 alone.
#ifndef RETIMU_DETECTORS_PCA_HPP
#define RETIMU_DETECTORS_PCA_HPP

#include "retimu/detectors/whole_row.hpp"

#include <cstddef>
#include <span>

namespace retimu {

class Pca final : public Detector {
 public:
  static constexpr std::size_t columns_max = whole_row::columns_max;

  struct Options {
    std::size_t window = 2'000;  // rows that level, covariance and usual sizes cover
    double kept = 0.9;           // of the variance
  };
  explicit Pca(const Options& options) : options_(options) {}

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
  static constexpr std::size_t start_rows = 64, refit_rows = 256;
  static constexpr double gate = 9;            // squared score of a row that counts in full
  static constexpr double number_most = 1e12;  // in a sound state

  struct Head;
  struct Parts;
  struct Work;
  static Parts parts(const void* state, std::size_t columns);
  static Work work(Scratch scratch, std::size_t columns);
  static bool is_sound(const Parts& parts, double rows_max);
  void look(const Parts& parts, std::span<const double> row, const Work& work) const;
  void fit(const Parts& parts, const Work& work) const;
  void learn_sizes(const Parts& parts, const Work& work) const;

  Options options_;
};

DetectorEntry pca_entry();

}  // namespace retimu

#endif
