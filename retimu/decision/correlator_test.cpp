// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/correlator_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(Correlator, OneEntityIsItsAlertsAndNothingMore) {
  Told told;
  for (std::uint64_t episode = 1; episode <= 10; ++episode) {
    const auto at = static_cast<Duration>(episode) * 20 * second;
    EXPECT_TRUE(told.give(alert_of("a", at, Change::raised, episode)));
    EXPECT_TRUE(told.give(alert_of("a", at + 5 * second, Change::resolved, episode)));
  }
  told.pass_by(hour);
  EXPECT_TRUE(told.told.empty());
}

// Of an alert that several modalities show.
Alert shown_by_two(Alert alert) {
  alert.parts = {{Modality::logs, alert.time, 4, 0.5}, {Modality::metrics, alert.time, 4, 0.5}};
  alert.reasons.push_back({"link down on <*>", "", 0, 0, 0, 1, ReasonKind::new_message});
  return alert;
}

TEST(Correlator, WhatSeveralModalitiesShowIsAnIncidentOfOneEntity) {
  Told told;
  EXPECT_TRUE(told.give(alert_of("a", 0)));
  EXPECT_TRUE(told.told.empty());
  EXPECT_FALSE(told.give(shown_by_two(alert_of("a", 5 * second, Change::updated))));
  ASSERT_EQ(told.told.size(), 1U);
  EXPECT_EQ(told.told[0].change, Change::raised);
  EXPECT_EQ(told.told[0].sentence,
            "a: high latency, link down; latency is 10 ms, usually 1 to 3; new message "
            "\"link down on <*>\"");
  EXPECT_EQ(told.told[0].incident->signals.size(), 2U);
  // What is told of the alert from now on the incident tells, but for its end.
  EXPECT_FALSE(told.give(alert_of("a", 10 * second, Change::updated)));
  ASSERT_EQ(told.told.size(), 2U);
  EXPECT_EQ(told.told[1].change, Change::updated);
  ASSERT_TRUE(told.reload());
  EXPECT_TRUE(told.give(alert_of("a", 20 * second, Change::resolved)));
  told.pass_by(2 * minute);
  ASSERT_EQ(told.told.size(), 3U);
  EXPECT_EQ(told.told[2].change, Change::resolved);
  EXPECT_TRUE(told.told[2].sentence.starts_with("a had: high latency")) << told.told[2].sentence;
}

TEST(Correlator, OneThatBeginsSoIsToldByItsIncidentAlone) {
  Told told;
  EXPECT_FALSE(told.give(shown_by_two(alert_of("a", 0))));
  EXPECT_FALSE(told.give(alert_of("a", 20 * second, Change::resolved)));
  told.pass_by(2 * minute);
  ASSERT_EQ(told.told.size(), 2U);
  EXPECT_EQ(told.told[1].change, Change::resolved);
}

// What the budget holds back is no incident either.
TEST(Correlator, WhatIsHeldBackOpensNone) {
  Told told;
  told.give(shown_by_two(alert_of("a", 0)), false);
  EXPECT_TRUE(told.told.empty());
}

TEST(Correlator, AnIncidentOfOneEntityGrows) {
  const Topology topology = rack();
  Told told(&topology);
  told.give(shown_by_two(alert_of("web1", 0)));
  told.give(alert_of("web2", 5 * second));
  ASSERT_EQ(told.told.size(), 2U);
  EXPECT_EQ(told.told[1].change, Change::updated);
  EXPECT_EQ(told.told[1].id, told.told[0].id);
  EXPECT_EQ(told.told[1].incident->entities, 2U);
}

TEST(Correlator, InAStormTheyBecomeOne) {
  Told told;
  for (int i = 0; i < 8; ++i) told.give(shown_by_two(alert_of(fmt::format("e{}", i), i * second)));
  std::vector<AlertId> open;
  for (const Alert& alert : told.told) {
    if (alert.change == Change::raised) open.push_back(alert.id);
    if (alert.change == Change::resolved) {
      std::erase(open, alert.id);
      EXPECT_EQ(alert.incident->merged_into, told.told[0].id);
      EXPECT_EQ(alert.sentence, "that of " + alert.entity + " is part of that of e0");
    }
  }
  EXPECT_EQ(open, std::vector<AlertId>{told.told[0].id});
  told.pass_by(2 * minute);
  EXPECT_EQ(told.told.back().incident->entities, 8U);
  ASSERT_TRUE(told.reload());
}

