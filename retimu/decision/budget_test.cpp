// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/budget.hpp"
#include "retimu/stats/elementary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

namespace retimu {
namespace {

constexpr std::size_t entities = 3;
constexpr double per_day = 2;
constexpr int steps = 6 * 1'440;
constexpr double infinity = std::numeric_limits<double>::infinity();

// The stream of tests/data/decision/budget.py.
struct Stream {
  Random random{7};
  double next(int step, std::size_t i) {
    constexpr std::array<double, entities> stretch{1.0, 0.7, 1.3};
    const double evidence = stretch[i] * -elementary::log10(1 - random.uniform());
    const bool is_storm = i == 0 && step >= 4'000 && step < 4'400 && step % 40 == 0;
    const bool is_late_storm = i == 1 && step >= 7'000 && step < 7'200 && step % 40 == 0;
    if (is_late_storm) return 6 + 2.5 * ((step - 7'000) / 40);
    return is_storm ? 9 + 2.5 * ((step - 4'000) / 40) : evidence;
  }
};

using Episode = std::tuple<int, std::size_t, std::string>;
using Threshold = std::tuple<int, std::size_t, double>;

struct Expected {
  std::vector<Episode> episodes;
  std::vector<Threshold> thresholds;
};

Expected expected() {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/data/decision/budget.txt");
  Expected result;
  std::string kind, value;
  int step = 0;
  std::size_t entity = 0;
  while (file >> kind >> step >> entity >> value) {
    if (kind == "episode") {
      result.episodes.emplace_back(step, entity, value);
    } else {
      result.thresholds.emplace_back(step, entity, value == "inf" ? infinity : std::stod(value));
    }
  }
  return result;
}

// An episode's end as the reference has it: 100 readings without evidence that reaches the
// threshold.
struct Entity {
  BudgetTail tail;
  int quiet = 101;
  double peak = 0;
};

TEST(budget, equals_the_reference_when_controls_come_at_once) {
  const Expected reference = expected();
  ASSERT_EQ(reference.episodes.size(), 18U);
  ASSERT_EQ(reference.thresholds.size(), 54U);
  std::vector<Episode> episodes;
  std::vector<Threshold> thresholds;
  std::array<Entity, entities> fleet;
  BudgetControl control;
  FleetSums sums;
  sums.entities = entities;
  TokenBucket bucket;
  Stream stream;
  for (int step = 0; step < steps; ++step) {
    control = next_control(control, minute, sums, control.fleet, per_day);
    for (std::size_t i = 0; i < entities; ++i) {
      Entity& entity = fleet[i];
      const double evidence = stream.next(step, i);
      control = next_control(control, 0, sums, control.fleet, per_day);
      const double threshold = entity.tail.threshold(&control);
      ++entity.quiet;
      if (evidence >= threshold) {
        if (entity.quiet > 100 || evidence >= entity.peak + 2) {
          const bool is_told = bucket.take(step * minute, per_day);
          episodes.emplace_back(step, i, is_told ? "alert" : "muted");
          entity.tail.note_episode(control);
          ++sums.episodes;
          entity.peak = evidence;
        }
        entity.peak = std::max(entity.peak, evidence);
        entity.quiet = 0;
      }
      entity.tail.learn(evidence, step * minute, threshold, per_day, &control, sums);
      control = next_control(control, 0, sums, control.fleet, per_day);
      if (step % 480 == 479) thresholds.emplace_back(step, i, entity.tail.threshold(&control));
    }
  }
  EXPECT_EQ(episodes, reference.episodes);
  ASSERT_EQ(thresholds.size(), reference.thresholds.size());
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const auto& [step, entity, value] = reference.thresholds[i];
    if (std::isinf(value)) {
      EXPECT_TRUE(std::isinf(std::get<2>(thresholds[i]))) << step;
    } else {
      EXPECT_NEAR(std::get<2>(thresholds[i]), value, 1e-4) << "step " << step << " of " << entity;
    }
  }
}

BudgetControl lone_control() {
  BudgetControl control;
  control.fleet.entities = 1;
  return control;
}

TEST(budget, is_silent_before_the_first_control_and_256_readings) {
  BudgetTail tail;
  FleetSums sums;
  const BudgetControl control = lone_control();
  for (int i = 0; i < 300; ++i) {
    tail.learn(1, i * minute, tail.threshold(nullptr), per_day, nullptr, sums);
    EXPECT_TRUE(std::isinf(tail.threshold(nullptr)));
  }
  EXPECT_TRUE(std::isinf(tail.threshold(&control)));  // known with the next block
  for (int i = 300; i < 320; ++i) {
    tail.learn(1, i * minute, tail.threshold(&control), per_day, &control, sums);
  }
  EXPECT_TRUE(std::isfinite(tail.threshold(&control)));
  EXPECT_GT(sums.points, 0);
}

// Exponential evidence of one reading a minute: the threshold that a quarter of days should exceed
// is near.
double settled_threshold(Duration interval, double budget, bool has_outage) {
  BudgetTail tail;
  FleetSums sums;
  const BudgetControl control = lone_control();
  Random random(3);
  Time time = 0;
  for (int i = 0; i < 32 * 400; ++i) {
    time += interval;
    if (has_outage && i % 3'000 == 2'999) time += 2 * day;
    const double evidence = -elementary::log10(1 - random.uniform());
    tail.learn(evidence, time, tail.threshold(&control), budget, &control, sums);
  }
  return tail.threshold(&control);
}

TEST(budget, the_share_follows_the_measured_rate_of_readings) {
  const double minutely = settled_threshold(minute, 2, false);
  // 2 x 0.7 of 1,440 readings a day: one in 1,029.
  EXPECT_NEAR(minutely, 3.0, 0.5);
  // Sixty times as many readings for the same budget: log10 60 higher.
  EXPECT_NEAR(settled_threshold(second, 2, false) - minutely, 1.78, 0.5);
  // Twice as many in a day for twice the budget: the same.
  EXPECT_NEAR(settled_threshold(minute / 2, 4, false), minutely, 1e-9);
  // An outage is no slow reading.
  EXPECT_NEAR(settled_threshold(minute, 2, true), minutely, 0.1);
}

TEST(budget, relief_rises_with_episodes_up_to_a_storm_and_falls_with_time) {
  BudgetControl control;
  FleetSums now;
  now.episodes = 1;
  control = next_control(control, 0, now, control.fleet, per_day);
  EXPECT_DOUBLE_EQ(control.relief, 0.25);
  EXPECT_DOUBLE_EQ(control.storm, 1);
  now.episodes = 1'000'000'000;
  control = next_control(control, 0, now, control.fleet, per_day);
  EXPECT_DOUBLE_EQ(control.relief, 1.0);  // 4 of a storm
  EXPECT_DOUBLE_EQ(control.storm, 5);
  control = next_control(control, day, now, control.fleet, per_day);
  EXPECT_DOUBLE_EQ(control.relief, 0.5);
  EXPECT_DOUBLE_EQ(control.storm, 1);
  control = next_control(control, 100 * day, now, control.fleet, per_day);
  EXPECT_DOUBLE_EQ(control.relief, 0);
  EXPECT_DOUBLE_EQ(control.storm, 0);
  EXPECT_EQ(control.fleet.episodes, now.episodes);
}

TEST(budget, an_own_episode_counts_until_the_control_that_has_it) {
  BudgetTail tail;
  FleetSums sums;
  BudgetControl control = lone_control();
  Random random(3);
  for (int i = 0; i < 640; ++i) {
    tail.learn(-elementary::log10(1 - random.uniform()), i * minute, infinity, per_day, &control,
               sums);
  }
  const double before = tail.threshold(&control);
  tail.note_episode(control);
  EXPECT_NEAR(tail.threshold(&control), before + 0.25 * tail.scale(), 1e-12);
  for (int i = 0; i < 10; ++i) tail.note_episode(control);
  EXPECT_NEAR(tail.threshold(&control), before + tail.scale(), 1e-12);  // the storm's end
  BudgetControl next = control;
  next.fleet.episodes += 11;
  next.relief = 0.5;
  EXPECT_NEAR(tail.threshold(&next), before + 0.5 * tail.scale(), 1e-12);
}

TEST(budget, sums_of_a_fleet_do_not_depend_on_the_order_of_entities) {
  const BudgetControl control = lone_control();
  const auto run = [&](const std::vector<std::size_t>& order) {
    std::array<BudgetTail, 3> tails;
    std::array<Random, 3> random{Random(1), Random(2), Random(3)};
    FleetSums sums;
    for (int block = 0; block < 100; ++block) {
      for (const std::size_t i : order) {
        for (int reading = 0; reading < 32; ++reading) {
          tails[i].learn(-elementary::log10(1 - random[i].uniform()),
                         (32 * block + reading) * second, infinity, per_day, &control, sums);
        }
      }
    }
    return std::tuple(sums.excess, sums.excess_squared, sums.points);
  };
  EXPECT_EQ(run({0, 1, 2}), run({2, 0, 1}));
}

TEST(budget, a_restored_tail_agrees_for_ever) {
  BudgetTail original, twin;
  FleetSums sums, twin_sums;
  const BudgetControl control = lone_control();
  Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    const double evidence = -2 * elementary::log10(1 - random.uniform());
    ASSERT_EQ(original.threshold(&control), twin.threshold(&control));
    const double threshold = original.threshold(&control);
    original.learn(evidence, i * second, threshold, per_day, &control, sums);
    twin.learn(evidence, i * second, threshold, per_day, &control, twin_sums);
    if (evidence >= threshold) {
      original.note_episode(control);
      twin.note_episode(control);
    }
    std::vector<std::byte> bytes, again;
    StateWriter writer(bytes), rewriter(again);
    twin.visit(writer);
    original.visit(rewriter);
    ASSERT_EQ(bytes, again);
    BudgetTail restored;
    StateReader reader(bytes);
    restored.visit(reader);
    ASSERT_TRUE(reader.finished());
    twin = restored;
  }
  EXPECT_EQ(sums.excess, twin_sums.excess);
}

TEST(budget, the_bucket_holds_four_and_never_more_than_the_rate) {
  TokenBucket bucket;
  int told = 0;
  const int days = 10;
  for (int i = 0; i < days * 1'440; ++i) told += bucket.take(i * minute, per_day) ? 1 : 0;
  EXPECT_LE(told, 4 + days * 2);
  EXPECT_GE(told, 4 + days * 2 - 1);
  EXPECT_FALSE(bucket.take(0, per_day));  // a clock that is set back refills nothing
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  bucket.visit(writer);
  TokenBucket restored;
  StateReader reader(bytes);
  restored.visit(reader);
  ASSERT_TRUE(reader.finished());
  EXPECT_EQ(restored.tokens(), bucket.tokens());
  EXPECT_TRUE(restored.take((days + 1) * day, per_day));
}

TEST(budget, extrapolation_shrinks_with_what_was_seen) {
  EXPECT_NEAR(extrapolation(2, 10, 1), -std::log10(0.14), 1e-9);
  EXPECT_NEAR(extrapolation(2, 10, 10), -std::log10(1.4), 1e-9);
  EXPECT_LT(extrapolation(2, 1, 30), 0);
}

}  // namespace
}  // namespace retimu
