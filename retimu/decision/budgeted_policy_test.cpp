// SPDX-License-Identifier: Apache-2.0
// The policy with a stated budget in the loop that the engine closes: controls every ten minutes, a
// bucket behind it.
#include "retimu/core/random.hpp"
#include "retimu/decision/budget.hpp"
#include "retimu/decision/held.hpp"
#include "retimu/decision/policy.hpp"
#include "retimu/stats/elementary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

namespace retimu {
namespace {

constexpr double per_day = 2;

struct Fleet {
  explicit Fleet(std::size_t entities, Duration every = minute)
      : policy(make_policy({.budget_per_day = per_day})), interval(every) {
    for (std::size_t i = 0; i < entities; ++i) held.push_back(std::make_unique<Held>(*policy));
  }

  // Evidence of honest p-values, stretched; `extra` is what entity 0 shows at least.
  Decision step(double stretch = 1, double extra = 0) {
    time += interval;
    if (time >= boundary + 10 * minute) {
      const BudgetControl last = control.value_or(BudgetControl{});
      control = next_control(last, time - boundary, sums, last.fleet, per_day);
      boundary = time;
    }
    Decision first;
    for (std::size_t i = 0; i < held.size(); ++i) {
      double evidence = -stretch * elementary::log10(1 - random.uniform());
      if (i == 0) evidence = std::max(evidence, extra);
      const Decision decision = policy->decide(held[i]->get(), {time, {-evidence, 1'000}, false},
                                               control ? &*control : nullptr, sums);
      if (decision.change == Change::raised) {
        ++raised;
        told += bucket.take(time, per_day) ? 1 : 0;
      }
      if (i == 0) first = decision;
    }
    return first;
  }

  std::unique_ptr<Policy> policy;
  std::vector<std::unique_ptr<Held>> held;
  Random random{21};
  Duration interval;
  Time time = 0, boundary = 0;
  FleetSums sums;
  std::optional<BudgetControl> control;
  TokenBucket bucket;
  int raised = 0, told = 0;
};

TEST(budgeted_policy, warms_until_blocks_and_a_control_are_there) {
  Fleet fleet(1);
  for (int i = 0; i < 256; ++i) {
    const Decision decision = fleet.step(1, i == 100 ? 50 : 0);
    ASSERT_EQ(decision.phase, Phase::warming) << i;
    ASSERT_TRUE(std::isinf(decision.threshold));
  }
  const Decision warm = fleet.step();
  EXPECT_EQ(warm.phase, Phase::usual);
  EXPECT_TRUE(std::isfinite(warm.threshold));

  // Entities that never get a control stay silent.
  const auto policy = make_policy({.budget_per_day = per_day});
  Held held(*policy);
  FleetSums sums;
  for (int i = 0; i < 1'000; ++i) {
    const Decision decision =
        policy->decide(held.get(), {i * minute, {-9, 1'000}, false}, nullptr, sums);
    ASSERT_EQ(decision.phase, Phase::warming);
  }
  EXPECT_GT(sums.points, 0);  // what it learns is for the first control
}

TEST(budgeted_policy, holds_the_budget_on_honest_evidence_and_finds_clear_faults) {
  for (const std::size_t entities : {std::size_t{1}, std::size_t{10}, std::size_t{40}}) {
    Fleet fleet(entities);
    constexpr int days = 20;
    for (int i = 0; i < days * 1'440; ++i) fleet.step();
    EXPECT_LE(fleet.told, days * per_day + 4) << entities;
    EXPECT_LE(fleet.raised, 1.5 * days * per_day) << entities;
    EXPECT_GE(fleet.raised, 0.3 * days * per_day) << entities;
    // Three decades beyond what a reading shows once in the whole budget's time.
    const double clear = std::log10(1'440.0 * static_cast<double>(entities) / per_day) + 3;
    EXPECT_EQ(fleet.step(1, clear).change, Change::raised) << entities;
  }
}

TEST(budgeted_policy, evidence_of_another_scale_is_learned) {
  Fleet fleet(10);
  constexpr int days = 20;
  for (int i = 0; i < days * 1'440; ++i) fleet.step(2.5);
  EXPECT_LE(fleet.told, days * per_day + 4);
  EXPECT_LE(fleet.raised, 2 * days * per_day);
}

TEST(budgeted_policy, an_episode_tires_its_own_entity_at_once) {
  Fleet fleet(1);
  do {
    fleet.step();
  } while (fleet.time < day || fleet.time != fleet.boundary);  // a control came just now
  const double relief = fleet.control->relief;
  const Decision raised = fleet.step(1, 20);
  ASSERT_EQ(raised.change, Change::raised);
  const double after = fleet.step().threshold;
  ASSERT_EQ(fleet.control->relief, relief);
  EXPECT_GT(after, raised.threshold + 0.04);  // 0.25 nats of a scale of at least 0.2
  while (fleet.time != fleet.boundary) fleet.step();
  EXPECT_NEAR(fleet.control->relief, relief + 0.25, 0.01);
}

TEST(budgeted_policy, a_restored_state_agrees_for_ever) {
  Fleet original(2), twin(2);
  for (int i = 0; i < 2'000; ++i) {
    const double extra = i % 300 == 299 ? 9 : 0;
    const Decision a = original.step(1, extra), b = twin.step(1, extra);
    ASSERT_EQ(a.threshold, b.threshold);
    ASSERT_EQ(a.change, b.change);
    for (std::size_t entity = 0; entity < 2; ++entity) {
      const std::vector<std::byte> bytes = twin.held[entity]->save();
      ASSERT_EQ(bytes, original.held[entity]->save());
      twin.held[entity] = std::make_unique<Held>(*twin.policy);
      ASSERT_TRUE(twin.held[entity]->load(bytes));
    }
  }
  EXPECT_EQ(original.sums.excess, twin.sums.excess);
  EXPECT_GT(original.raised, 0);
}

}  // namespace
}  // namespace retimu
