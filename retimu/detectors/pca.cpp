// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/pca.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/detectors/specimen.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

namespace retimu {

using whole_row::has_row;
using whole_row::may_judge;
using whole_row::set_identity;

struct Pca::Head {
  double rows, since_fit;  // rows: that the covariance covers, at most window
  double fits;             // counted up to 3
  double judged;           // rows that the usual sizes cover, at most window
  double usual_along, usual_aside;
};

// A baseline a column, then numbers.
struct Pca::Parts {
  std::size_t d;
  Head* head;
  std::span<Baseline> usual;     // [d]
  std::span<double> numbers;     // all that follow
  std::span<double> covariance;  // [d][d]
  std::span<double> vectors;     // [d][d], a direction each, by falling eigenvalue after a fit
  std::span<double> per_value;   // [d] what a squared component is multiplied by: 1 / (kept l)
  double* per_aside;             // what the squared rest is multiplied by
};

struct Pca::Work {
  std::span<double> x;          // [d] the row
  std::span<double> along;      // [d] v' x
  double* size;                 // [2] T^2 and Q
  std::span<double> values;     // [d]
  std::span<double> matrix[2];  // [d][d]
};

namespace {

constexpr std::size_t head_numbers = 6;
constexpr double value_least = 1e-6;  // of an eigenvalue, where columns repeat each other
constexpr double size_least = 0.05;   // of a usual size, where 1 is what the covariance foretells

}  // namespace

std::size_t Pca::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return 0;
  return columns * sizeof(Baseline) +
         (head_numbers + 2 * columns * columns + columns + 1) * sizeof(double);
}

Pca::Parts Pca::parts(const void* state, std::size_t columns) {
  static_assert(sizeof(Head) == head_numbers * sizeof(double));
  const std::size_t d = columns;
  auto* usual = const_cast<Baseline*>(static_cast<const Baseline*>(state));
  auto* numbers = reinterpret_cast<double*>(usual + d);
  Parts parts{};
  parts.d = d;
  parts.usual = {usual, d};
  parts.numbers = {numbers, head_numbers + 2 * d * d + d + 1};
  parts.head = reinterpret_cast<Head*>(numbers);
  parts.covariance = parts.numbers.subspan(head_numbers, d * d);
  parts.vectors = parts.numbers.subspan(head_numbers + d * d, d * d);
  parts.per_value = parts.numbers.subspan(head_numbers + 2 * d * d, d);
  parts.per_aside = &parts.numbers.back();
  return parts;
}

std::size_t Pca::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max);
  return (3 * d + 2 + 2 * d * d) * sizeof(double);
}

Pca::Work Pca::work(Scratch scratch, std::size_t columns) {
  auto* at = reinterpret_cast<double*>(scratch.data());
  const std::size_t d = columns;
  return {{at + 2, d},
          {at + 2 + d, d},
          at,
          {at + 2 + 2 * d, d},
          {{at + 2 + 3 * d, d * d}, {at + 2 + 3 * d + d * d, d * d}}};
}

void Pca::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  if (!may_judge(columns)) return;
  std::uninitialized_fill_n(static_cast<Baseline*>(at), columns, Baseline());
  const Parts own = parts(at, columns);
  std::ranges::fill(own.numbers, 0.0);
  own.head->usual_along = own.head->usual_aside = 1;
  set_identity(own.covariance, columns);
  set_identity(own.vectors, columns);
}

void Pca::destroy(void* /*at*/, std::size_t /*columns*/) const {}

// Levels are kept; what goes together is learned anew.
void Pca::grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const {
  create(to, columns_to, 0);
  if (!may_judge(columns_to) || !may_judge(columns_from)) return;
  std::ranges::copy(parts(from, columns_from).usual, parts(to, columns_to).usual.begin());
}

void Pca::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  visitor.version(version);
  if (!may_judge(columns)) return;
  const Parts own = parts(at, columns);
  for (Baseline& usual : own.usual) usual.visit(visitor, options_.window);
  visitor.cells("numbers", own.numbers);
  if (is_sound(own, static_cast<double>(options_.window))) return;
  visitor.refuse();
  create(at, columns, 0);
}

