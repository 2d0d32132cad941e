// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/plant.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/result.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr double demand_deviation = 0.03, demand_minutes = 10, wander_minutes = 30;
constexpr double outlier_share = 0.001;  // of the readings of a heavy-tailed column
constexpr double typical_load = 0.45;

constexpr std::array pump_columns = {ColumnKind{.name = "pressure",
                                                .unit = "bar",
                                                .decimals = 2,
                                                .base = 6.2,
                                                .gain = -1.8,
                                                .lag_minutes = 0,
                                                .wander = 0.03,
                                                .noise = 0.03,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 16},
                                     ColumnKind{.name = "flow",
                                                .unit = "l/s",
                                                .decimals = 2,
                                                .base = 12,
                                                .gain = 14,
                                                .lag_minutes = 0,
                                                .wander = 0.1,
                                                .noise = 0.25,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 60},
                                     ColumnKind{.name = "temperature",
                                                .unit = "°C",
                                                .decimals = 1,
                                                .base = 38,
                                                .gain = 11,
                                                .lag_minutes = 20,
                                                .wander = 0.3,
                                                .noise = 0.15,
                                                .tail = Tail::light,
                                                .low = -40,
                                                .high = 150},
                                     ColumnKind{.name = "vibration",
                                                .unit = "mm/s",
                                                .decimals = 2,
                                                .base = 1.4,
                                                .gain = 0.7,
                                                .lag_minutes = 0,
                                                .wander = 0.03,
                                                .noise = 0.08,
                                                .tail = Tail::skewed,
                                                .low = 0,
                                                .high = 50},
                                     ColumnKind{.name = "power",
                                                .unit = "kW",
                                                .decimals = 2,
                                                .base = 7,
                                                .gain = 9,
                                                .lag_minutes = 0,
                                                .wander = 0.05,
                                                .noise = 0.12,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 90}};

constexpr std::array host_columns = {ColumnKind{.name = "cpu",
                                                .unit = "%",
                                                .decimals = 1,
                                                .base = 12,
                                                .gain = 45,
                                                .lag_minutes = 0,
                                                .wander = 1,
                                                .noise = 2,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 100},
                                     ColumnKind{.name = "memory",
                                                .unit = "%",
                                                .decimals = 1,
                                                .base = 48,
                                                .gain = 8,
                                                .lag_minutes = 30,
                                                .wander = 0.5,
                                                .noise = 0.2,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 100},
                                     ColumnKind{.name = "latency",
                                                .unit = "ms",
                                                .decimals = 1,
                                                .base = 18,
                                                .gain = 14,
                                                .lag_minutes = 0,
                                                .wander = 0.3,
                                                .noise = 0.18,
                                                .tail = Tail::heavy,
                                                .low = 0,
                                                .high = 60'000},
                                     ColumnKind{.name = "requests",
                                                .unit = "1/s",
                                                .decimals = 0,
                                                .base = 120,
                                                .gain = 600,
                                                .lag_minutes = 0,
                                                .wander = 5,
                                                .noise = 15,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 1e6}};

constexpr std::array link_columns = {ColumnKind{.name = "traffic",
                                                .unit = "Mbit/s",
                                                .decimals = 1,
                                                .base = 80,
                                                .gain = 520,
                                                .lag_minutes = 0,
                                                .wander = 6,
                                                .noise = 18,
                                                .tail = Tail::light,
                                                .low = 0,
                                                .high = 1000},
                                     ColumnKind{.name = "round_trip",
                                                .unit = "ms",
                                                .decimals = 2,
                                                .base = 8,
                                                .gain = 2,
                                                .lag_minutes = 0,
                                                .wander = 0.1,
                                                .noise = 0.12,
                                                .tail = Tail::heavy,
                                                .low = 0,
                                                .high = 60'000},
                                     ColumnKind{.name = "signal",
                                                .unit = "dBm",
                                                .decimals = 2,
                                                .base = -6.2,
                                                .gain = 0,
                                                .lag_minutes = 0,
                                                .wander = 0.04,
                                                .noise = 0.05,
                                                .tail = Tail::light,
                                                .low = -60,
                                                .high = 10},
                                     ColumnKind{.name = "temperature",
                                                .unit = "°C",
                                                .decimals = 1,
                                                .base = 36,
                                                .gain = 6,
                                                .lag_minutes = 40,
                                                .wander = 0.3,
                                                .noise = 0.15,
                                                .tail = Tail::light,
                                                .low = -40,
                                                .high = 150}};

constexpr std::array kinds = {EntityKind{"pump", pump_columns}, EntityKind{"host", host_columns},
                              EntityKind{"link", link_columns}};
constexpr std::array<std::size_t, 5> mixture = {0, 1, 0, 1, 2};

double minutes(Duration duration) {
  return static_cast<double>(duration) / static_cast<double>(minute);
}

}  // namespace

std::optional<std::size_t> EntityKind::find(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return i;
  }
  return std::nullopt;
}

