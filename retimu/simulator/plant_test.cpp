// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/plant.hpp"

#include "retimu/simulator/faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace retimu {
namespace {

constexpr Duration interval = 10 * second;
constexpr std::size_t readings = 60 * 8'640;

struct Moments {
  double count = 0, mean = 0, square = 0;
  void add(double value) {
    ++count;
    const double away = value - mean;
    mean += away / count;
    square += away * (value - mean);
  }
  double deviation() const { return std::sqrt(square / (count - 1)); }
};

TEST(Noise, NormalHasItsMoments) {
  Noise noise(7);
  Moments moments;
  double fourth = 0;
  for (int i = 0; i < 400'000; ++i) {
    const double value = noise.normal();
    moments.add(value);
    fourth += value * value * value * value / 400'000;
  }
  EXPECT_NEAR(moments.mean, 0, 0.01);
  EXPECT_NEAR(moments.deviation(), 1, 0.01);
  EXPECT_NEAR(fourth, 3, 0.06);
}

TEST(Noise, AutoRegressionKeepsItsDeviationAndMemory) {
  Noise noise(8);
  AutoRegression series(2.0, 1.0, 10.0, noise);
  Moments moments;
  double product = 0, last = series.next(noise);
  for (int i = 0; i < 400'000; ++i) {
    const double value = series.next(noise);
    moments.add(value);
    product += value * last / 400'000;
    last = value;
  }
  EXPECT_NEAR(moments.deviation(), 2, 0.06);
  EXPECT_NEAR(product / 4, std::exp(-0.1), 0.05);
}

TEST(Noise, WaveIsSmoothAndHasPeriodOne) {
  EXPECT_DOUBLE_EQ(wave(0), 1);
  EXPECT_DOUBLE_EQ(wave(0.5), -1);
  EXPECT_DOUBLE_EQ(wave(-0.5), -1);
  EXPECT_DOUBLE_EQ(wave(0.25), 0);
  EXPECT_NEAR(wave(3.1), wave(0.1), 1e-12);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_NEAR(wave(i * 1e-3), std::cos(2 * 3.14159265358979 * i * 1e-3), 0.03) << i;
  }
}

// Minus the same entity's daily curve, each column must scatter by the sigma that faults are
// measured in.
TEST(Plant, SigmaIsWhatColumnsScatterBy) {
  std::vector<EntityModel> plant = make_plant(5, 3, simulation_begin, interval);
  for (const std::size_t index : {0U, 1U, 4U}) {
    EntityModel& model = plant[index];
    const std::size_t count = model.kind().columns.size();
    std::array<Moments, plant_columns_max> around{};
    std::array<double, plant_columns_max> row{};
    for (std::size_t i = 0; i < readings; ++i) {
      // With a lag the column follows an earlier load.
      const Time time = model.next_time();
      model.next(std::span(row.data(), count));
      for (std::size_t j = 0; j < count; ++j) {
        const auto lag = static_cast<Duration>(model.kind().columns[j].lag_minutes * minute);
        const double expected = model.expected(j, model.expected_load(time - lag));
        around[j].add(row[j] - expected);
      }
    }
    for (std::size_t j = 0; j < count; ++j) {
      const ColumnKind& column = model.kind().columns[j];
      EXPECT_NEAR(around[j].deviation() / model.sigma(j), 1, 0.15)
          << model.name() << " " << column.name;
      EXPECT_LT(std::abs(around[j].mean), 0.2 * model.sigma(j)) << column.name;
    }
  }
}

TEST(Plant, ColumnsFollowTheLoadTogether) {
  std::vector<EntityModel> plant = make_plant(1, 3, simulation_begin, interval);
  std::array<double, 5> row{};
  Moments flow, power, pressure;
  double flow_power = 0, flow_pressure = 0;
  std::vector<std::array<double, 3>> seen;
  for (int i = 0; i < 8'640; ++i) {
    plant[0].next(row);
    seen.push_back({row[1], row[4], row[0]});
    flow.add(row[1]);
    power.add(row[4]);
    pressure.add(row[0]);
  }
  for (const auto& [f, p, b] : seen) {
    flow_power += (f - flow.mean) * (p - power.mean) / 8'640;
    flow_pressure += (f - flow.mean) * (b - pressure.mean) / 8'640;
  }
  EXPECT_GT(flow_power / (flow.deviation() * power.deviation()), 0.9);
  EXPECT_LT(flow_pressure / (flow.deviation() * pressure.deviation()), -0.8);
}

TEST(Plant, NamesAndTimesAreInOrder) {
  const std::vector<EntityModel> plant = make_plant(7, 1, simulation_begin, interval);
  std::vector<std::string> names;
  Time last = simulation_begin;
  for (const EntityModel& model : plant) {
    names.push_back(model.name());
    EXPECT_GE(model.next_time(), last);
    EXPECT_LT(model.next_time(), simulation_begin + interval);
    EXPECT_EQ(model.next_time() % second, 0);
    last = model.next_time();
  }
  EXPECT_EQ(names, (std::vector<std::string>{"pump1", "host1", "pump2", "host2", "link1", "pump3",
                                             "host3"}));
  const EntityModel& model = plant[3];
  const Time first = model.next_time();
  EXPECT_EQ(model.reading_after(first), first);
  EXPECT_EQ(model.reading_after(first + 1), first + interval);
  EXPECT_EQ(model.reading_after(first + 3 * interval - 1), first + 3 * interval);
}

}  // namespace
}  // namespace retimu
