// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mewma.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

using whole_row::has_row;
using whole_row::may_judge;
using whole_row::set_identity;

struct Mewma::Head {
  double rows, since_fit;  // rows: that the covariance covers, at most window
  double quartic;          // mean of |x|^4
};

// A baseline a column, then numbers.
struct Mewma::Parts {
  std::size_t d;
  Head* head;
  std::span<Baseline> usual;     // [d]
  std::span<double> numbers;     // all that follow
  std::span<double> mean;        // [d] z
  std::span<double> covariance;  // [d][d]
  std::span<double> precision;   // [d][d]
};

struct Mewma::Work {
  std::span<double> x, z;                // [d] the row, and the mean with it
  std::span<double> pulled_x, pulled_z;  // [d] precision times these
  std::span<double> matrix;              // [d][d]
};

namespace {

constexpr std::size_t head_numbers = 3;

double product(std::span<const double> left, std::span<const double> right) {
  double sum = 0;
  for (std::size_t j = 0; j < left.size(); ++j) sum += left[j] * right[j];
  return sum;
}

}  // namespace

std::size_t Mewma::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return 0;
  return columns * sizeof(Baseline) +
         (head_numbers + columns + 2 * columns * columns) * sizeof(double);
}

Mewma::Parts Mewma::parts(const void* state, std::size_t columns) {
  static_assert(sizeof(Head) == head_numbers * sizeof(double));
  const std::size_t d = columns;
  auto* usual = const_cast<Baseline*>(static_cast<const Baseline*>(state));
  auto* numbers = reinterpret_cast<double*>(usual + d);
  Parts parts{};
  parts.d = d;
  parts.usual = {usual, d};
  parts.numbers = {numbers, head_numbers + d + 2 * d * d};
  parts.head = reinterpret_cast<Head*>(numbers);
  parts.mean = parts.numbers.subspan(head_numbers, d);
  parts.covariance = parts.numbers.subspan(head_numbers + d, d * d);
  parts.precision = parts.numbers.subspan(head_numbers + d + d * d, d * d);
  return parts;
}

std::size_t Mewma::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max);
  return (4 * d + d * d) * sizeof(double);
}

Mewma::Work Mewma::work(Scratch scratch, std::size_t columns) {
  auto* at = reinterpret_cast<double*>(scratch.data());
  const std::size_t d = columns;
  return {{at, d}, {at + d, d}, {at + 2 * d, d}, {at + 3 * d, d}, {at + 4 * d, d * d}};
}

void Mewma::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  if (!may_judge(columns)) return;
  std::uninitialized_fill_n(static_cast<Baseline*>(at), columns, Baseline());
  const Parts own = parts(at, columns);
  std::ranges::fill(own.numbers, 0.0);
  set_identity(own.covariance, columns);
  set_identity(own.precision, columns);
}

void Mewma::destroy(void* /*at*/, std::size_t /*columns*/) const {}

// A new column goes with no other yet.
void Mewma::grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const {
  create(to, columns_to, 0);
  if (!may_judge(columns_to) || !may_judge(columns_from)) return;
  const Parts target = parts(to, columns_to), source = parts(from, columns_from);
  *target.head = *source.head;
  std::ranges::copy(source.usual, target.usual.begin());
  std::ranges::copy(source.mean, target.mean.begin());
  for (std::size_t j = 0; j < columns_from; ++j) {
    for (std::size_t i = 0; i < columns_from; ++i) {
      target.covariance[j * columns_to + i] = source.covariance[j * columns_from + i];
      target.precision[j * columns_to + i] = source.precision[j * columns_from + i];
    }
  }
}

void Mewma::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  if (visitor.version(version) < version) return visitor.refuse();
  if (!may_judge(columns)) return;
  const Parts own = parts(at, columns);
  for (Baseline& usual : own.usual) usual.visit(visitor, options_.window);
  visitor.cells("numbers", own.numbers);
  const Head& head = *own.head;
  const bool is_valid =
      head.rows >= 0 && head.rows <= static_cast<double>(options_.window) && head.since_fit >= 0 &&
      std::ranges::all_of(own.numbers, [](double one) { return std::fabs(one) <= number_most; });
  if (is_valid) return;
  visitor.refuse();
  create(at, columns, 0);
}