std::span<const EntityKind> entity_kinds() { return kinds; }

EntityModel::EntityModel(const EntityKind& kind, std::string name, std::uint64_t seed, Time first,
                         Duration interval)
    : kind_(&kind),
      name_(std::move(name)),
      next_time_(first),
      interval_(interval),
      noise_(mix(seed, hash(name_))),
      size_(noise_.uniform(0.9, 1.1)),
      peak_(noise_.uniform(13, 15) / 24),
      swing_(noise_.uniform(0.24, 0.32)),
      shoulder_(noise_.uniform(0.03, 0.08)),
      demand_(demand_deviation, minutes(interval), demand_minutes, noise_) {
  RETIMU_ASSERT(kind.columns.size() <= plant_columns_max && interval > 0);
  const double load = expected_load(first);
  for (const ColumnKind& column : kind.columns) {
    wander_.emplace_back(column.wander, minutes(interval), wander_minutes, noise_);
    lagged_.push_back(load);
    follow_.push_back(column.lag_minutes > 0
                          ? 1 - elementary::exp(-minutes(interval) / column.lag_minutes)
                          : 1.0);
  }
}

double EntityModel::expected_load(Time time) const {
  const double days = static_cast<double>(time) / static_cast<double>(day);
  return typical_load + swing_ * wave(days - peak_) + shoulder_ * wave(2 * (days - peak_ - 0.2));
}

double EntityModel::gain(std::size_t column) const { return size_ * kind_->columns[column].gain; }

double EntityModel::expected(std::size_t column, double load) const {
  return size_ * kind_->columns[column].base + gain(column) * load;
}

double EntityModel::sigma(std::size_t column) const {
  const ColumnKind& kind = kind_->columns[column];
  double fast = kind.noise;
  if (kind.tail != Tail::light) {
    fast = expected(column, typical_load) * std::sqrt(elementary::expm1(kind.noise * kind.noise));
  }
  const double lag = kind.lag_minutes;
  const double passed = std::sqrt(demand_minutes / (demand_minutes + lag));  // by the lag
  const double demand = gain(column) * demand_deviation * passed;
  return std::sqrt(fast * fast + kind.wander * kind.wander + demand * demand);
}

Time EntityModel::reading_after(Time time) const {
  const Duration past = (time - next_time_) % interval_;
  if (past == 0) return time;
  return time - past + (past > 0 ? interval_ : 0);
}

void EntityModel::next(std::span<double> row) {
  RETIMU_ASSERT(row.size() == kind_->columns.size());
  const double load = expected_load(next_time_) + demand_.next(noise_);
  next_time_ += interval_;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ColumnKind& column = kind_->columns[i];
    lagged_[i] += follow_[i] * (load - lagged_[i]);
    const double mean = expected(i, lagged_[i]) + wander_[i].next(noise_);
    if (column.tail == Tail::light) {
      row[i] = mean + column.noise * noise_.normal();
      continue;
    }
    row[i] = mean * elementary::exp(column.noise * (noise_.normal() - 0.5 * column.noise));
    if (column.tail == Tail::skewed) continue;
    if (noise_.uniform() < outlier_share) row[i] += row[i] * column.noise * noise_.exponential();
  }
}

double EntityModel::limited(std::size_t column, double value) const {
  return std::clamp(value, kind_->columns[column].low, kind_->columns[column].high);
}

std::vector<EntityModel> make_plant(std::size_t count, std::uint64_t seed, Time start,
                                    Duration interval) {
  std::vector<EntityModel> plant;
  plant.reserve(count);
  std::array<std::size_t, kinds.size()> of_kind{};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t kind = mixture[i % mixture.size()];
    std::string name = fmt::format("{}{}", kinds[kind].name, ++of_kind[kind]);
    const Duration offset =
        static_cast<Duration>(i) * (interval / second) / static_cast<Duration>(count) * second;
    plant.emplace_back(kinds[kind], std::move(name), seed, start + offset, interval);
  }
  return plant;
}

}  // namespace retimu
