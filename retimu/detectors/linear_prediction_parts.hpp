// SPDX-License-Identifier: Apache-2.0
// What the two files of linear_prediction share: constants, the pieces of its state and of its
// scratch memory.
#ifndef RETIMU_DETECTORS_LINEAR_PREDICTION_PARTS_HPP
#define RETIMU_DETECTORS_LINEAR_PREDICTION_PARTS_HPP

#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/stats/packed_matrix.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace retimu {

namespace linear {

inline constexpr std::size_t start_rows = 128;
// It is fitted anew after 32 rows, then when they are a 32nd of what the moments cover: a fit costs
// as much as a hundred rows.
inline constexpr double refit_rows = 32, refit_share = 1.0 / 32;
inline constexpr std::size_t columns_max = 200, columns_of_three_lags = 64;
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

}  // namespace linear

// All of the state is numbers of 8 bytes, so that it is saved as one span.
struct LinearPrediction::Head {
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

struct LinearPrediction::Model {
  std::span<double> mean, scale, noise;  // [d]
  std::span<double> a;                   // [p d][d]
  std::span<double> precision;           // [d][d], packed
};

struct LinearPrediction::Parts {
  std::size_t d, p;
  Head* head;
  std::span<double> variance, floor;
  std::span<double> moments;  // [d + p d][d + p d], packed: of a row and its lags
  std::span<double> block;    // the first rows, in the place of the moments
  std::span<double> waiting;  // [rows_blended][d + p d] rows and their lags
  std::span<double> lagged;   // [p][d] means of the lags in the frame, while training
  std::span<double> past;     // [p][d] raw rows, the newest first
  // While training the moments are those of rows in the units of the first ones: mean and scale of
  // that frame, and the mean within it as `noise`, lie in the snapshot's place.
  Model now, snapshot;
};

struct LinearPrediction::Work {
  // A row, its lags, both in one, and what was not foretold.
  struct Standardised {
    std::span<double> z, f, both, e;
  };
  Standardised now, old;      // by the present model, and by the snapshot
  std::span<double> matrix;   // [p d][p d], or three of [d][d]
  std::span<double> moments;  // of standardised rows, while training
  std::array<double, 4>* statistics;
  double* smooth;
};

}  // namespace retimu

#endif
