// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_model.hpp"

#include "retimu/stats/elementary.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace retimu::linear {

namespace {

constexpr std::size_t head_numbers = 12 + rows_blended;

}  // namespace

std::size_t numbers(std::size_t columns) {
  const std::size_t d = columns, q = lags * d, n = d + q;
  const std::size_t models = 2 * (3 * d + q * d + packed_size(d));
  return head_numbers + 2 * d + std::max(packed_size(n), start_rows * d) + rows_blended * n +
         2 * q + models;
}

Parts parts(double* at, std::size_t columns) {
  static_assert(sizeof(Head) == head_numbers * sizeof(double));
  const std::size_t d = columns, q = lags * d, n = d + q;
  Pieces pieces(at);
  Parts parts{};
  parts.d = d;
  parts.all = {at, numbers(d)};
  parts.head = reinterpret_cast<Head*>(pieces.take(head_numbers).data());
  parts.variance = pieces.take(d);
  parts.floor = pieces.take(d);
  const std::span<double> shared = pieces.take(std::max(packed_size(n), start_rows * d));
  parts.moments = shared.first(packed_size(n));
  parts.block = shared.first(start_rows * d);
  parts.waiting = pieces.take(rows_blended * n);
  parts.past = pieces.take(q);
  parts.lagged = pieces.take(q);
  for (Model* model : {&parts.now, &parts.snapshot}) {
    model->mean = pieces.take(d);
    model->scale = pieces.take(d);
    model->noise = pieces.take(d);
    model->a = pieces.take(q * d);
    model->precision = pieces.take(packed_size(d));
  }
  return parts;
}

bool is_sound(const Parts& parts) {
  const Head& head = *parts.head;
  return std::ranges::all_of(parts.all, [](double one) { return std::isfinite(one); }) &&
         (head.phase == collecting || head.phase == training || head.phase == trained ||
          head.phase == learning) &&
         head.rows >= 0 && head.count >= 0 && head.since_fit >= 0 &&
         (head.phase != collecting || head.rows < start_rows) && head.waiting >= 0 &&
         head.waiting < rows_blended;
}

std::size_t shared_work_numbers(std::size_t columns) {
  const std::size_t d = columns, q = lags * d;
  return std::max(q * q, 3 * d * d) + packed_size(d + q);
}

namespace {

double scaled_error(std::span<const double> e, std::span<const double> noise) {
  double sum = 0;
  for (std::size_t j = 0; j < e.size(); ++j) sum += e[j] * e[j] / noise[j];
  return sum / static_cast<double>(e.size());
}

double distance_of(std::span<const double> z, std::span<const double> precision) {
  return std::max(quadratic(precision, z) / static_cast<double>(z.size()), 0.0);
}

}  // namespace

// The four statistics of a row, its evidence, and the smoothed evidence after it.
void look(const Parts& parts, std::span<const double> row, const Work& work) {
  const std::size_t d = parts.d;
  const Head& head = *parts.head;
  const auto judge = [&](const Model& model, const Work::Standardised& to) {
    standardise(row, model.mean, model.scale, to.z);
    for (std::size_t l = 0; l < lags; ++l) {
      standardise(parts.past.subspan(l * d, d), model.mean, model.scale, to.f.subspan(l * d, d));
    }
    multiply_transposed(model.a, to.f, to.e);
    for (std::size_t j = 0; j < d; ++j) to.e[j] = to.z[j] - to.e[j];
  };
  judge(parts.now, work.now);
  std::array<double, 4>& s = *work.statistics;
  s[0] = s[2] = scaled_error(work.now.e, parts.now.noise);
  s[1] = s[3] = distance_of(work.now.z, parts.now.precision);
  if (head.phase == learning) {
    judge(parts.snapshot, work.old);
    s[2] = scaled_error(work.old.e, parts.snapshot.noise);
    s[3] = distance_of(work.old.z, parts.snapshot.precision);
  }
  std::array<double, 4> evidence{};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(s[i] < statistic_most)) s[i] = statistic_most;
    evidence[i] = elementary::log1p(s[i] / knee);
  }
  *work.instant = (evidence[0] + evidence[1] + evidence[2] + evidence[3]) / 4;
  *work.smooth = head.smooth + alpha * (*work.instant - head.smooth);
  *work.apart = (evidence[1] + evidence[3]) / 2;
}