TEST(Correlator, ASwitchAndItsServersAreOneIncident) {
  const Topology topology = rack();
  Told told(&topology);
  Alert cause = alert_of("switch1", 0);
  cause.reasons = {{"port_errors", "", 512, 0, 3, 1}};
  EXPECT_TRUE(told.give(cause));
  EXPECT_TRUE(told.told.empty());
  EXPECT_TRUE(told.give(alert_of("web1", 20 * second)));
  ASSERT_EQ(told.told.size(), 1U);
  EXPECT_EQ(told.told[0].change, Change::raised);
  EXPECT_EQ(told.told[0].entity, "switch1");
  EXPECT_EQ(told.told[0].onset, start);
  EXPECT_TRUE(told.give(alert_of("web2", 25 * second)));
  EXPECT_FALSE(told.give(alert_of("web3", 30 * second)));
  EXPECT_FALSE(told.give(alert_of("web4", 35 * second)));
  EXPECT_EQ(told.told.size(), 1U);
  told.pass_by(2 * minute);
  ASSERT_EQ(told.told.size(), 2U);
  EXPECT_EQ(told.told[1].change, Change::updated);
  EXPECT_EQ(told.told[1].id, told.told[0].id);
  EXPECT_EQ(told.told[1].revision, 2U);
  const Incident& grown = *told.told[1].incident;
  EXPECT_EQ(grown.entities, 5U);
  EXPECT_EQ(grown.alerts, 5U);
  EXPECT_EQ(grown.open, 5U);
  EXPECT_EQ(grown.first, (std::vector<std::string>{"switch1", "web1", "web2", "web3", "web4"}));
  ASSERT_FALSE(grown.causes.empty());
  EXPECT_EQ(grown.causes[0].entity, "switch1");
  EXPECT_EQ(grown.causes[0].affected, 4U);
  EXPECT_EQ(grown.hints, (std::vector<std::string>{"errors", "high latency"}));
  EXPECT_EQ(
      told.told[1].sentence,
      "5 entities have alerts: first switch1, then web1, web2, web3 and 1 more; errors, high "
      "latency; likely cause: port_errors of switch1 is 512, usually 0 to 3 (first, feeds all "
      "4, 1 hop from web1)");
}

TEST(Correlator, EndsAMinuteAfterItsLastAlert) {
  const Topology topology = rack();
  Told told(&topology);
  told.give(alert_of("web1", 0));
  told.give(alert_of("web2", second));
  for (int i = 3; i <= 5; ++i) told.give(alert_of(fmt::format("web{}", i), i * second));
  EXPECT_TRUE(told.give(alert_of("web1", 200 * second, Change::resolved)));
  EXPECT_FALSE(told.give(alert_of("web4", 210 * second, Change::resolved)));
  for (const char* entity : {"web2", "web3"}) {
    EXPECT_TRUE(told.give(alert_of(entity, 220 * second, Change::resolved)));
  }
  told.pass(start + 400 * second);
  const auto is_resolved = [](const Alert& one) { return one.change == Change::resolved; };
  EXPECT_TRUE(std::ranges::none_of(told.told, is_resolved));
  EXPECT_FALSE(told.give(alert_of("web5", 500 * second, Change::resolved)));
  told.pass(start + 555 * second);
  EXPECT_TRUE(std::ranges::none_of(told.told, is_resolved));
  told.pass(start + 565 * second);
  ASSERT_EQ(std::ranges::count_if(told.told, is_resolved), 1);
  EXPECT_EQ(told.told.back().ended, start + 500 * second);
  EXPECT_EQ(told.told.back().time, start + 560 * second);
  EXPECT_EQ(told.told.back().incident->open, 0U);
  // What comes later is another one.
  told.give(alert_of("web1", 700 * second, Change::raised, 2));
  told.give(alert_of("web2", 701 * second, Change::raised, 2));
  EXPECT_EQ(told.told.back().change, Change::raised);
  EXPECT_EQ(told.told.back().revision, 1U);
  EXPECT_FALSE(told.told.back().id == told.told.front().id);
}

TEST(Correlator, TwoFaultsAtOnceStayTwo) {
  const Topology topology = rack();
  Told told(&topology);
  for (int i = 1; i <= 5; ++i) {
    told.give(alert_of(fmt::format("web{}", i), i * second));
    told.give(alert_of(fmt::format("db{}", i), i * second + 1));
  }
  told.pass_by(2 * minute);
  std::map<std::string, std::vector<std::string>> first;
  for (const Alert& one : told.told) first[to_text(one.id)] = one.incident->first;
  ASSERT_EQ(first.size(), 2U);
  for (const auto& [id, names] : first) {
    ASSERT_EQ(names.size(), 5U);
    for (const std::string& name : names) EXPECT_EQ(name.substr(0, 2), names[0].substr(0, 2));
  }
}

