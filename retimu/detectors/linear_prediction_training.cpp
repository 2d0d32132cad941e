// SPDX-License-Identifier: Apache-2.0
// Learning from rows that are known to be usual: all count the same, and the model is that of their
// moments as a whole.
#include "retimu/detectors/linear_prediction_parts.hpp"
#include "retimu/stats/linear_algebra.hpp"

namespace retimu {

using namespace linear;

// The row becomes part of the moments in the frame of the first rows, all rows counting the same.
void LinearPrediction::learn_training_row(const Parts& parts, std::span<const double> row,
                                          const Work& work) {
  Head& head = *parts.head;
  const Model& frame = parts.snapshot;
  head.count += 1;
  const double share = 1 / head.count;
  standardise(row, frame.mean, frame.scale, work.z2, frame_clip);
  for (std::size_t l = 0; l < parts.p; ++l) {
    standardise(parts.past.subspan(l * parts.d, parts.d), frame.mean, frame.scale,
                work.f2.subspan(l * parts.d, parts.d), frame_clip);
  }
  for (std::size_t j = 0; j < parts.d; ++j) {
    frame.noise[j] += share * (work.z2[j] - frame.noise[j]);
  }
  for (std::size_t i = 0; i < parts.lagged.size(); ++i) {
    parts.lagged[i] += share * (work.f2[i] - parts.lagged[i]);
  }
  blend_outer(parts.g, work.f2, work.f2, share);
  blend_outer(parts.h, work.f2, work.z2, share);
  blend_outer(parts.k, work.z2, work.z2, share);
  if (head.count < head.next_fit) return;
  head.next_fit *= snapshot_grows;
  fit_training(parts, work);
}

// The model of all training rows so far: their moments, standardised.
void LinearPrediction::fit_training(const Parts& parts, const Work& work) {
  const std::size_t d = parts.d, q = parts.p * d;
  const Model &frame = parts.snapshot, &now = parts.now;
  const std::span<const double> centre = frame.noise;
  for (std::size_t j = 0; j < d; ++j) {
    const double variance =
        std::max(parts.k[j * d + j] - centre[j] * centre[j], 0.0) * frame.scale[j] * frame.scale[j];
    now.mean[j] = frame.mean[j] + centre[j] * frame.scale[j];
    parts.variance[j] = variance;
    parts.floor[j] = floor_of(now.mean[j]);
    now.scale[j] = is_still(variance, now.mean[j]) ? parts.floor[j] : std::sqrt(variance);
    work.z2[j] = frame.scale[j] / now.scale[j];  // units of the frame in the new ones
  }
  // E (u - c)(v - k) = E uv - c E v - k E u + c k, where c and k are the means of the rows, and
  // those of the lags differ a little from them.
  const auto standardised = [&](std::span<const double> from, std::span<const double> mean_a,
                                std::span<const double> mean_b, std::span<double> to) {
    for (std::size_t k = 0; k < mean_b.size(); ++k) {
      for (std::size_t l = 0; l < mean_a.size(); ++l) {
        const std::size_t i = l % d, j = k % d, at = k * mean_a.size() + l;
        const double moved =
            from[at] - centre[i] * mean_b[k] - centre[j] * mean_a[l] + centre[i] * centre[j];
        to[at] = moved * work.z2[i] * work.z2[j];
      }
    }
  };
  standardised(parts.g, parts.lagged, parts.lagged, work.g_z);
  standardised(parts.h, parts.lagged, centre, work.h_z);
  standardised(parts.k, centre, centre, work.k_z);
  solve_ridge(work.g_z, ridge, work.h_z, now.a, work.matrix);
  invert_shrunk(work.k_z, shrink, now.precision, work.matrix.first(d * d));
  for (std::size_t j = 0; j < d; ++j) {  // mean square of what is not foretold
    const std::span<const double> a = std::span<const double>(now.a).subspan(j * q, q);
    multiply(work.g_z, a, work.f2);
    double error = work.k_z[j * d + j];
    for (std::size_t i = 0; i < q; ++i) error += a[i] * (work.f2[i] - 2 * work.h_z[j * q + i]);
    now.noise[j] = std::max(error, noise_least);
  }
}

}  // namespace retimu
