// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/detectors/linear_prediction_parts.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace retimu {

using namespace linear;

namespace {

bool has_row(const Observation& observation) {
  const std::size_t columns = observation.entity.latest.size();
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && columns > 1 && columns <= columns_max;
}

}  // namespace

std::size_t LinearPrediction::lags(std::size_t columns) {
  return columns <= columns_of_three_lags ? 3 : 1;
}

namespace {

constexpr std::size_t head_numbers = 10;

// Hands out pieces of one span.
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

}  // namespace

std::size_t LinearPrediction::numbers(std::size_t columns) {
  if (columns < 2 || columns > columns_max) return head_numbers;
  const std::size_t d = columns, q = lags(columns) * d;
  const std::size_t models = 2 * (3 * d + q * d + d * d);
  return head_numbers + 2 * d + std::max(q * q, start_rows * d) + q * d + d * d + 2 * q + models;
}

LinearPrediction::Parts LinearPrediction::parts(const void* state, std::size_t columns) {
  static_assert(sizeof(Head) == head_numbers * sizeof(double));
  auto* begin = const_cast<double*>(static_cast<const double*>(state));
  const std::size_t d = columns, p = lags(columns), q = p * d;
  Pieces pieces(begin + head_numbers);
  Parts parts{};
  parts.d = d;
  parts.p = p;
  parts.head = reinterpret_cast<Head*>(begin);
  parts.variance = pieces.take(d);
  parts.floor = pieces.take(d);
  const std::span<double> shared = pieces.take(std::max(q * q, start_rows * d));
  parts.g = shared.first(q * q);
  parts.block = shared.first(start_rows * d);
  parts.h = pieces.take(q * d);
  parts.k = pieces.take(d * d);
  parts.past = pieces.take(q);
  parts.lagged = pieces.take(q);
  for (Model* model : {&parts.now, &parts.snapshot}) {
    model->mean = pieces.take(d);
    model->scale = pieces.take(d);
    model->noise = pieces.take(d);
    model->a = pieces.take(q * d);
    model->precision = pieces.take(d * d);
  }
  return parts;
}

std::size_t LinearPrediction::bytes(std::size_t columns) const {
  return numbers(columns) * sizeof(double);
}

void LinearPrediction::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  std::fill_n(static_cast<double*>(at), numbers(columns), 0.0);
}

void LinearPrediction::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void LinearPrediction::grow(void* to, std::size_t columns_to, void* /*from*/,
                            std::size_t /*columns_from*/) const {
  create(to, columns_to, 0);
}

void LinearPrediction::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  const std::span<double> all(static_cast<double*>(at), numbers(columns));
  visitor.cells("numbers", all);
  const Head& head = *static_cast<const Head*>(at);
  const bool is_valid = std::ranges::all_of(all, [](double one) { return std::isfinite(one); }) &&
                        (head.phase == collecting || head.phase == training ||
                         head.phase == trained || head.phase == learning) &&
                        head.rows >= 0 && head.count >= 0 && head.since_fit >= 0 &&
                        (head.phase != collecting || head.rows < start_rows);
  if (is_valid) return;
  create(at, columns, 0);
  visitor.refuse();
}

// Never less for more columns, though these have fewer lags, or are too many.
std::size_t LinearPrediction::scratch_bytes(std::size_t columns) const {
  if (columns < 2) return 0;
  const std::size_t d = std::min(columns, columns_max), q = lags(d) * d;
  const std::size_t own = 2 * (3 * d + q) + 2 * q * q + q * d + d * d + 5;
  if (columns <= columns_of_three_lags) return own * sizeof(double);
  return std::max(own * sizeof(double), scratch_bytes(columns_of_three_lags));
}

LinearPrediction::Work LinearPrediction::work(Scratch scratch, std::size_t columns) {
  const std::size_t d = columns, q = lags(columns) * d;
  Pieces pieces(reinterpret_cast<double*>(scratch.data()));
  Work work{};
  work.z = pieces.take(d);
  work.f = pieces.take(q);
  work.e = pieces.take(d);
  work.g = pieces.take(d);
  work.z2 = pieces.take(d);
  work.f2 = pieces.take(q);
  work.e2 = pieces.take(d);
  work.g2 = pieces.take(d);
  work.matrix = pieces.take(q * q);
  work.g_z = pieces.take(q * q);
  work.h_z = pieces.take(q * d);
  work.k_z = pieces.take(d * d);
  work.statistics = reinterpret_cast<std::array<double, 4>*>(pieces.take(4).data());
  work.smooth = pieces.take(1).data();
  return work;
}

