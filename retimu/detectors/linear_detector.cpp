// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_detector.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace retimu {

namespace {

// 1: a single model, whatever the columns; 2: no smoothed distance.
constexpr std::uint32_t version = 3;

bool may_judge(std::size_t columns) {
  return columns > 1 && columns <= LinearDetector::columns_max;
}

bool has_row(const Observation& observation) {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && may_judge(observation.entity.latest.size());
}

// Numbers of the models.
std::size_t numbers(const ColumnBlocks& blocks) {
  std::size_t sum = 0;
  for (std::size_t block = 0; block < blocks.count(); ++block) {
    sum += linear::numbers(blocks.size(block));
  }
  return sum;
}

// Never less for more columns, though their blocks are smaller.
std::size_t shared_numbers(std::size_t columns) {
  return linear::shared_work_numbers(std::min(columns, ColumnBlocks::columns_whole));
}

}  // namespace

LinearDetector::Own LinearDetector::own(const void* state, std::size_t columns) {
  const ColumnBlocks blocks(columns);
  auto* models = const_cast<double*>(static_cast<const double*>(state));
  double* apart = models + numbers(blocks);
  auto* order = reinterpret_cast<std::uint16_t*>(apart + 1);
  return {blocks, models, apart, {order, blocks.count() > 1 ? columns : 0}};
}

LinearDetector::Work LinearDetector::work(Scratch scratch, std::size_t columns) {
  auto* at = reinterpret_cast<double*>(scratch.data());
  double* shared = at + columns;
  return {{at, columns}, shared, shared + shared_numbers(columns)};
}

std::size_t LinearDetector::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max);
  const ColumnBlocks blocks(d);
  std::size_t sum = d + shared_numbers(d);
  for (std::size_t block = 0; block < blocks.count(); ++block) {
    sum += linear::own_work_numbers(blocks.size(block));
  }
  return sum * sizeof(double);
}

std::size_t LinearDetector::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return 0;
  const ColumnBlocks blocks(columns);
  return (numbers(blocks) + 1) * sizeof(double) +
         (blocks.count() > 1 ? columns * sizeof(std::uint16_t) : 0);
}

void LinearDetector::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  if (!may_judge(columns)) return;
  const Own state = own(at, columns);
  std::fill_n(state.models, numbers(state.blocks), 0.0);
  *state.apart = 0;
  std::iota(state.order.begin(), state.order.end(), std::uint16_t{0});
}

void LinearDetector::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void LinearDetector::grow(void* to, std::size_t columns_to, void* /*from*/,
                          std::size_t /*columns_from*/) const {
  create(to, columns_to, 0);
}

void LinearDetector::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  const std::uint32_t stored = visitor.version(version);
  if (!may_judge(columns)) return;
  const Own state = own(at, columns);
  visitor.cells("numbers", std::span(state.models, numbers(state.blocks)));
  visitor.cells("order", state.order);
  if (stored >= 3) visitor.cell("apart", *state.apart);
  bool is_valid = is_permutation(state.order) && !(stored < 2 && state.blocks.count() > 1) &&
                  std::isfinite(*state.apart) && *state.apart >= 0;
  state.each([&](const linear::Parts& parts, std::size_t /*first*/) {
    const linear::Head &head = *parts.head, &other = state.head();
    const bool are_alike = head.phase == linear::collecting
                               ? other.phase == linear::collecting && head.rows == other.rows
                               : other.phase != linear::collecting;
    is_valid = is_valid && are_alike && linear::is_sound(parts);
  });
  if (is_valid) return;
  create(at, columns, 0);
  visitor.refuse();
}

bool LinearDetector::speaks(const void* state, const Observation& observation) {
  return has_row(observation) &&
         own(state, observation.entity.latest.size()).head().phase != linear::collecting;
}

std::optional<double> LinearDetector::score(const void* state, const Observation& observation,
                                            Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Own own = LinearDetector::own(state, row.size());
  const Work at = work(scratch, row.size());
  for (std::size_t place = 0; place < row.size(); ++place) at.row[place] = row[own.slot(place)];
  if (own.head().phase == linear::collecting) return std::nullopt;
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& of_part) { linear::look(parts, part, of_part); });
  return read(state, observation, scratch);
}

bool LinearDetector::ranks(std::size_t columns) const { return may_judge(columns); }

// Of several models the mean and the largest count alike.
double LinearDetector::over_blocks(const Own& own, const Work& work,
                                   double* linear::Work::*evidence) {
  double sum = 0, most = 0;
  double* at = work.own;
  for (std::size_t block = 0; block < own.blocks.count(); ++block) {
    const std::size_t d = own.blocks.size(block);
    const double one = *(linear::work(at, work.shared, d).*evidence);
    sum += one;
    most = std::max(most, one);
    at += linear::own_work_numbers(d);
  }
  const auto blocks = static_cast<double>(own.blocks.count());
  return blocks > 1 ? (sum / blocks + most) / 2 : sum;
}

double LinearDetector::smoothed_apart(const Own& own, const Work& work) {
  return *own.apart + linear::alpha * (over_blocks(own, work, &linear::Work::apart) - *own.apart);
}

// The first rows lie with the models in the order of the slots, and then with the blocks where
// their columns belong.
void LinearDetector::arrange(const Own& own) {
  const std::size_t d = own.order.size();
  std::vector<double> rows(linear::start_rows * d);
  own.each([&](const linear::Parts& parts, std::size_t first) {
    for (std::size_t i = 0; i < parts.block.size(); ++i) {
      rows[i / parts.d * d + first + i % parts.d] = parts.block[i];
    }
  });
  group_columns(rows, own.blocks, own.order);
  own.each([&](const linear::Parts& parts, std::size_t first) {
    for (std::size_t i = 0; i < parts.block.size(); ++i) {
      parts.block[i] = rows[i / parts.d * d + own.order[first + i % parts.d]];
    }
  });
}

// The first row after the training is looked at once more, by all that was learned.
void LinearDetector::learn_row(const Own& own, const Work& work, bool is_training) {
  const bool was_training = own.head().phase == linear::training;
  work.each(own,
            [&](const linear::Parts& parts, std::span<const double> part,
                const linear::Work& of_part) { linear::learn(parts, part, is_training, of_part); });
  if (was_training && !is_training) *own.apart = 0;
  *own.apart = smoothed_apart(own, work);
}

void LinearDetector::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::size_t columns = observation.entity.latest.size();
  const Own own = LinearDetector::own(state, columns);
  const Work at = work(scratch, columns);
  const bool is_training = observation.event.training;
  if (own.head().phase != linear::collecting) return learn_row(own, at, is_training);
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& /*of_part*/) { linear::collect(parts, part, is_training); });
  if (own.head().rows < linear::start_rows) return;
  if (own.blocks.count() > 1) arrange(own);
  at.each(own, [&](const linear::Parts& parts, std::span<const double> /*part*/,
                   const linear::Work& of_part) { linear::start(parts, of_part); });
}

}  // namespace retimu