bool Pca::is_sound(const Parts& parts, double rows_max) {
  const Head& head = *parts.head;
  const auto is_number = [](double one) { return std::fabs(one) <= number_most; };
  const auto is_share = [](double one) { return one >= 0; };
  return std::ranges::all_of(parts.numbers, is_number) && head.rows >= 0 && head.rows <= rows_max &&
         head.since_fit >= 0 && head.fits >= 0 && head.judged >= 0 && head.usual_along >= 0 &&
         head.usual_aside >= 0 && std::ranges::all_of(parts.per_value, is_share) &&
         *parts.per_aside >= 0;
}

void Pca::look(const Parts& parts, std::span<const double> row, const Work& work) const {
  whole_row::standardise(parts.usual, row, work.x);
  multiply_transposed(parts.vectors, work.x, work.along);
  double along = 0, aside = 0;
  for (std::size_t k = 0; k < parts.d; ++k) {
    const double one = work.along[k] * work.along[k];
    along += one * parts.per_value[k];
    if (parts.per_value[k] == 0) aside += one;
  }
  work.size[0] = std::min(along, number_most);
  work.size[1] = std::min(aside * *parts.per_aside, number_most);
}

namespace {

// Of T^2 and Q, what each counts for in the squared score.
std::array<double, 2> shares_of(double usual_along, double usual_aside, bool has_aside) {
  const double along = 1 / std::max(usual_along, size_least);
  if (!has_aside) return {along, 0};
  return {0.5 * along, 0.5 / std::max(usual_aside, size_least)};
}

}  // namespace

std::optional<double> Pca::score(const void* state, const Observation& observation,
                                 Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::size_t d = observation.entity.latest.size();
  const Parts own = parts(state, d);
  const Work at = work(scratch, d);
  look(own, observation.entity.latest, at);
  const Head& head = *own.head;
  if (head.fits < 1) return std::nullopt;
  const auto [along, aside] = shares_of(head.usual_along, head.usual_aside, d > 1);
  return tame(std::min(std::sqrt(at.size[0] * along + at.size[1] * aside), number_most));
}

// Directions by falling eigenvalue, the kept ones first.
void Pca::fit(const Parts& parts, const Work& work) const {
  const std::size_t d = parts.d;
  refine_eigen(parts.covariance, work.values, parts.vectors, work.matrix[0], work.matrix[1]);
  for (std::size_t k = 0; k + 1 < d; ++k) {
    const auto largest = static_cast<std::size_t>(
        std::max_element(work.values.begin() + static_cast<std::ptrdiff_t>(k), work.values.end()) -
        work.values.begin());
    if (largest == k) continue;
    std::swap(work.values[k], work.values[largest]);
    const auto column = parts.vectors.subspan(k * d, d);
    std::swap_ranges(column.begin(), column.end(), parts.vectors.subspan(largest * d, d).begin());
  }
  for (double& value : work.values) value = std::max(value, value_least);
  const double all = std::accumulate(work.values.begin(), work.values.end(), 0.0);
  double held = work.values[0];
  std::size_t kept = 1;
  while (kept + 1 < d && held < options_.kept * all) held += work.values[kept++];
  double aside = 0;
  for (std::size_t k = 0; k < d; ++k) {
    parts.per_value[k] = k < kept ? 1 / (static_cast<double>(kept) * work.values[k]) : 0;
    aside += k < kept ? 0 : work.values[k];
  }
  *parts.per_aside = d > 1 ? 1 / aside : 0;
  const bool has_failed =  // only a damaged state has a covariance that is none
      !std::ranges::all_of(parts.vectors, [](double one) { return std::fabs(one) <= 2; });
  if (!has_failed) return;
  set_identity(parts.covariance, d);
  set_identity(parts.vectors, d);
}