TEST(Correlator, NamesADeadSwitchThatHasNoAlert) {
  const Topology topology = rack();
  Told told(&topology);
  for (int i = 1; i <= 5; ++i) told.give(alert_of(fmt::format("web{}", i), i * second));
  told.pass_by(2 * minute);
  const LikelyCause& cause = told.told.back().incident->causes.at(0);
  EXPECT_EQ(cause.entity, "switch1");
  EXPECT_EQ(cause.affected, 5U);
  EXPECT_EQ(cause.sentence, "switch1, which has no alert, feeds all 5, 1 hop from web1");
}

TEST(Correlator, FarOrLateIsNoNeighbour) {
  const Topology topology = rack();
  Told told(&topology);
  told.give(alert_of("web1", 0));
  told.give(alert_of("web2", 6 * minute));  // late
  told.give(alert_of("db1", 6 * minute));   // far
  EXPECT_TRUE(told.told.empty());
}

TEST(Correlator, FlappingStaysOneIncident) {
  const Topology topology = rack();
  Told told(&topology);
  told.give(alert_of("web1", 0));
  told.give(alert_of("web2", second));
  for (std::uint64_t episode = 1; episode <= 10; ++episode) {
    const auto at = static_cast<Duration>(episode) * 40 * second;
    told.give(alert_of("web1", at, Change::resolved, episode));
    told.give(alert_of("web1", at + 20 * second, Change::raised, episode + 1));
  }
  told.give(alert_of("web2", 430 * second, Change::resolved));
  told.give(alert_of("web1", 440 * second, Change::resolved, 11));
  told.pass_by(2 * minute);
  ASSERT_EQ(told.told.size(), 2U);
  EXPECT_EQ(told.told[1].change, Change::resolved);
  EXPECT_EQ(told.told[1].incident->entities, 2U);
  EXPECT_EQ(told.told[1].incident->alerts, 12U);
}

TEST(Correlator, WaitsForLeaveToOpen) {
  const Topology topology = rack();
  Told told(&topology);
  told.give(alert_of("web1", 0), false);
  told.give(alert_of("web2", 1), false);
  for (int i = 3; i <= 4; ++i) EXPECT_TRUE(told.give(alert_of(fmt::format("web{}", i), i), false));
  EXPECT_TRUE(told.told.empty());
  told.give(alert_of("web5", 5), true);
  ASSERT_EQ(told.told.size(), 1U);
  EXPECT_EQ(told.told[0].incident->entities, 5U);
}

TEST(Correlator, GoesOnAfterARestart) {
  const Topology topology = rack();
  std::vector<std::string> straight;
  for (const bool restarts : {false, true}) {
    Told told(&topology);
    for (int i = 1; i <= 5; ++i) {
      Alert apart = alert_of(fmt::format("web{}", i), i * second);
      apart.reasons[0].kind = ReasonKind::peers;
      apart.reasons[0].peers = 39;
      told.give(apart);
      told.give(alert_of(fmt::format("unknown{}", i), i * second + 1));
      EXPECT_TRUE(!restarts || told.reload(&topology));
    }
    for (int i = 1; i <= 5; ++i) {
      told.give(alert_of(fmt::format("web{}", i), (90 + i) * second, Change::resolved));
      EXPECT_TRUE(!restarts || told.reload(&topology));
    }
    told.pass_by(5 * minute);
    std::vector<std::string> lines;
    for (const Alert& one : told.told) lines.push_back(to_json(one));
    if (!restarts) straight = lines;
    EXPECT_GE(lines.size(), 4U);
    EXPECT_NE(lines.back().find("\"peers\":39"), std::string::npos) << lines.back();
    EXPECT_EQ(lines, straight);
  }
}

TEST(Correlator, AClockThatWasWrongDoesNotKeepIt) {
  const Topology topology = rack();
  Correlator correlator({.topology = &topology});
  std::vector<Alert> told;
  correlator.pass(start + 365 * day, 0, told);
  for (const char* entity : {"web1", "web2"}) {
    for (const Change change : {Change::raised, Change::resolved}) {
      const Alert alert = alert_of(entity, 0, change);
      (void)correlator.take(alert);
      correlator.tell(
          alert, true, [] { return true; }, told);
    }
  }
  correlator.pass(start, 0, told);
  correlator.pass(start + 61 * second, 0, told);
  EXPECT_EQ(correlator.open(), 0U);
  EXPECT_EQ(told.back().change, Change::resolved);
}

}  // namespace
}  // namespace retimu