void Mewma::look(const Parts& parts, std::span<const double> row, const Work& work) const {
  whole_row::standardise(parts.usual, row, work.x);
  for (std::size_t j = 0; j < parts.d; ++j) {
    work.z[j] = parts.mean[j] + options_.share * (work.x[j] - parts.mean[j]);
  }
  multiply(parts.precision, work.x, work.pulled_x);
  multiply(parts.precision, work.z, work.pulled_z);
}

std::optional<double> Mewma::score(const void* state, const Observation& observation,
                                   Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::size_t d = observation.entity.latest.size();
  const Parts own = parts(state, d);
  const Work at = work(scratch, d);
  look(own, observation.entity.latest, at);
  if (own.head->rows < start_rows) return std::nullopt;
  const double inflation = (2 - options_.share) / options_.share;
  const double squared = std::max(inflation * product(at.z, at.pulled_z), 0.0);
  const double of_column = std::min(squared / static_cast<double>(d), number_most);
  return tame(std::sqrt(of_column));
}

// The shrinkage b^2 / d^2 of Ledoit and Wolf: how much the covariance errs, by the fourth moment,
// over how far it is from the identity.
void Mewma::fit(const Parts& parts, const Work& work) {
  double size = 0, apart = 0;
  for (std::size_t j = 0; j < parts.d; ++j) {
    for (std::size_t i = 0; i < parts.d; ++i) {
      const double one = parts.covariance[j * parts.d + i];
      const double off = one - (i == j ? 1.0 : 0.0);
      size += one * one;
      apart += off * off;
    }
  }
  const double error = std::max(parts.head->quartic - size, 0.0) / parts.head->rows;
  const double shrink = error < apart ? std::max(error / apart, shrink_least) : 1.0;
  invert_shrunk(parts.covariance, shrink, parts.precision, work.matrix);
  bool is_sound = true;
  for (std::size_t j = 0; j < parts.d; ++j) is_sound &= parts.precision[j * parts.d + j] > 0;
  is_sound &= std::ranges::all_of(parts.precision, [](double one) { return std::isfinite(one); });
  if (is_sound) return;  // only a damaged state has a covariance that is none
  for (const std::span<double> matrix : {parts.covariance, parts.precision}) {
    set_identity(matrix, parts.d);
  }
}

void Mewma::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  const Work at = work(scratch, own.d);
  Head& head = *own.head;
  std::ranges::copy(at.z, own.mean.begin());
  if (!whole_row::learn_columns(own.usual, entity, options_.window)) return;
  head.rows = std::min(head.rows + 1, static_cast<double>(options_.window));
  const double full = gate * static_cast<double>(own.d);
  const double squared = product(at.x, at.pulled_x);
  const bool is_fitted = head.rows > start_rows;
  const double weight = is_fitted && squared > full ? full / squared : 1.0;
  const double share = weight / head.rows;
  blend_outer(own.covariance, at.x, at.x, share);
  const double length = product(at.x, at.x);
  head.quartic += share * (length * length - head.quartic);
  if (++head.since_fit < refit_rows) return;
  head.since_fit = 0;
  fit(own, at);
}

// By how much T^2 would fall if a column were what the others foretell of it (Mason, Tracy and
// Young, "Decomposition of T^2 for multivariate control chart interpretation", Journal of Quality
// Technology 1995), with that value, give or take three of its conditional deviations.
void Mewma::explain(const void* state, const Observation& observation, Scratch scratch,
                    std::vector<Reason>& to) const {
  if (!has_row(observation)) return;
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  const Work at = work(scratch, own.d);
  const std::size_t first = to.size();
  for (std::size_t j = 0; j < own.d; ++j) {
    if (!own.usual[j].is_known() || std::isnan(entity.latest[j])) continue;
    const double own_precision = std::max(own.precision[j * own.d + j], 1e-12);
    to.push_back(whole_row::reason_of(own.usual[j], entity, j,
                                      {at.x[j] - at.pulled_x[j] / own_precision, own_precision,
                                       at.pulled_z[j] * at.pulled_z[j] / own_precision}));
  }
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
