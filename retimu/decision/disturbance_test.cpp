// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/disturbance.hpp"

#include "retimu/decision/held.hpp"
#include "retimu/decision/policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <vector>

namespace retimu {
namespace {

Disturbance after(int events, double evidence, Disturbance from = {}) {
  for (int i = 0; i < events; ++i) from.add(evidence);
  return from;
}

TEST(disturbance, level_is_that_counted_by_hand) {
  EXPECT_DOUBLE_EQ(after(1, 3).level, 0.3);
  EXPECT_DOUBLE_EQ(after(2, 3).level, 0.3 + 0.1 * 2.7);
  EXPECT_DOUBLE_EQ(after(1, 300).level, 0.6);  // cut at 6 decades
  EXPECT_DOUBLE_EQ(after(1, -1).level, 0);
}

// 6 (1 - 0.9^2) = 1.14, 6 (1 - 0.9^3) = 1.63
TEST(disturbance, takes_more_than_one_event) {
  EXPECT_FALSE(after(2, 300).is_there());
  EXPECT_TRUE(after(3, 300).is_there());
  EXPECT_FALSE(after(3, 0.4, after(3, 300)).is_there());
}

TEST(disturbance, needs_evidence_that_lasts) {
  EXPECT_FALSE(after(10'000, 1.39).is_there());
  EXPECT_TRUE(after(100, 1.5).is_there());
}

TEST(disturbance, calibration_waits_but_not_for_ever) {
  Disturbance lasting = after(3, 6);
  for (std::uint32_t i = 1; i < Disturbance::patience; ++i) {
    EXPECT_FALSE(lasting.may_calibrate()) << i;
    lasting.add(6);
  }
  EXPECT_FALSE(lasting.may_calibrate());
  lasting.add(6);
  EXPECT_TRUE(lasting.may_calibrate());
  EXPECT_TRUE(lasting.is_there());
  EXPECT_TRUE(after(1'000'000, 6).is_valid());
}

TEST(disturbance, calm_events_give_the_patience_back_twice_as_fast) {
  const Disturbance worn = after(2'000, 6);
  EXPECT_EQ(worn.events, Disturbance::patience + 1);
  const Disturbance calmed = after(50, 0, worn);  // of which the first 13 are disturbed still
  EXPECT_EQ(std::ceil(std::log(Disturbance::least / 6) / std::log(0.9)), 14);
  EXPECT_EQ(calmed.events, Disturbance::patience + 1 - 2 * (50 - 13));
}

// A reading a minute of which nothing is told: the threshold is 6.
struct Driver {
  Decision send(double evidence, std::optional<double> ranking, double samples = 1'000,
                bool is_late = false) {
    Assessment assessment{time += minute, {-evidence, 1'000}, is_late};
    if (ranking) assessment.ranking = Rating{-*ranking, samples};
    return policy->decide(held->get(), assessment, nullptr, sums);
  }
  Decision send_many(int count, double evidence, std::optional<double> ranking,
                     double samples = 1'000, bool is_late = false) {
    Decision last;
    for (int i = 0; i < count; ++i) last = send(evidence, ranking, samples, is_late);
    return last;
  }
  std::unique_ptr<Policy> policy = make_policy({.threshold = 6});
  std::unique_ptr<Held> held = std::make_unique<Held>(*policy);
  FleetSums sums;
  Time time = 0;
};

TEST(disturbance, counts_by_how_far_it_exceeds_what_raises) {
  EXPECT_DOUBLE_EQ(Disturbance{.level = 1.2}.excess(), -1);
  EXPECT_DOUBLE_EQ(Disturbance{.level = 2}.excess(), 0);
  EXPECT_DOUBLE_EQ(Disturbance{.level = 6}.excess(), 5);
}

// No event of it comes near the threshold of 6. From 0.4 on smoothed evidence is
// 2.5 - 2.1 0.9^n, and so above 2 with the fourteenth event.
TEST(policy, evidence_that_stays_high_raises_an_alert) {
  Driver driver;
  driver.send_many(100, 0.3, 0.4);
  const Decision before = driver.send_many(13, 2.5, 2.5);
  EXPECT_FALSE(before.is_open);
  const Decision raised = driver.send(2.5, 2.5);
  EXPECT_EQ(raised.change, Change::raised);
  EXPECT_EQ(raised.ground, Ground::lasting);
  EXPECT_FALSE(raised.may_calibrate_ranking);
  EXPECT_EQ(raised.severity, Severity::warning);
  // Unusual, as far as the onset goes, from 1.2 on: the fifth event.
  EXPECT_EQ(raised.onset, raised.ended - 9 * minute);
  EXPECT_TRUE(driver.send_many(30, 0.3, 1.5).is_open);  // 1.5 is above 1.2
  EXPECT_FALSE(driver.send_many(30, 0.3, 0.4).is_open);
}

// Told as a shift after 64 events, it ends where evidence of 1.5 would keep another episode open.
TEST(policy, what_has_been_told_as_a_shift_ends_sooner) {
  Driver driver;
  driver.send_many(100, 0.3, 0.4);
  EXPECT_EQ(driver.send_many(100, 2.5, 2.5).phase, Phase::shifted);
  EXPECT_FALSE(driver.send_many(30, 0.3, 1.5).is_open);
}

TEST(policy, evidence_that_is_raised_but_not_high_tells_nothing) {
  Driver driver;
  driver.send_many(100, 0.3, 0.4);
  const Decision decision = driver.send_many(50, 1.8, 1.8);
  EXPECT_FALSE(decision.is_open);
  EXPECT_FALSE(decision.may_calibrate_ranking);
  EXPECT_TRUE(decision.may_calibrate && decision.may_learn);
}

TEST(policy, what_lasts_counts_only_of_the_detector_that_ranks_and_knows_enough) {
  for (const auto& [ranking, samples, is_late] :
       {std::tuple(std::optional<double>(), 1'000.0, false),
        std::tuple(std::optional(5.0), 31.0, false),
        std::tuple(std::optional(5.0), 1'000.0, true)}) {
    Driver driver;
    driver.send_many(100, 0.3, 0.4);
    const Decision decision = driver.send_many(50, 2.5, ranking, samples, is_late);
    EXPECT_FALSE(decision.is_open);
    EXPECT_TRUE(decision.may_calibrate_ranking);
  }
}

TEST(policy, reads_a_state_that_knows_no_disturbance) {
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  writer.version(1);
  std::array<double, 4> numbers{0.5, 5, 4, 1e9};
  std::array<std::int64_t, 4> times{100, 90, 80, 95};
  std::array<std::uint32_t, 6> counts{60, 10, 3, 0, 2, 0};
  std::array<std::uint8_t, 3> flags{static_cast<std::uint8_t>(Phase::anomalous),
                                    static_cast<std::uint8_t>(Severity::minor), 1};
  writer.cells("numbers", std::span<double>(numbers));
  writer.cells("times", std::span<std::int64_t>(times));
  writer.cells("counts", std::span<std::uint32_t>(counts));
  writer.cells("flags", std::span<std::uint8_t>(flags));
  Driver driver;
  ASSERT_TRUE(driver.held->load(bytes));
  driver.time = 200;
  const Decision decision = driver.send(0.3, 0.4);
  EXPECT_TRUE(decision.is_open);
  EXPECT_TRUE(decision.may_calibrate_ranking);
}

}  // namespace
}  // namespace retimu
