// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/stream.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/result.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace retimu {

namespace {

constexpr std::array<std::string_view, 6> names = {"spike", "plateau",      "burst",
                                                   "zero",  "level_change", "noise_change"};
constexpr std::uint64_t readings_a_season = 1'000;
constexpr std::uint64_t readings_a_drift = 2'000, readings_of_change = 300;
constexpr std::uint64_t usual_readings = 200;  // at the beginning: nothing happens
constexpr double season_height = 3, burst_noise = 10;

// How many of every 10 outliers; together they touch 20 readings.
constexpr std::array<std::uint64_t, 4> shares = {6, 1, 1, 2};
constexpr double readings_an_outlier = 2;

StreamKind choose_outlier(Noise& noise) {
  std::uint64_t place = noise.below(10);
  std::size_t kind = 0;
  for (; place >= shares[kind]; ++kind) place -= shares[kind];
  return static_cast<StreamKind>(kind);
}

}  // namespace

std::string_view name_of(StreamKind kind) { return names[static_cast<std::size_t>(kind)]; }

std::string entity_name(std::uint64_t entity) { return fmt::format("sensor{}", entity + 1); }

StreamGenerator::StreamGenerator(const StreamOptions& options) : options_(options) {
  RETIMU_ASSERT(options.entities >= 1 && options.entities <= stream_entities_max);
  sensors_.reserve(options.entities);
  for (std::uint64_t i = 0; i < options.entities; ++i) {
    Sensor sensor{.noise = Noise(mix(options.seed, i))};
    sensor.level = sensor.noise.uniform(40, 80);
    sensor.sigma = sensor.sigma_usual = sensor.noise.uniform(0.5, 2);
    sensors_.push_back(std::move(sensor));
  }
}

void StreamGenerator::drift(Sensor& sensor, Time time) {
  if (sensor.step_left > 0) {
    sensor.level += sensor.step;
    --sensor.step_left;
    return;
  }
  if (!options_.has_drift || sensor.reading < usual_readings) return;
  if (sensor.noise.below(readings_a_drift) != 0) return;
  if (sensor.noise.below(2) == 0) {
    // Towards the middle, so that a level never leaves its sensor's range.
    const double sign = sensor.level > 60 ? -1 : 1;
    const double size = sign * sensor.noise.uniform(4, 8);
    sensor.step = size * sensor.sigma / static_cast<double>(readings_of_change);
    sensor.step_left = readings_of_change;
    labels_.push_back({time, turn_, StreamKind::level_change, size});
  } else {
    const double factor = sensor.noise.uniform(0.4, 2.5);
    sensor.sigma = factor * sensor.sigma_usual;
    labels_.push_back({time, turn_, StreamKind::noise_change, factor});
  }
}

double StreamGenerator::outlying(Sensor& sensor, Time time, double value) {
  Noise& noise = sensor.noise;
  if (sensor.outlier_left == 0) {
    const double begins = options_.outlier_probability / readings_an_outlier;
    if (sensor.reading < usual_readings || noise.uniform() >= begins) return value;
    const double sign = noise.below(2) == 0 ? -1 : 1;
    sensor.outlier = choose_outlier(noise);
    sensor.outlier_left = 1;
    switch (sensor.outlier) {
      case StreamKind::spike: sensor.amount = sign * noise.uniform(20, 60); break;
      case StreamKind::plateau:
        sensor.amount = sign * noise.uniform(20, 60);
        sensor.outlier_left = 3 + noise.below(4);
        break;
      case StreamKind::burst: sensor.outlier_left = 5 + noise.below(6); break;
      default: break;
    }
  }
  --sensor.outlier_left;
  double off = sensor.amount;
  if (sensor.outlier == StreamKind::burst) off = burst_noise * noise.normal();
  if (sensor.outlier == StreamKind::zero) off = -value / sensor.sigma;
  labels_.push_back({time, turn_, sensor.outlier, off});
  return value + off * sensor.sigma;
}

StreamReading StreamGenerator::next(Time time) {
  labels_.clear();
  Sensor& sensor = sensors_[turn_];
  drift(sensor, time);
  double value = sensor.level + sensor.sigma * sensor.noise.normal();
  if (options_.has_season) {
    const double phase =
        static_cast<double>(sensor.reading % readings_a_season) / double{readings_a_season};
    value += season_height * sensor.sigma_usual * wave(phase);
  }
  value = outlying(sensor, time, value);
  ++sensor.reading;
  const StreamReading reading{time, turn_, value};
  turn_ = (turn_ + 1) % options_.entities;
  return reading;
}

void append_stream_json(std::string& to, const StreamReading& reading) {
  fmt::format_to(std::back_inserter(to), "{{\"ts\":\"{}\",\"entity\":\"{}\",\"value\":{:.3f}}}\n",
                 format_time(reading.time), entity_name(reading.entity), reading.value);
}

void append_stream_csv(std::string& to, const StreamReading& reading) {
  fmt::format_to(std::back_inserter(to), "{},{},{:.3f}\n", format_time(reading.time),
                 entity_name(reading.entity), reading.value);
}

void append_stream_label(std::string& to, const StreamLabel& label) {
  fmt::format_to(std::back_inserter(to), "{},{},{},{:.2f}\n", format_time(label.time),
                 entity_name(label.entity), name_of(label.kind), label.size);
}

}  // namespace retimu
