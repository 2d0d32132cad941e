// SPDX-License-Identifier: Apache-2.0
// Storms, and what chance brings together.
#include "retimu/decision/correlator_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// Three of fifty do not speak against their switch.
TEST(Correlator, ASwitchMostOfWhoseServersAreWellIsNotNamed) {
  std::vector<TopologyEdge> edges;
  for (int i = 1; i <= 50; ++i) edges.push_back({"switch1", fmt::format("web{}", i)});
  const Topology topology(edges);
  for (const int failing : {3, 9, 10, 50}) {
    Told told(&topology);
    for (int i = 1; i <= failing; ++i) told.give(alert_of(fmt::format("web{}", i), i * second));
    told.pass_by(2 * minute);
    ASSERT_FALSE(told.told.empty());
    const bool is_named = told.told.back().incident->causes[0].entity == "switch1";
    EXPECT_EQ(is_named, failing >= 10) << failing;
  }
}

// All hang on one switch, and every few minutes one of them has an alert of its own.
TEST(Correlator, NeighboursByChanceAreNoIncident) {
  std::vector<TopologyEdge> edges;
  for (int i = 0; i < 500; ++i) edges.push_back({"hub", fmt::format("e{}", i)});
  const Topology topology(edges);
  Told told(&topology);
  Random random(3);
  std::size_t alerts = 0;
  for (Duration at = 0; at < 12 * hour; at += 30 * second) {
    if (random.below(4) > 0) continue;  // one in two minutes
    const std::string entity = fmt::format("e{}", random.below(500));
    ++alerts;
    told.give(alert_of(entity, at, Change::raised, alerts));
    told.give(alert_of(entity, at + second, Change::resolved, alerts));
  }
  const auto raised = [&] { return std::ranges::count(told.told, Change::raised, &Alert::change); };
  EXPECT_GT(alerts, 300U);
  EXPECT_LT(raised(), 25);
  const auto before = raised();
  for (int i = 0; i < 100; ++i) {
    told.give(alert_of(fmt::format("e{}", i), 13 * hour + i * second, Change::raised, 1'000));
  }
  EXPECT_EQ(raised(), before + 1);
}

TEST(Correlator, AStormIsToldOnce) {
  Told told;
  std::size_t singly = 0;
  for (int i = 0; i < 500; ++i) {
    singly += told.give(alert_of(fmt::format("server{}", i), i * 20 * millisecond)) ? 1 : 0;
  }
  EXPECT_EQ(singly, 5U);  // the fifth makes it one
  told.pass_by(2 * minute);
  std::size_t raised = 0;
  for (const Alert& one : told.told) raised += one.change == Change::raised ? 1 : 0;
  EXPECT_EQ(raised, 1U);
  EXPECT_LE(told.told.size(), 4U);
  EXPECT_EQ(told.told.back().incident->entities, 500U);
  for (int i = 0; i < 500; ++i) {
    const Duration at = 10 * minute + i * 20 * millisecond;
    singly += told.give(alert_of(fmt::format("server{}", i), at, Change::resolved)) ? 1 : 0;
  }
  EXPECT_EQ(singly, 10U);
  told.pass_by(2 * minute);
  EXPECT_EQ(told.told.back().change, Change::resolved);
  EXPECT_EQ(told.told.back().incident->entities, 500U);
  EXPECT_TRUE(std::ranges::all_of(
      told.told, [&](const Alert& one) { return one.id == told.told.front().id; }));
}

TEST(Correlator, WhatIsUsualIsNoStorm) {
  Told told;
  Random random(7);
  // Ten a minute of always other entities, for two hours.
  for (int i = 0; i < 1'200; ++i) {
    const auto at = static_cast<Duration>(i) * 6 * second +
                    static_cast<Duration>(random.below(5'000)) * millisecond;
    const std::string entity = fmt::format("e{}", i);
    told.give(alert_of(entity, at));
    told.give(alert_of(entity, at + 500 * millisecond, Change::resolved));
  }
  // Until it is known what is usual it looks like one, which ends when nothing joins it any more.
  const auto late = [](const Alert& one) { return one.time > start + 45 * minute; };
  EXPECT_GE(told.told.size(), 2U);
  EXPECT_EQ(std::ranges::count_if(told.told, late), 0);
  EXPECT_EQ(told.told.back().change, Change::resolved);
  // A real one is still seen.
  for (int i = 0; i < 60; ++i) {
    told.give(alert_of(fmt::format("s{}", i), 3 * hour + i * 100 * millisecond));
  }
  EXPECT_EQ(told.told.back().change, Change::raised);
}

TEST(Correlator, AStormDoesNotMakeTheNextOneUsual) {
  Told told;
  for (std::uint64_t storm = 1; storm <= 3; ++storm) {
    const auto at = static_cast<Duration>(storm) * 4 * hour;
    std::size_t singly = 0;
    for (int i = 0; i < 100; ++i) {
      singly += told.give(alert_of(fmt::format("e{}", i), at + i, Change::raised, storm)) ? 1 : 0;
    }
    EXPECT_EQ(singly, 5U) << storm;
    for (int i = 0; i < 100; ++i) {
      told.give(alert_of(fmt::format("e{}", i), at + hour, Change::resolved, storm));
    }
  }
}

TEST(Correlator, BeyondItsRoomAlertsAreCounted) {
  Told told;
  std::size_t singly = 0;
  for (int i = 0; i < 17'000; ++i) {
    singly += told.give(alert_of(fmt::format("e{}", i), i * millisecond)) ? 1 : 0;
  }
  EXPECT_EQ(singly, 5U);
  for (int i = 0; i < 17'000; ++i) {
    const Duration at = minute + i * millisecond;
    singly += told.give(alert_of(fmt::format("e{}", i), at, Change::resolved)) ? 1 : 0;
  }
  EXPECT_EQ(singly, 10U);
  told.pass_by(3 * minute);
  EXPECT_EQ(told.told.back().change, Change::resolved);
  EXPECT_EQ(told.told.back().incident->alerts, 17'000U);
}

// Faults made at random in a tree of services: the one at fault is felt by what it feeds, later and
// stronger or weaker. Random guesses among those with alerts name it first in one of five or less.
TEST(Correlator, NamesTheCauseMoreOftenThanChance) {
  Random random(11);
  std::size_t named = 0;
  double by_chance = 0;
  constexpr std::size_t trials = 200;
  for (std::size_t trial = 0; trial < trials; ++trial) {
    std::vector<TopologyEdge> edges;
    for (int i = 1; i < 40; ++i) {
      edges.push_back({fmt::format("s{}", (i - 1) / 3), fmt::format("s{}", i)});
    }
    const Topology topology(edges);
    const std::string root = fmt::format("s{}", 1 + random.below(12));
    std::vector<Alert> alerts = {alert_of(root, static_cast<Duration>(random.below(40)) * second)};
    for (const std::uint64_t fed : topology.near(hash(root), 2, Topology::Direction::fed_by_it)) {
      const auto at = static_cast<Duration>(random.below(90)) * second;
      alerts.push_back(alert_of(std::string(topology.name(fed)), at));
    }
    for (Alert& alert : alerts) {
      alert.reasons[0].observed = 3 + static_cast<double>(1 + random.below(40));
    }
    std::ranges::stable_sort(alerts, {}, &Alert::time);
    Told told(&topology);
    for (const Alert& alert : alerts) told.give(alert);
    told.pass_by(3 * minute);
    if (told.told.empty()) continue;
    named += told.told.back().incident->causes[0].entity == root ? 1 : 0;
    by_chance += 1.0 / static_cast<double>(alerts.size());
  }
  EXPECT_GT(static_cast<double>(named), 0.8 * trials) << "by chance " << by_chance;
  EXPECT_LT(by_chance, 0.4 * trials);
}

}  // namespace
}  // namespace retimu
