// SPDX-License-Identifier: Apache-2.0
// One linear model of the columns of a row, as linear_prediction.hpp tells: its constants, the
// pieces of its state and of its scratch memory, and what is done with them. All of it is numbers
// of 8 bytes, so that a state is saved as one span.
#ifndef RETIMU_DETECTORS_LINEAR_MODEL_HPP
#define RETIMU_DETECTORS_LINEAR_MODEL_HPP

#include "retimu/stats/packed_matrix.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace retimu::linear {

inline constexpr std::size_t start_rows = 128;
// It is fitted anew after 32 rows, then when they are a 32nd of what the moments cover: a fit costs
// as much as a hundred rows.
inline constexpr double refit_rows = 32, refit_share = 1.0 / 32;
inline constexpr std::size_t lags = 3;
inline constexpr double memory_rows = 5'000, ridge = 0.1, shrink = 0.01, clip = 30;
inline constexpr double alpha = 0.1, knee = 10;
inline constexpr double gate = 0.4, patience = 500;
inline constexpr double snapshot_grows = 1.5, snapshot_rows_max = 1'024;
inline constexpr double noise_least = 1e-4, statistic_most = 1e12;
inline constexpr double value_most = 1e100;  // larger readings count as that
inline constexpr double frame_clip = 1e15;   // while training, in deviations of the first rows

inline constexpr double collecting = 0, training = 1, trained = 2, learning = 3;  // phases

// Scale of a column that stands still, in its unit.
inline double floor_of(double mean) { return std::max(1e-3 * std::fabs(mean), 1e-6); }

inline bool is_still(double variance, double mean) {
  const double least = 1e-9 * (std::fabs(mean) + 1e-12);
  return variance <= least * least;
}

// A reading as it counts: missing, it is the mean.
inline double value_of(double reading, double mean) {
  return std::isnan(reading) ? mean : std::clamp(reading, -value_most, value_most);
}

// In deviations from the mean, at most `most`.
inline void standardise(std::span<const double> row, std::span<const double> mean,
                        std::span<const double> scale, std::span<double> to, double most = clip) {
  for (std::size_t j = 0; j < to.size(); ++j) {
    const double z = (value_of(row[j], mean[j]) - mean[j]) / scale[j];
    to[j] = std::clamp(z, -most, most);
  }
}

// Hands out pieces of memory, one after the other.
class Pieces {
 public:
  explicit Pieces(double* at) : at_(at) {}
  std::span<double> take(std::size_t count) {
    const std::span<double> piece(at_, count);
    at_ += count;
    return piece;
  }

 private:
  double* at_;
};

struct Head {
  double phase, rows;  // rows: learned
  double is_trained;   // the last event taught
  double count, since_fit;
  double next_fit;  // rows, while training
  double smooth;    // evidence
  double held, age, next_snapshot;
  // Rows that are not yet part of the moments: how many, their weights, and that of all before.
  double waiting, kept;
  std::array<double, rows_blended> weights;
};

struct Model {
  std::span<double> mean, scale, noise;  // [d]
  std::span<double> a;                   // [3 d][d]
  std::span<double> precision;           // [d][d], packed
};

struct Parts {
  std::size_t d;
  std::span<double> all;
  Head* head;
  std::span<double> variance, floor;
  std::span<double> moments;  // [4 d][4 d], packed: of a row and its lags
  std::span<double> block;    // the first rows, in the place of the moments
  std::span<double> waiting;  // [rows_blended][4 d] rows and their lags
  std::span<double> lagged;   // [3][d] means of the lags in the frame, while training
  std::span<double> past;     // [3][d] raw rows, the newest first
  // While training the moments are those of rows in the units of the first ones: mean and scale of
  // that frame, and the mean within it as `noise`, lie in the snapshot's place.
  Model now, snapshot;
};

struct Work {
  // A row, its lags, both in one, and what was not foretold.
  struct Standardised {
    std::span<double> z, f, both, e;
  };
  Standardised now, old;      // by the present model, and by the snapshot
  std::span<double> matrix;   // [3 d][3 d], or three of [d][d]
  std::span<double> moments;  // of standardised rows, while training
  std::array<double, 4>* statistics;
  double *instant, *smooth;  // evidence
  double* apart;             // that of the two distances alone
};

// Numbers of the state of a model of so many columns, and that state at a place. Begins as zeros.
std::size_t numbers(std::size_t columns);
Parts parts(double* at, std::size_t columns);
inline const Head& head(const double* at) { return *reinterpret_cast<const Head*>(at); }
bool is_sound(const Parts& parts);

// Numbers of scratch memory: what a row leaves for learn, and what several models may share.
inline std::size_t own_work_numbers(std::size_t columns) { return 2 * (lags + 2) * columns + 7; }
std::size_t shared_work_numbers(std::size_t columns);
inline Work work(double* own, double* shared, std::size_t columns) {
  const std::size_t d = columns, q = lags * d, n = d + q;
  Pieces pieces(own);
  Work work{};
  for (Work::Standardised* one : {&work.now, &work.old}) {
    one->both = pieces.take(n);
    one->z = one->both.first(d);
    one->f = one->both.last(q);
    one->e = pieces.take(d);
  }
  work.statistics = reinterpret_cast<std::array<double, 4>*>(pieces.take(4).data());
  work.instant = pieces.take(1).data();
  work.smooth = pieces.take(1).data();
  work.apart = pieces.take(1).data();
  Pieces others(shared);
  work.matrix = others.take(std::max(q * q, 3 * d * d));
  work.moments = others.take(packed_size(n));
  return work;
}

// Takes one of the first `start_rows` rows. Once it has them all, it is to be started.
void collect(const Parts& parts, std::span<const double> row, bool is_training);
void start(const Parts& parts, const Work& work);

// From then on: what the model says of a row, to work.instant, smooth and apart. Then learn, of the
// same row.
void look(const Parts& parts, std::span<const double> row, const Work& work);
void learn(const Parts& parts, std::span<const double> row, bool is_training, const Work& work);

// What learn is made of.
void add_row(const Parts& parts, std::span<const double> row_and_lags, double share);
void add_waiting(const Parts& parts);
void fit(const Parts& parts, std::span<const double> moments, const Work& work);
void learn_training_row(const Parts& parts, std::span<const double> row, const Work& work);
void fit_training(const Parts& parts, const Work& work);

}  // namespace retimu::linear

#endif
