// SPDX-License-Identifier: Apache-2.0
// The policy where time passes without events, or events come late.
#include "retimu/decision/policy_test_tools.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace retimu {
namespace {

TEST(policy_clock, an_entity_that_falls_silent_resolves_by_event_time) {
  Driver driver;
  EXPECT_FALSE(driver.policy->wake_time(driver.held->get()));
  driver.send_many(200, calm);
  driver.send(strange);
  const Time due = driver.time + 64 * minute;
  EXPECT_EQ(driver.policy->wake_time(driver.held->get()), due);
  EXPECT_EQ(driver.policy->wake(driver.held->get(), due - 1).change, Change::none);
  const Decision resolved = driver.policy->wake(driver.held->get(), due);
  EXPECT_EQ(resolved.change, Change::resolved);
  EXPECT_EQ(resolved.phase, Phase::usual);
  EXPECT_EQ(resolved.severity, Severity::warning);
  EXPECT_FALSE(resolved.is_open);
  EXPECT_FALSE(driver.policy->wake_time(driver.held->get()));
  EXPECT_EQ(driver.policy->wake(driver.held->get(), due + day).change, Change::none);

  Driver stated({.threshold = 4, .resolve_after = 3 * minute});
  stated.send_many(200, calm);
  stated.send(strange);
  EXPECT_EQ(stated.policy->wake_time(stated.held->get()), stated.time + 3 * minute);
}

TEST(policy_clock, silence_follows_the_usual_interval_within_bounds) {
  const auto silence = [](Duration interval, bool has_outage) {
    Driver driver;
    for (int i = 0; i < 300; ++i) {
      driver.send(calm, has_outage && i == 250 ? 30 * day : interval);
    }
    driver.send(strange, interval);
    return *driver.policy->wake_time(driver.held->get()) - driver.time;
  };
  EXPECT_EQ(silence(millisecond, false), minute);
  EXPECT_EQ(silence(hour, false), day);
  EXPECT_NEAR(static_cast<double>(silence(minute, true)), 64.0 * minute, 6.0 * minute);
}

TEST(policy_clock, a_late_event_begins_no_later_episode) {
  Driver driver;
  driver.send_many(200, calm);
  driver.send_late(3.5, 100 * minute);  // unusual, and tells nothing
  const Decision raised = driver.send(strange);
  EXPECT_EQ(raised.change, Change::raised);
  EXPECT_EQ(raised.onset, driver.time);
}

TEST(policy_clock, an_entity_that_only_was_late_ends_its_episode_in_its_own_time) {
  Driver driver;
  driver.time = 1'000 * hour;
  for (int i = 0; i < 200; ++i) driver.send_late(calm, hour);
  ASSERT_EQ(driver.send_late(strange, hour).change, Change::raised);
  const std::optional<Time> due = driver.policy->wake_time(driver.held->get());
  ASSERT_TRUE(due);
  EXPECT_GE(*due, driver.time - hour);
}

TEST(policy_clock, late_events_move_no_clock) {
  Driver driver;
  driver.send_many(200, calm);
  driver.send(strange);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(driver.send_late(calm, hour).is_open);
  EXPECT_EQ(driver.policy->wake_time(driver.held->get()), driver.time + 64 * minute);
  EXPECT_EQ(driver.send_many(16, calm).change, Change::resolved);
  for (int i = 0; i < 200; ++i) driver.send_late(calm, hour);
  EXPECT_EQ(driver.send(strange).change, Change::none);  // still within the quiet time
  driver.send_many(101, calm);
  const Decision late = driver.send_late(strange, 2 * minute);
  EXPECT_EQ(late.change, Change::raised);
  EXPECT_EQ(late.onset, driver.time - 2 * minute);
}

}  // namespace
}  // namespace retimu
