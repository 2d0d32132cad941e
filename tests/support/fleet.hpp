// SPDX-License-Identifier: Apache-2.0
// Readings of a small fleet with planted faults, and the many ways in which a file may hold the
// same.
#ifndef TESTS_SUPPORT_FLEET_HPP
#define TESTS_SUPPORT_FLEET_HPP

#include "retimu/core/time.hpp"
#include "retimu/simulator/noise.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// One reading; a NaN was not sent.
struct FleetRecord {
  std::string entity;
  Time time = 0;
  std::vector<double> values;
};

// 2026-03-29 01:00 UTC: daylight saving begins in Europe.
inline constexpr Time clock_change = 1'774'746'000 * second;
inline constexpr std::string_view zone_of_the_change = "time_zone = \"Europe/Berlin\"";

struct FleetOptions {
  std::size_t entities = 8, columns = 3;
  std::size_t rows = 400;  // of each entity
  std::uint64_t seed = 1;
  Time start = 1'700'000'000 * second;
  Duration interval = 10 * second;
  std::size_t calm_rows = 200;  // before the first fault
  std::size_t spike_every = 0;  // rows of an entity from one spike to the next; 0: none
  std::size_t shift_at = 0;     // row from which the first entity has another level; 0: never
  double at_work = 0;           // added from 8 to 18 o'clock, UTC
};

// Ordered by time, then by entity. Noise of deviation 1 around 20, 40, 60 ...; a spike is 30 away,
// and each later one as much further: none was seen before.
inline std::vector<FleetRecord> make_fleet(const FleetOptions& options) {
  Noise noise(options.seed);
  std::vector<FleetRecord> fleet;
  fleet.reserve(options.rows * options.entities);
  for (std::size_t row = 0; row < options.rows; ++row) {
    for (std::size_t entity = 0; entity < options.entities; ++entity) {
      FleetRecord record;
      record.entity = fmt::format("host{}", entity + 1);
      record.time = options.start + static_cast<Duration>(row) * options.interval;
      const bool is_spike = options.spike_every > 0 && row >= options.calm_rows &&
                            (row + 37 * entity) % options.spike_every == 0;
      const Duration of_day = record.time - floor_to(record.time, day);
      const bool is_at_work = of_day >= 8 * hour && of_day < 18 * hour;
      const bool is_shifted = options.shift_at > 0 && row >= options.shift_at && entity == 0;
      for (std::size_t column = 0; column < options.columns; ++column) {
        double value = 20.0 * static_cast<double>(column + 1) + noise.normal();
        if (column == 0 && is_spike)
          value += 30 * static_cast<double>(1 + row / options.spike_every);
        if (column == 0 && is_shifted) value += 12;
        if (is_at_work) value += options.at_work;
        record.values.push_back(value);
      }
      fleet.push_back(std::move(record));
    }
  }
  return fleet;
}

inline std::string column_name(std::size_t column) { return fmt::format("reading{}", column + 1); }

// How the same readings stand in a file.
struct Writing {
  std::vector<std::size_t> order = {};  // of the columns; empty: as they are
  bool has_spaces = false;              // white space where the format allows it
  bool has_missing_keys = false;        // JSON: a NaN is left out, else null
  std::string line_end = "\n";
};

inline std::vector<std::size_t> order_of(const Writing& writing, std::size_t columns) {
  if (!writing.order.empty()) return writing.order;
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

inline std::string to_csv(std::span<const FleetRecord> fleet, const Writing& writing = {}) {
  const std::size_t columns = fleet.empty() ? 0 : fleet.front().values.size();
  const std::vector<std::size_t> order = order_of(writing, columns);
  const std::string_view space = writing.has_spaces ? "  " : "";
  std::string text = "ts,host";
  for (const std::size_t column : order) text += "," + column_name(column);
  text += writing.line_end;
  for (const FleetRecord& record : fleet) {
    text += fmt::format("{},{}", record.time / second, record.entity);
    for (const std::size_t column : order) {
      const double value = record.values[column];
      text += std::isnan(value) ? "," : fmt::format(",{}{:.4f}{}", space, value, space);
    }
    text += writing.line_end;
  }
  return text;
}

inline std::string to_jsonl(std::span<const FleetRecord> fleet, const Writing& writing = {}) {
  const std::size_t columns = fleet.empty() ? 0 : fleet.front().values.size();
  const std::vector<std::size_t> order = order_of(writing, columns);
  const std::string_view space = writing.has_spaces ? " \t" : "";
  std::string text;
  for (const FleetRecord& record : fleet) {
    text += fmt::format("{}{{{}\"ts\":{}{},\"host\":\"{}\"", space, space, space,
                        record.time / second, record.entity);
    for (const std::size_t column : order) {
      const double value = record.values[column];
      if (std::isnan(value) && writing.has_missing_keys) continue;
      text += fmt::format("{},\"{}\"{}:{}{}", space, column_name(column), space, space,
                          std::isnan(value) ? "null" : fmt::format("{:.4f}", value));
    }
    text += fmt::format("{}}}{}", space, writing.line_end);
  }
  return text;
}

}  // namespace retimu

#endif