// A row counts at most as four times the usual, as in UsualSize.
void Pca::learn_sizes(const Parts& parts, const Work& work) const {
  Head& head = *parts.head;
  head.judged = std::min(head.judged + 1, static_cast<double>(options_.window));
  const double share = 1 / (head.judged + start_rows);
  const auto learn = [share](double& usual, double size) {
    usual = moved(usual, std::min(size, 4 * std::max(usual, size_least)), share);
  };
  learn(head.usual_along, work.size[0]);
  learn(head.usual_aside, work.size[1]);
}

void Pca::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  const Work at = work(scratch, own.d);
  Head& head = *own.head;
  if (!whole_row::learn_columns(own.usual, entity, options_.window)) return;
  double weight = 1;
  if (head.fits > 0) {
    const auto [along, aside] = shares_of(head.usual_along, head.usual_aside, own.d > 1);
    weight = std::min(gate / std::max(at.size[0] * along + at.size[1] * aside, gate), 1.0);
    learn_sizes(own, at);
  }
  head.rows = std::min(head.rows + 1, static_cast<double>(options_.window));
  blend_outer(own.covariance, at.x, at.x, weight / head.rows);
  const double due = head.fits < 2 ? start_rows : head.fits < 3 ? 2 * start_rows : refit_rows;
  if (++head.since_fit < due) return;
  head.since_fit = 0;
  head.fits = std::min(head.fits + 1, 3.0);
  fit(own, at);
}

// By how much the squared score would fall if a column were what the others foretell of it
// (Alcala and Qin, "Reconstruction-based contribution for process monitoring", Automatica 2009),
// with that value, give or take what three would add to the score.
void Pca::explain(const void* state, const Observation& observation, Scratch scratch,
                  std::vector<Reason>& to) const {
  if (!has_row(observation)) return;
  const EntityView& entity = observation.entity;
  const Parts own = parts(state, entity.latest.size());
  if (own.head->fits < 1) return;
  const std::size_t d = own.d;
  const Work at = work(scratch, d);
  const auto [along, aside] = shares_of(own.head->usual_along, own.head->usual_aside, d > 1);
  const std::size_t first = to.size();
  for (std::size_t j = 0; j < d; ++j) {
    if (!own.usual[j].is_known() || std::isnan(entity.latest[j])) continue;
    double pull = 0, stiffness = 0;  // of the squared score as a form of x: M x and M, at j
    for (std::size_t k = 0; k < d; ++k) {
      const double weight =
          own.per_value[k] > 0 ? own.per_value[k] * along : *own.per_aside * aside;
      const double vector = own.vectors[k * d + j];
      pull += weight * vector * at.along[k];
      stiffness += weight * vector * vector;
    }
    stiffness = std::max(stiffness, 1e-12);
    to.push_back(whole_row::reason_of(
        own.usual[j], entity, j, {at.x[j] - pull / stiffness, stiffness, pull * pull / stiffness}));
  }
  keep_heaviest_reasons(to, first);
}

namespace {

constexpr std::array parameters{
    Parameter{"window", "rows that level and covariance cover", Parameter::Kind::whole, 2'000, 128,
              1'000'000},
    Parameter{"kept", "share of the variance that the kept components hold",
              Parameter::Kind::number, 0.9, 0.5, 0.999},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<Pca>(
      Pca::Options{.window = values.whole("window"), .kept = values.number("kept")});
}

// Four columns that follow one load; then one of them does not, though each by itself is as usual.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("power"), to.column("flow"), to.column("heat"),
                           to.column("speed")};
  Random random(31);
  for (int i = 0; i < 1'000; ++i) {
    const double load = bell(random);
    const std::array values{50 + 5 * load + 0.5 * bell(random), 8 + load + 0.1 * bell(random),
                            30 - 3 * load + 0.3 * bell(random), 100 + 10 * load + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{57.5, 6.5, 25.5, 115.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry pca_entry() {
  return {.name = "pca",
          .summary = "how far a row lies along and aside of the principal components",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