namespace {

double scaled_error(std::span<const double> e, std::span<const double> noise) {
  double sum = 0;
  for (std::size_t j = 0; j < e.size(); ++j) sum += e[j] * e[j] / noise[j];
  return sum / static_cast<double>(e.size());
}

double distance_of(std::span<const double> z, std::span<const double> g) {
  double sum = 0;
  for (std::size_t j = 0; j < z.size(); ++j) sum += z[j] * g[j];
  return std::max(sum / static_cast<double>(z.size()), 0.0);
}

}  // namespace

// The four statistics of a row, and the smoothed evidence after it.
void LinearPrediction::look(const Parts& parts, std::span<const double> row, const Work& work) {
  const std::size_t d = parts.d;
  const Head& head = *parts.head;
  const auto judge = [&](const Model& model, std::span<double> z, std::span<double> f,
                         std::span<double> e, std::span<double> g) {
    standardise(row, model.mean, model.scale, z);
    for (std::size_t l = 0; l < parts.p; ++l) {
      standardise(parts.past.subspan(l * d, d), model.mean, model.scale, f.subspan(l * d, d));
    }
    multiply_transposed(model.a, f, e);
    for (std::size_t j = 0; j < d; ++j) e[j] = z[j] - e[j];
    multiply(model.precision, z, g);
  };
  judge(parts.now, work.z, work.f, work.e, work.g);
  std::array<double, 4>& s = *work.statistics;
  s[0] = s[2] = scaled_error(work.e, parts.now.noise);
  s[1] = s[3] = distance_of(work.z, work.g);
  if (head.phase == learning) {
    judge(parts.snapshot, work.z2, work.f2, work.e2, work.g2);
    s[2] = scaled_error(work.e2, parts.snapshot.noise);
    s[3] = distance_of(work.z2, work.g2);
  }
  std::array<double, 4> evidence{};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(s[i] < statistic_most)) s[i] = statistic_most;
    evidence[i] = elementary::log1p(s[i] / knee);
  }
  const double all = (evidence[0] + evidence[1] + evidence[2] + evidence[3]) / 4;
  *work.smooth = head.smooth + alpha * (all - head.smooth);
}

std::optional<double> LinearPrediction::score(const void* state, const Observation& observation,
                                              Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  if (own.head->phase == collecting) return std::nullopt;
  const Work at = work(scratch, row.size());
  look(own, row, at);
  return *at.smooth;
}

