// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"

#include "retimu/core/detector_of.hpp"
#include "retimu/detectors/column_blocks.hpp"
#include "retimu/detectors/linear_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace retimu {

namespace {

constexpr std::uint32_t version = 2;  // 1: a single model, whatever the columns

bool may_judge(std::size_t columns) {
  return columns > 1 && columns <= LinearPrediction::columns_max;
}

bool has_row(const Observation& observation) {
  return std::holds_alternative<Readings>(observation.event.payload) &&
         !observation.entity.present.empty() && may_judge(observation.entity.latest.size());
}

// Numbers of the state, without the order.
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

// The models of the blocks one after the other, then which column stands where: each block has its
// columns side by side. A single block has them in their own order, and stores none.
struct LinearPrediction::Own {
  ColumnBlocks blocks;
  double* models;
  std::span<std::uint16_t> order;  // [d] slots

  // what(parts of the block's model, place of its first column)
  void each(const auto& what) const {
    double* at = models;
    std::size_t first = 0;
    for (std::size_t block = 0; block < blocks.count(); ++block) {
      const linear::Parts parts = linear::parts(at, blocks.size(block));
      what(parts, first);
      at += parts.all.size();
      first += parts.d;
    }
  }
  const linear::Head& head() const { return *linear::parts(models, blocks.size(0)).head; }
  std::size_t slot(std::size_t place) const { return order.empty() ? place : order[place]; }
};

// Scratch memory: the row in the order of the models, what they share, what each leaves for learn.
struct LinearPrediction::Work {
  std::span<double> row;
  double *shared, *own;

  // what(parts, the block's columns of the row, work)
  void each(const Own& state, const auto& what) const {
    double* at = own;
    state.each([&](const linear::Parts& parts, std::size_t first) {
      what(parts, row.subspan(first, parts.d), linear::work(at, shared, parts.d));
      at += linear::own_work_numbers(parts.d);
    });
  }
};

LinearPrediction::Own LinearPrediction::own(const void* state, std::size_t columns) {
  const ColumnBlocks blocks(columns);
  auto* models = const_cast<double*>(static_cast<const double*>(state));
  auto* order = reinterpret_cast<std::uint16_t*>(models + numbers(blocks));
  return {blocks, models, {order, blocks.count() > 1 ? columns : 0}};
}

LinearPrediction::Work LinearPrediction::work(Scratch scratch, std::size_t columns) {
  auto* at = reinterpret_cast<double*>(scratch.data());
  double* shared = at + columns;
  return {{at, columns}, shared, shared + shared_numbers(columns)};
}

std::size_t LinearPrediction::scratch_bytes(std::size_t columns) const {
  const std::size_t d = std::min(columns, columns_max);
  const ColumnBlocks blocks(d);
  std::size_t sum = d + shared_numbers(d);
  for (std::size_t block = 0; block < blocks.count(); ++block) {
    sum += linear::own_work_numbers(blocks.size(block));
  }
  return sum * sizeof(double);
}

std::size_t LinearPrediction::bytes(std::size_t columns) const {
  if (!may_judge(columns)) return 0;
  const ColumnBlocks blocks(columns);
  return numbers(blocks) * sizeof(double) +
         (blocks.count() > 1 ? columns * sizeof(std::uint16_t) : 0);
}

void LinearPrediction::create(void* at, std::size_t columns, std::uint64_t /*seed*/) const {
  if (!may_judge(columns)) return;
  const Own state = own(at, columns);
  std::fill_n(state.models, numbers(state.blocks), 0.0);
  std::iota(state.order.begin(), state.order.end(), std::uint16_t{0});
}

void LinearPrediction::destroy(void* /*at*/, std::size_t /*columns*/) const {}

void LinearPrediction::grow(void* to, std::size_t columns_to, void* /*from*/,
                            std::size_t /*columns_from*/) const {
  create(to, columns_to, 0);
}

void LinearPrediction::visit(void* at, std::size_t columns, StateVisitor& visitor) const {
  const bool was_single = visitor.version(version) < 2;
  if (!may_judge(columns)) return;
  const Own state = own(at, columns);
  visitor.cells("numbers", std::span(state.models, numbers(state.blocks)));
  visitor.cells("order", state.order);
  bool is_valid = is_permutation(state.order) && !(was_single && state.blocks.count() > 1);
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

std::optional<double> LinearPrediction::score(const void* state, const Observation& observation,
                                              Scratch scratch) const {
  if (!has_row(observation)) return std::nullopt;
  const std::span<const double> row = observation.entity.latest;
  const Own own = LinearPrediction::own(state, row.size());
  const Work at = work(scratch, row.size());
  for (std::size_t place = 0; place < row.size(); ++place) at.row[place] = row[own.slot(place)];
  if (own.head().phase == linear::collecting) return std::nullopt;
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& of_part) { linear::look(parts, part, of_part); });
  return over_blocks(own, at, &linear::Work::instant);
}

