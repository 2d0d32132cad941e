// SPDX-License-Identifier: Apache-2.0
// Learning from rows that are known to be usual: all count the same, and the model is that of their
// moments as a whole.
#include "retimu/detectors/linear_model.hpp"

namespace retimu::linear {

// The row becomes part of the moments in the frame of the first rows, all rows counting the same.
void learn_training_row(const Parts& parts, std::span<const double> row, const Work& work) {
  Head& head = *parts.head;
  const Model& frame = parts.snapshot;
  head.count += 1;
  const double share = 1 / head.count;
  const std::span<double> z = work.old.z, f = work.old.f;
  standardise(row, frame.mean, frame.scale, z, frame_clip);
  for (std::size_t l = 0; l < lags; ++l) {
    standardise(parts.past.subspan(l * parts.d, parts.d), frame.mean, frame.scale,
                f.subspan(l * parts.d, parts.d), frame_clip);
  }
  for (std::size_t j = 0; j < parts.d; ++j) {
    frame.noise[j] += share * (z[j] - frame.noise[j]);
  }
  for (std::size_t i = 0; i < parts.lagged.size(); ++i) {
    parts.lagged[i] += share * (f[i] - parts.lagged[i]);
  }
  add_row(parts, work.old.both, share);
  if (head.count < head.next_fit) return;
  head.next_fit *= snapshot_grows;
  fit_training(parts, work);
}

// The model of all training rows so far: their moments, standardised.
void fit_training(const Parts& parts, const Work& work) {
  add_waiting(parts);
  const std::size_t d = parts.d, q = lags * d, n = d + q;
  const Model &frame = parts.snapshot, &now = parts.now;
  const std::span<const double> centre = frame.noise;
  const std::span<double> units = work.old.e;  // of the frame in the new ones
  for (std::size_t j = 0; j < d; ++j) {
    const double square = parts.moments[packed_column(n, j)];
    const double variance =
        std::max(square - centre[j] * centre[j], 0.0) * frame.scale[j] * frame.scale[j];
    now.mean[j] = frame.mean[j] + centre[j] * frame.scale[j];
    parts.variance[j] = variance;
    parts.floor[j] = floor_of(now.mean[j]);
    now.scale[j] = is_still(variance, now.mean[j]) ? parts.floor[j] : std::sqrt(variance);
    units[j] = frame.scale[j] / now.scale[j];
  }
  // E (u - c)(v - k) = E uv - c E v - k E u + c k, where c and k are the means of the rows, and
  // those of the lags differ a little from them.
  const auto mean = [&](std::size_t i) { return i < d ? centre[i] : parts.lagged[i - d]; };
  std::size_t at = 0;
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t l = k; l < n; ++l, ++at) {
      const std::size_t i = l % d, j = k % d;
      const double moved =
          parts.moments[at] - centre[i] * mean(k) - centre[j] * mean(l) + centre[i] * centre[j];
      work.moments[at] = moved * units[i] * units[j];
    }
  }
  fit(parts, work.moments, work);
  for (std::size_t j = 0; j < d; ++j) {  // mean square of what is not foretold
    const std::span<const double> own = work.moments.subspan(packed_column(n, j), n - j);
    const std::span<const double> a = now.a.subspan(j * q, q), h = own.last(q);
    double error = own[0];
    // a' G a - 2 a' h, where G a = h - ridge a.
    for (std::size_t i = 0; i < q; ++i) error -= a[i] * (h[i] + ridge * a[i]);
    now.noise[j] = std::max(error, noise_least);
  }
}

}  // namespace retimu::linear