// A row becomes part of the moments together with some others: a pass over the moments takes long.
void add_row(const Parts& parts, std::span<const double> row_and_lags, double share) {
  Head& head = *parts.head;
  const auto place = static_cast<std::size_t>(head.waiting);
  head.kept *= 1 - share;
  for (double& weight : head.weights) weight *= 1 - share;
  head.weights[place] = share;
  std::ranges::copy(row_and_lags, parts.waiting.subspan(place * row_and_lags.size()).begin());
  head.waiting += 1;
  if (place + 1 == rows_blended) add_waiting(parts);
}

void add_waiting(const Parts& parts) {
  Head& head = *parts.head;
  if (head.waiting > 0) blend_rows(parts.moments, head.kept, parts.waiting, head.weights);
  head.waiting = 0;
  head.kept = 1;
  head.weights = {};
}

// The moments of a row are its first columns, the lags' lie behind and below them.
void fit(const Parts& parts, std::span<const double> moments, const Work& work) {
  const std::size_t d = parts.d, q = lags * d, n = d + q;
  const auto column = [&](std::size_t k) { return moments.subspan(packed_column(n, k), n - k); };
  for (std::size_t k = 0; k < q; ++k) {
    std::ranges::copy(column(d + k), work.matrix.subspan(k * q + k).begin());
  }
  for (std::size_t j = 0; j < d; ++j) {
    std::ranges::copy(column(j).last(q), parts.now.a.subspan(j * q).begin());
  }
  solve_ridge(work.matrix.first(q * q), ridge, parts.now.a);

  const std::span<double> row_moments = work.matrix.first(d * d);
  const std::span<double> inverse = work.matrix.subspan(d * d, d * d);
  for (std::size_t j = 0; j < d; ++j) {
    std::ranges::copy(column(j).first(d - j), row_moments.subspan(j * d + j).begin());
  }
  invert_shrunk(row_moments, shrink, inverse, work.matrix.subspan(2 * d * d, d * d));
  for (std::size_t j = 0; j < d; ++j) {
    std::ranges::copy(inverse.subspan(j * d + j, d - j),
                      parts.now.precision.subspan(packed_column(d, j)).begin());
  }
}

namespace {

void copy_model(const auto& to, const auto& from) {
  std::ranges::copy(from.mean, to.mean.begin());
  std::ranges::copy(from.scale, to.scale.begin());
  std::ranges::copy(from.noise, to.noise.begin());
  std::ranges::copy(from.a, to.a.begin());
  std::ranges::copy(from.precision, to.precision.begin());
}

}  // namespace

// From the block of the first rows, which lies where the moments will: they are gathered aside.
void start(const Parts& parts, const Work& work) {
  const std::size_t d = parts.d;
  const auto rows = static_cast<double>(start_rows);
  const std::vector<double> block(parts.block.begin(), parts.block.end());
  const auto row = [&](std::size_t t) { return std::span(block).subspan(t * d, d); };
  for (std::size_t j = 0; j < d; ++j) {
    double mean = 0, variance = 0;
    for (std::size_t t = 0; t < start_rows; ++t) mean += row(t)[j] / rows;
    for (std::size_t t = 0; t < start_rows; ++t) {
      variance += (row(t)[j] - mean) * (row(t)[j] - mean) / rows;
    }
    variance = std::min(variance, value_most);
    parts.now.mean[j] = mean;
    parts.variance[j] = variance;
    parts.floor[j] = floor_of(mean);
    parts.now.scale[j] = is_still(variance, mean) ? parts.floor[j] : std::sqrt(variance);
  }
  std::ranges::fill(parts.moments, 0.0);
  parts.head->kept = 1;
  const auto prepare = [&](std::size_t t) {
    standardise(row(t), parts.now.mean, parts.now.scale, work.now.z);
    for (std::size_t l = 0; l < lags; ++l) {
      standardise(row(t >= l + 1 ? t - l - 1 : 0), parts.now.mean, parts.now.scale,
                  work.now.f.subspan(l * d, d));
    }
  };
  for (std::size_t t = 0; t < start_rows; ++t) {
    prepare(t);
    const double share = 1 / (static_cast<double>(t) + 1);
    add_row(parts, work.now.both, share);
    for (std::size_t i = 0; i < parts.lagged.size(); ++i) {
      parts.lagged[i] += share * (work.now.f[i] - parts.lagged[i]);
    }
  }
  add_waiting(parts);
  fit(parts, parts.moments, work);
  std::ranges::fill(parts.now.noise, 0.0);
  for (std::size_t t = 0; t < start_rows; ++t) {
    prepare(t);
    multiply_transposed(parts.now.a, work.now.f, work.now.e);
    for (std::size_t j = 0; j < d; ++j) {
      const double error = work.now.z[j] - work.now.e[j];
      parts.now.noise[j] += error * error / rows;
    }
  }
  for (double& noise : parts.now.noise) noise = std::max(noise, noise_least);
  copy_model(parts.snapshot, parts.now);
  for (std::size_t l = 0; l < lags; ++l) {
    std::ranges::copy(row(start_rows - 1 - l), parts.past.subspan(l * d, d).begin());
  }
  Head& head = *parts.head;
  head.phase = learning;
  head.count = rows;
  head.since_fit = head.held = head.age = 0;
  head.smooth = alpha;
  head.next_snapshot = rows * (snapshot_grows - 1);
  if (head.is_trained == 0) return;
  head.phase = training;
  head.next_fit = rows * snapshot_grows;
  std::ranges::fill(parts.snapshot.noise, 0.0);
}