bool LinearPrediction::ranks(std::size_t columns) const { return may_judge(columns); }

double LinearPrediction::rank(const void* state, const Observation& observation,
                              Scratch scratch) const {
  const std::size_t columns = observation.entity.latest.size();
  return over_blocks(own(state, columns), work(scratch, columns), &linear::Work::smooth);
}

// Of several models the mean and the largest count alike.
double LinearPrediction::over_blocks(const Own& own, const Work& work,
                                     double* linear::Work::*evidence) {
  double sum = 0, most = 0;
  work.each(own, [&](const linear::Parts& /*parts*/, std::span<const double> /*part*/,
                     const linear::Work& of_part) {
    sum += *(of_part.*evidence);
    most = std::max(most, *(of_part.*evidence));
  });
  const auto blocks = static_cast<double>(own.blocks.count());
  return blocks > 1 ? (sum / blocks + most) / 2 : sum;
}

// The first rows lie with the models in the order of the slots, and then with the blocks where
// their columns belong.
void LinearPrediction::arrange(const Own& own) {
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

void LinearPrediction::learn(void* state, const Observation& observation, Scratch scratch) const {
  if (!has_row(observation)) return;
  const std::size_t columns = observation.entity.latest.size();
  const Own own = LinearPrediction::own(state, columns);
  const Work at = work(scratch, columns);
  const bool is_training = observation.event.training;
  if (own.head().phase != linear::collecting) {
    at.each(own,
            [&](const linear::Parts& parts, std::span<const double> part,
                const linear::Work& of_part) { linear::learn(parts, part, is_training, of_part); });
    return;
  }
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& /*of_part*/) { linear::collect(parts, part, is_training); });
  if (own.head().rows < linear::start_rows) return;
  if (own.blocks.count() > 1) arrange(own);
  at.each(own, [&](const linear::Parts& parts, std::span<const double> /*part*/,
                   const linear::Work& of_part) { linear::start(parts, of_part); });
}

// The columns that were foretold worst, with what was foretold, give or take three errors.
void LinearPrediction::explain(const void* state, const Observation& observation, Scratch scratch,
                               std::vector<Reason>& to) const {
  const EntityView& entity = observation.entity;
  const Own own = LinearPrediction::own(state, entity.latest.size());
  const Work at = work(scratch, entity.latest.size());
  const std::size_t first = to.size();
  std::size_t place = 0;
  at.each(own, [&](const linear::Parts& parts, std::span<const double> part,
                   const linear::Work& of_part) {
    for (std::size_t j = 0; j < part.size(); ++j, ++place) {
      const std::size_t slot = own.slot(place);
      if (!std::ranges::binary_search(entity.present, static_cast<std::uint32_t>(slot))) continue;
      const double scale = parts.now.scale[j], noise = parts.now.noise[j], e = of_part.now.e[j];
      const double foretold = parts.now.mean[j] + (of_part.now.z[j] - e) * scale;
      const double error = 3 * std::sqrt(noise) * scale;
      to.push_back(
          {entity.columns[slot], part[j], foretold - error, foretold + error, e * e / noise});
    }
  });
  keep_heaviest_reasons(to, first);
}

}  // namespace retimu
