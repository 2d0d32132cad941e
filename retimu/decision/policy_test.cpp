// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/policy_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

namespace retimu {
namespace {

TEST(policy, tells_nothing_while_warming) {
  Driver driver;
  for (int i = 0; i < 32; ++i) {
    const Decision decision = driver.send(9, minute, i);
    EXPECT_EQ(decision.phase, Phase::warming);
    EXPECT_EQ(decision.change, Change::none);
    EXPECT_TRUE(std::isinf(decision.threshold));
    EXPECT_TRUE(decision.may_learn && decision.may_calibrate);
    EXPECT_FALSE(decision.is_open);
  }
  EXPECT_EQ(driver.send(calm, minute, 32).phase, Phase::usual);
  EXPECT_EQ(driver.send(calm, minute, 32).threshold, 4);
}

TEST(policy, is_warm_for_ever_though_a_new_detector_leads) {
  Driver driver;
  driver.send_many(200, calm);
  const Decision decision = driver.send(9, minute, 31);
  EXPECT_EQ(decision.phase, Phase::usual);
  EXPECT_EQ(decision.change, Change::none);
}

TEST(policy, threshold_of_its_own_is_one_event_in_ten_days) {
  const auto threshold = [](Duration interval) {
    Driver driver(PolicyOptions{});
    Decision last;
    for (int i = 0; i < 200; ++i) last = driver.send(calm, interval);
    return last.threshold;
  };
  EXPECT_DOUBLE_EQ(threshold(day / 1'000), 4);
  EXPECT_DOUBLE_EQ(threshold(day / 10'000), 5);
  EXPECT_EQ(threshold(hour), 3.5);
  EXPECT_EQ(threshold(second / 50), 6);
  EXPECT_EQ(threshold(0), 6);
}

// What a detector says by evidence of its own is told from its own threshold on, by the fused
// evidence of the others from the usual one on.
TEST(policy, own_evidence_raises_by_its_own_threshold) {
  Driver driver;
  const auto send = [&](double evidence, double own_excess) {
    driver.time += minute;
    return driver.policy->decide(driver.held->get(),
                                 {driver.time, {-evidence, 1'000}, false, own_excess}, nullptr,
                                 driver.sums);
  };
  driver.send_many(200, calm);
  const Decision below = send(calm, -0.25);
  EXPECT_EQ(below.change, Change::none);
  EXPECT_EQ(below.ground, Ground::own);
  EXPECT_EQ(below.evidence, 3.75);
  const Decision raised = send(calm, 0);
  EXPECT_EQ(raised.change, Change::raised);
  EXPECT_EQ(raised.ground, Ground::own);
  EXPECT_EQ(raised.evidence, 4);
  for (int i = 0; i < 200; ++i) send(calm, -4);
  const Decision fused = send(strange, -0.25);
  EXPECT_EQ(fused.change, Change::raised);
  EXPECT_EQ(fused.ground, Ground::fused);
  EXPECT_EQ(fused.evidence, strange);
}

TEST(policy, raises_once_and_resolves_after_sixteen_calm_events) {
  Driver driver;
  driver.send_many(200, calm);
  EXPECT_EQ(driver.send(3.999).change, Change::none);
  const Decision raised = driver.send(4);
  EXPECT_EQ(raised.change, Change::raised);
  EXPECT_EQ(raised.phase, Phase::anomalous);
  EXPECT_EQ(raised.severity, Severity::warning);
  EXPECT_EQ(raised.onset, driver.time - minute);  // what led to it counts
  EXPECT_TRUE(raised.is_open);
  EXPECT_FALSE(raised.may_learn);
  EXPECT_TRUE(raised.may_calibrate);  // the first event is not left out
  for (int i = 0; i < 15; ++i) {
    const Decision decision = driver.send(1.99);
    EXPECT_EQ(decision.change, Change::none);
    EXPECT_TRUE(decision.is_open);
    EXPECT_FALSE(decision.may_learn || decision.may_calibrate);
  }
  const Decision resolved = driver.send(1.99);
  EXPECT_EQ(resolved.change, Change::resolved);
  EXPECT_EQ(resolved.phase, Phase::usual);
  EXPECT_EQ(resolved.severity, Severity::warning);  // of the one resolved
  EXPECT_EQ(resolved.onset, raised.onset);
  EXPECT_EQ(resolved.ended, driver.time - 16 * minute);
  EXPECT_FALSE(resolved.is_open);
  EXPECT_TRUE(resolved.may_learn && resolved.may_calibrate);
  EXPECT_EQ(driver.send(calm).severity, Severity::cleared);
  EXPECT_EQ(driver.sums.episodes, 1);
  EXPECT_EQ(driver.sums.entities, 1);
}

TEST(policy, stays_open_between_calm_and_threshold) {
  Driver driver;
  driver.send_many(200, calm);
  driver.send(strange);
  driver.send_many(15, calm);
  EXPECT_TRUE(driver.send(3.1).is_open);  // less than a decade below 4
  EXPECT_TRUE(driver.send_many(15, calm).is_open);
  EXPECT_EQ(driver.send(calm).change, Change::resolved);
}

TEST(policy, a_level_shift_is_one_alert) {
  Driver driver;
  driver.send_many(200, calm);
  EXPECT_EQ(driver.send(strange).change, Change::raised);
  int change_points = 0, updates = 0;
  for (int i = 2; i <= 500; ++i) {
    const Decision decision = driver.send(strange);
    change_points += decision.is_change_point ? 1 : 0;
    updates += decision.change == Change::updated ? 1 : 0;
    EXPECT_NE(decision.change, Change::raised);
    EXPECT_EQ(decision.phase, i < 64 ? Phase::anomalous : Phase::shifted) << i;
    EXPECT_EQ(decision.is_change_point, i == 64);
    EXPECT_EQ(decision.may_learn, i >= 64);
    EXPECT_EQ(decision.may_calibrate, i > 64 + 4 * 64) << i;
    EXPECT_TRUE(decision.is_open);
  }
  EXPECT_EQ(change_points, 1);
  EXPECT_LE(updates, 3);
  const Decision resolved = driver.send_many(16, calm);
  EXPECT_EQ(resolved.change, Change::resolved);
  EXPECT_EQ(resolved.phase, Phase::usual);
  EXPECT_EQ(driver.sums.episodes, 1);
}

TEST(policy, tells_change_points_at_onset_adoption_and_return) {
  Driver driver;
  int events = 0;
  std::vector<int> told;
  const auto send = [&](int count, double evidence, double strength, bool is_late = false) {
    for (int i = 0; i < count; ++i, ++events) {
      driver.time += minute;
      const Decision decision = driver.policy->decide(driver.held->get(),
                                                      {.time = driver.time,
                                                       .rating = {-evidence, 1'000},
                                                       .is_late = is_late,
                                                       .strength = strength},
                                                      nullptr, driver.sums);
      if (decision.is_change_point) told.push_back(events);
    }
  };
  send(300, calm, 0.4);
  send(100, calm, 40, true);  // late: no part in it
  EXPECT_TRUE(told.empty());
  send(200, strange, 40);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_LT(told[0], 400 + 10);
  EXPECT_EQ(told[1], 400 + 63);  // the 64th anomalous event
  send(200, calm, 0.4);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_LT(told[2], 600 + 10);
}

// Of a time before change points.
TEST(policy, takes_a_state_of_version_1) {
  Driver driver;
  driver.send_many(200, calm);
  driver.send(strange);
  std::vector<std::byte> bytes = driver.held->save();
  ASSERT_EQ(bytes[0], std::byte{3});
  bytes[0] = std::byte{1};
  bytes.resize(bytes.size() - 31);
  Driver twin;
  ASSERT_TRUE(twin.held->load(bytes));
  twin.time = driver.time;
  EXPECT_TRUE(twin.send(strange).is_open);
  EXPECT_EQ(twin.send_many(16, calm).change, Change::resolved);
}

TEST(policy, holds_back_until_quiet_louder_or_here_to_stay) {
  const auto after_episode = [] {
    auto driver = std::make_unique<Driver>();
    driver->send_many(200, calm);
    driver->send(strange);
    driver->send_many(16, calm);
    return driver;
  };
  auto driver = after_episode();
  const Decision held_back = driver->send(strange);
  EXPECT_EQ(held_back.change, Change::none);
  EXPECT_EQ(held_back.phase, Phase::usual);
  EXPECT_FALSE(held_back.may_learn);
  EXPECT_TRUE(held_back.may_calibrate);
  EXPECT_EQ(driver->send(strange + 2.1).change, Change::raised);  // louder

  driver = after_episode();  // 16 events after the one that raised it
  driver->send(strange);
  driver->send_many(82, calm);
  EXPECT_EQ(driver->send(strange).change, Change::none);
  EXPECT_EQ(driver->send(strange).change, Change::raised);  // the 101st

  driver = after_episode();
  for (int i = 1; i < 8; ++i) EXPECT_EQ(driver->send(strange).change, Change::none) << i;
  EXPECT_EQ(driver->send(strange).change, Change::raised);

  driver = after_episode();
  for (int i = 1; i < 20; ++i) {
    EXPECT_EQ(driver->send(strange).change, Change::none) << i;
    driver->send(calm);  // not in a row
  }
}

TEST(policy, fatigue_rises_with_episodes_and_wears_off) {
  Driver driver;
  driver.send_many(200, calm);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(driver.send(8).change, Change::raised);
    driver.send_many(120, calm);
  }
  const double tired = driver.send(calm).threshold;
  EXPECT_NEAR(tired, 5, 0.1);
  EXPECT_NEAR(driver.send_many(4'000, calm).threshold, 4 + (tired - 4) * std::exp(-1), 0.01);
}

TEST(policy, the_cool_down_holds_back_all_that_is_not_louder) {
  Driver driver({.threshold = 4, .cooldown = 5 * hour});
  driver.send_many(200, calm);
  driver.send(strange);  // one event a minute: quiet after 100, cool after 300
  driver.send_many(150, calm);
  const Decision held_back = driver.send(strange);
  EXPECT_EQ(held_back.change, Change::none);
  for (int i = 1; i < 100; ++i) {
    const Decision decision = driver.send(strange);
    EXPECT_EQ(decision.change, Change::none);
    EXPECT_EQ(decision.may_calibrate, i < 8);
    EXPECT_EQ(decision.may_learn, i >= 64);
  }
  EXPECT_EQ(driver.send(strange + 2).change, Change::raised);
  driver.send_many(16, calm);
  EXPECT_EQ(driver.send(strange, 5 * hour).change, Change::none);  // within quiet_events
  driver.send_many(101, calm);
  EXPECT_EQ(driver.send(strange).change, Change::raised);
}

TEST(policy, severity_only_rises_and_is_told_when_it_does) {
  Driver driver;
  driver.send_many(200, calm);
  EXPECT_EQ(driver.send(4.1).severity, Severity::warning);
  Decision decision = driver.send(5.6);  // 1.6 above, two events: half a decade
  EXPECT_EQ(decision.change, Change::updated);
  EXPECT_EQ(decision.severity, Severity::minor);
  EXPECT_FALSE(decision.is_change_point);
  EXPECT_EQ(driver.send(5.6).change, Change::none);
  decision = driver.send(10);
  EXPECT_EQ(decision.change, Change::updated);
  EXPECT_EQ(decision.severity, Severity::critical);
  for (int i = 0; i < 40; ++i) {
    decision = driver.send(4.5);
    EXPECT_EQ(decision.change, Change::none);
    EXPECT_EQ(decision.severity, Severity::critical);
  }

  Driver lasting;
  lasting.send_many(200, calm);
  lasting.send(4.1);
  std::vector<Severity> told;
  for (int i = 0; i < 300; ++i) {
    decision = lasting.send(4.1);
    if (decision.change == Change::updated) told.push_back(decision.severity);
  }
  EXPECT_EQ(told, (std::vector{Severity::minor, Severity::major}));  // by 8 and 64 events
}

// Every step that the picture in policy.hpp has, and no other, over long random runs.
TEST(policy, takes_exactly_the_steps_of_its_picture) {
  using Step = std::tuple<Phase, Phase, Change>;
  std::set<Step> seen;
  Random random(11);
  for (int run = 0; run < 300; ++run) {
    Driver driver({.threshold = 4, .shift_after = 20, .quiet_events = 10});
    Phase before = Phase::warming;
    bool is_open = false;
    double level = 0;
    for (int i = 0; i < 400; ++i) {
      if (random.below(20) == 0) level = random.below(3) == 0 ? 5 : 0;
      const double evidence = level + 2 * random.uniform();
      const auto due = driver.policy->wake_time(driver.held->get());
      Decision decision;
      if (due && random.below(100) == 0) {
        driver.time = *due;
        decision = driver.policy->wake(driver.held->get(), *due);
      } else {
        decision = driver.send(evidence, minute, i);
      }
      seen.emplace(before, decision.phase, decision.change);
      ASSERT_EQ(decision.is_open,
                decision.phase == Phase::anomalous || decision.phase == Phase::shifted);
      ASSERT_EQ(decision.is_open, decision.change == Change::raised ||
                                      (is_open && decision.change != Change::resolved));
      ASSERT_EQ(decision.change == Change::raised, !is_open && decision.is_open);
      if (decision.is_change_point) {
        ASSERT_EQ(before, Phase::anomalous);
        ASSERT_EQ(decision.phase, Phase::shifted);
      }
      before = decision.phase;
      is_open = decision.is_open;
    }
  }
  const std::set<Step> picture{
      {Phase::warming, Phase::warming, Change::none},
      {Phase::warming, Phase::usual, Change::none},
      {Phase::warming, Phase::anomalous, Change::raised},
      {Phase::usual, Phase::usual, Change::none},
      {Phase::usual, Phase::anomalous, Change::raised},
      {Phase::anomalous, Phase::anomalous, Change::none},
      {Phase::anomalous, Phase::anomalous, Change::updated},
      {Phase::anomalous, Phase::shifted, Change::updated},
      {Phase::anomalous, Phase::usual, Change::resolved},
      {Phase::shifted, Phase::shifted, Change::none},
      {Phase::shifted, Phase::shifted, Change::updated},
      {Phase::shifted, Phase::usual, Change::resolved},
  };
  EXPECT_EQ(seen, picture);
}

TEST(policy, no_episode_lasts_for_ever_with_events_that_calibrations_learn) {
  Driver driver;
  driver.send_many(200, calm);
  driver.send(strange);
  int learned = 0;
  for (int i = 0; i < 2'000; ++i) {
    learned += driver.send(i % 16 == 0 ? strange : calm).may_calibrate ? 1 : 0;
  }
  EXPECT_GT(learned, 500);
}

TEST(policy, a_restored_state_agrees_for_ever) {
  Driver original, twin;
  Random random(12);
  double level = 0;
  for (int i = 0; i < 3'000; ++i) {
    if (random.below(60) == 0) level = random.below(3) == 0 ? 4.5 : 0;
    const double evidence = level + random.uniform();
    const Decision a = original.send(evidence);
    const Decision b = twin.send(evidence);
    ASSERT_EQ(std::tie(a.phase, a.change, a.severity, a.onset, a.may_learn, a.threshold),
              std::tie(b.phase, b.change, b.severity, b.onset, b.may_learn, b.threshold));
    const std::vector<std::byte> bytes = twin.held->save();
    ASSERT_EQ(bytes, original.held->save());
    twin.held = std::make_unique<Held>(*twin.policy);
    ASSERT_TRUE(twin.held->load(bytes));
  }
}

TEST(policy, bytes_that_no_state_has_are_refused) {
  Driver driver;
  driver.send_many(100, calm);
  std::vector<std::byte> bytes = driver.held->save();
  bytes[bytes.size() - 33] = std::byte{9};  // the phase
  EXPECT_FALSE(Held(*driver.policy).load(bytes));
}

TEST(policy, state_is_small) {
  EXPECT_LE(make_policy({})->bytes(1), 128U);
  EXPECT_LE(make_policy({.budget_per_day = 2})->bytes(1), 400U);
}

}  // namespace
}  // namespace retimu