void LinearPrediction::fit(const Parts& parts, const Work& work) {
  solve_ridge(parts.g, ridge, parts.h, parts.now.a, work.matrix);
  invert_shrunk(parts.k, shrink, parts.now.precision, work.matrix.first(parts.d * parts.d));
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
void LinearPrediction::start(const Parts& parts, const Work& work) {
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
  std::ranges::fill(parts.g, 0.0);
  std::ranges::fill(parts.h, 0.0);
  std::ranges::fill(parts.k, 0.0);
  const auto prepare = [&](std::size_t t) {
    standardise(row(t), parts.now.mean, parts.now.scale, work.z);
    for (std::size_t l = 0; l < parts.p; ++l) {
      standardise(row(t >= l + 1 ? t - l - 1 : 0), parts.now.mean, parts.now.scale,
                  work.f.subspan(l * d, d));
    }
  };
  for (std::size_t t = 0; t < start_rows; ++t) {
    prepare(t);
    const double share = 1 / (static_cast<double>(t) + 1);
    blend_outer(parts.g, work.f, work.f, share);
    blend_outer(parts.h, work.f, work.z, share);
    blend_outer(parts.k, work.z, work.z, share);
    for (std::size_t i = 0; i < parts.lagged.size(); ++i) {
      parts.lagged[i] += share * (work.f[i] - parts.lagged[i]);
    }
  }
  fit(parts, work);
  std::ranges::fill(parts.now.noise, 0.0);
  for (std::size_t t = 0; t < start_rows; ++t) {
    prepare(t);
    multiply_transposed(parts.now.a, work.f, work.e);
    for (std::size_t j = 0; j < d; ++j) {
      const double error = work.z[j] - work.e[j];
      parts.now.noise[j] += error * error / rows;
    }
  }
  for (double& noise : parts.now.noise) noise = std::max(noise, noise_least);
  copy_model(parts.snapshot, parts.now);
  for (std::size_t l = 0; l < parts.p; ++l) {
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

// What score prepared becomes part of the moments.
void LinearPrediction::learn_row(const Parts& parts, const Work& work) {
  Head& head = *parts.head;
  head.count = std::min(head.count + 1, memory_rows);
  const double share = 1 / head.count;
  const Model& now = parts.now;
  for (std::size_t j = 0; j < parts.d; ++j) {
    const double step = work.z[j] * now.scale[j];
    now.mean[j] += share * step;
    double& variance = parts.variance[j];
    variance = (1 - share) * (variance + share * step * step);
    if (!is_still(variance, now.mean[j])) {
      now.scale[j] = std::max(std::sqrt(variance), parts.floor[j] * 1e-3);
    }
    const double error = work.e[j] * work.e[j];
    now.noise[j] = std::max(now.noise[j] + share * (error - now.noise[j]), noise_least);
  }
  blend_outer(parts.g, work.f, work.f, share);
  blend_outer(parts.h, work.f, work.z, share);
  blend_outer(parts.k, work.z, work.z, share);
  if (++head.since_fit < refit_rows) return;
  head.since_fit = 0;
  fit(parts, work);
}

void LinearPrediction::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  Head& head = *own.head;
  const Work at = work(scratch, row.size());
  const bool is_training = observation.event.training;
  if (head.phase == collecting) {
    const auto index = static_cast<std::size_t>(head.rows);
    for (std::size_t j = 0; j < own.d; ++j) {
      own.block[index * own.d + j] = value_of(row[j], 0);
    }
    ++head.rows;
    head.is_trained = is_training ? 1 : 0;
    if (head.rows == start_rows) start(own, at);
    return;
  }
  if (!is_training && head.phase == training) {
    fit_training(own, at);
    head.phase = trained;
    head.smooth = alpha;
    for (std::size_t l = 0; l < own.p; ++l) {  // it does not go on from the training rows
      for (std::size_t j = 0; j < own.d; ++j) {
        own.past[l * own.d + j] = value_of(row[j], own.now.mean[j]);
      }
    }
    look(own, row, at);
  }
  ++head.rows;
  head.smooth = *at.smooth;
  if (head.phase == training) {
    learn_training_row(own, row, at);
  } else if (head.phase == learning) {
    head.held = head.smooth > gate ? head.held + 1 : std::max(head.held - 2, 0.0);
    if (head.smooth <= gate || head.held >= patience) learn_row(own, at);
    if (++head.age >= head.next_snapshot) {
      head.age = 0;
      head.next_snapshot = std::min(head.next_snapshot * snapshot_grows, snapshot_rows_max);
      copy_model(own.snapshot, own.now);
    }
  }
  for (std::size_t l = own.p; l > 1; --l) {
    std::ranges::copy(own.past.subspan((l - 2) * own.d, own.d),
                      own.past.subspan((l - 1) * own.d, own.d).begin());
  }
  for (std::size_t j = 0; j < own.d; ++j) own.past[j] = value_of(row[j], own.now.mean[j]);
}

// The columns that were foretold worst, with what was foretold, give or take three errors.
void LinearPrediction::explain(const void* state, const Observation& observation, Scratch scratch,
                               std::vector<Reason>& to) const {
  const std::span<const double> row = observation.entity.latest;
  const Parts own = parts(state, row.size());
  const Work at = work(scratch, row.size());
  const std::size_t first = to.size();
  for (const std::uint32_t slot : observation.entity.present) {
    const double scale = own.now.scale[slot];
    const double foretold = own.now.mean[slot] + (at.z[slot] - at.e[slot]) * scale;
    const double error = 3 * std::sqrt(own.now.noise[slot]) * scale;
    to.push_back({observation.entity.columns[slot], row[slot], foretold - error, foretold + error,
                  at.e[slot] * at.e[slot] / own.now.noise[slot]});
  }
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