namespace {

// What look prepared becomes part of the moments.
void learn_row(const Parts& parts, const Work& work) {
  Head& head = *parts.head;
  head.count = std::min(head.count + 1, memory_rows);
  const double share = 1 / head.count;
  const Model& now = parts.now;
  for (std::size_t j = 0; j < parts.d; ++j) {
    const double step = work.now.z[j] * now.scale[j];
    now.mean[j] += share * step;
    double& variance = parts.variance[j];
    variance = (1 - share) * (variance + share * step * step);
    if (!is_still(variance, now.mean[j])) {
      now.scale[j] = std::max(std::sqrt(variance), parts.floor[j] * 1e-3);
    }
    const double error = work.now.e[j] * work.now.e[j];
    now.noise[j] = std::max(now.noise[j] + share * (error - now.noise[j]), noise_least);
  }
  add_row(parts, work.now.both, share);
  if (++head.since_fit < std::max(refit_rows, head.count * refit_share)) return;
  head.since_fit = 0;
  add_waiting(parts);
  fit(parts, parts.moments, work);
}

}  // namespace

void collect(const Parts& parts, std::span<const double> row, bool is_training) {
  Head& head = *parts.head;
  const auto index = static_cast<std::size_t>(head.rows);
  for (std::size_t j = 0; j < parts.d; ++j) parts.block[index * parts.d + j] = value_of(row[j], 0);
  ++head.rows;
  head.is_trained = is_training ? 1 : 0;
}

namespace {

// The training is over: what follows does not go on from its last rows.
void end_training(const Parts& parts, std::span<const double> row, const Work& work) {
  fit_training(parts, work);
  parts.head->phase = trained;
  parts.head->smooth = alpha;
  for (std::size_t l = 0; l < lags; ++l) {
    for (std::size_t j = 0; j < parts.d; ++j) {
      parts.past[l * parts.d + j] = value_of(row[j], parts.now.mean[j]);
    }
  }
  look(parts, row, work);
}

void learn_calm_row(const Parts& parts, const Work& work) {
  Head& head = *parts.head;
  head.held = head.smooth > gate ? head.held + 1 : std::max(head.held - 2, 0.0);
  if (head.smooth <= gate || head.held >= patience) learn_row(parts, work);
  if (++head.age < head.next_snapshot) return;
  head.age = 0;
  head.next_snapshot = std::min(head.next_snapshot * snapshot_grows, snapshot_rows_max);
  copy_model(parts.snapshot, parts.now);
}

}  // namespace

void learn(const Parts& parts, std::span<const double> row, bool is_training, const Work& work) {
  const std::size_t d = parts.d;
  Head& head = *parts.head;
  if (!is_training && head.phase == training) end_training(parts, row, work);
  ++head.rows;
  head.smooth = *work.smooth;
  if (head.phase == training) learn_training_row(parts, row, work);
  if (head.phase == learning) learn_calm_row(parts, work);
  for (std::size_t l = lags; l > 1; --l) {
    std::ranges::copy(parts.past.subspan((l - 2) * d, d),
                      parts.past.subspan((l - 1) * d, d).begin());
  }
  for (std::size_t j = 0; j < d; ++j) parts.past[j] = value_of(row[j], parts.now.mean[j]);
}

}  // namespace retimu::linear
