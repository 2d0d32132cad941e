// SPDX-License-Identifier: Apache-2.0
// Signals that changed as evidence for what is behind an incident.
#include "retimu/decision/correlator_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Departure departure_of(const std::string& entity, Duration at, double strangeness,
                       const std::string& column = "port_errors") {
  Departure departure;
  departure.entity = entity;
  departure.time = departure.onset = start + at;
  departure.strangeness = strangeness;
  departure.signals = {{column, "1/s", 2, 512, 3 * strangeness}};
  return departure;
}

const LikelyCause* cause_of(const Told& told, const std::string& entity) {
  if (told.told.empty()) return nullptr;
  for (const LikelyCause& cause : told.told.back().incident->causes) {
    if (cause.entity == entity) return &cause;
  }
  return nullptr;
}

TEST(CorrelatorChanges, NameACauseThatHasNoAlert) {
  const Topology topology = rack();
  Told told(&topology);
  told.see(departure_of("switch1", 0, 7));
  told.see(departure_of("switch2", 0, 9));   // feeds none of them
  told.see(departure_of("stranger", 0, 9));  // the topology does not know it
  told.give(alert_of("web1", 10 * second));
  told.give(alert_of("web2", 20 * second));
  ASSERT_EQ(told.told.size(), 1U);
  const std::vector<LikelyCause>& causes = told.told[0].incident->causes;
  ASSERT_EQ(causes.size(), 3U);
  const LikelyCause& cause = causes[0];
  EXPECT_EQ(cause.entity, "switch1");
  EXPECT_FALSE(cause.has_alert);
  EXPECT_EQ(cause.affected, 2U);
  EXPECT_EQ(cause.hops, 1U);
  EXPECT_EQ(cause.nearest, "web1");
  ASSERT_EQ(cause.signals.size(), 1U);
  EXPECT_EQ(cause.signals[0].after, 512);
  EXPECT_EQ(cause.sentence,
            "port_errors of switch1 is 512 per s, usually -47 to 51 (no alert, first, feeds all 2, "
            "1 hop from web1)");
  // 3 for being the first, 3 for the change, 2 log2(1 + 2).
  EXPECT_NEAR(cause.score, 3 + 3 + 2 * std::log2(3), 1e-9);
}

TEST(CorrelatorChanges, OfLongAgoAreNoEvidence) {
  const Topology topology = rack();
  for (const Duration at : {-6 * minute, 6 * minute}) {
    Told told(&topology);
    told.see(departure_of("switch1", at, 7));
    told.give(alert_of("web1", 10 * second));
    told.give(alert_of("web2", 20 * second));
    ASSERT_EQ(told.told.size(), 1U);
    EXPECT_EQ(cause_of(told, "switch1"), nullptr);
  }
}

// The stronger change of an entity with an alert, before it or after.
TEST(CorrelatorChanges, StandBesideTheAlertsReason) {
  const Topology topology = rack();
  Told told(&topology);
  told.see(departure_of("web1", 0, 3, "cpu"));
  told.give(alert_of("web1", 10 * second));
  told.see(departure_of("web2", 15 * second, 2, "memory"));
  told.give(alert_of("web2", 20 * second));
  told.see(departure_of("web2", 25 * second, 1.5, "disk"));
  told.see(departure_of("web1", 25 * second, 6, "errors"));
  for (int i = 3; i <= 5; ++i) told.give(alert_of(fmt::format("web{}", i), 30 * second));
  told.pass_by(2 * minute);
  const LikelyCause* first = cause_of(told, "web1");
  ASSERT_NE(first, nullptr);
  ASSERT_EQ(first->signals.size(), 1U);
  EXPECT_EQ(first->signals[0].subject, "errors");
  EXPECT_TRUE(first->has_alert);
  EXPECT_EQ(first->sentence,
            "latency of web1 is 10 ms, usually 1 to 3 (first, errors went from 2 to 512 per s)");
  const LikelyCause* second = cause_of(told, "web2");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->signals.at(0).subject, "memory");
}

// The least strange goes, and before it what was long ago.
TEST(CorrelatorChanges, KeepsTheStrangestOfLate) {
  std::vector<TopologyEdge> edges = {{"old", "web1"}, {"weak", "web1"}, {"strong", "web1"}};
  for (int i = 0; i < 80; ++i) edges.push_back({fmt::format("other{}", i), "elsewhere"});
  const Topology topology(edges);
  Told told(&topology);
  told.see(departure_of("old", -2 * hour, 99));
  told.see(departure_of("weak", 0, 2));
  told.see(departure_of("strong", 0, 5));
  for (int i = 0; i < 80; ++i) told.see(departure_of(fmt::format("other{}", i), 0, 4));
  told.give(alert_of("web1", second));
  told.give(alert_of("strong", 2 * second));
  ASSERT_EQ(told.told.size(), 1U);
  EXPECT_FALSE(cause_of(told, "strong")->signals.empty());
  EXPECT_EQ(cause_of(told, "weak"), nullptr);
}

TEST(CorrelatorChanges, GoOnAfterARestart) {
  const Topology topology = rack();
  std::vector<std::string> straight;
  for (const bool restarts : {false, true}) {
    Told told(&topology);
    const auto restart = [&] { EXPECT_TRUE(!restarts || told.reload(&topology)); };
    told.see(departure_of("switch1", 0, 7));
    restart();
    told.see(departure_of("web1", 5 * second, 2));
    restart();
    told.give(alert_of("web1", 10 * second));
    restart();
    told.see(departure_of("switch1", 15 * second, 8));
    told.give(alert_of("web2", 20 * second));
    restart();
    told.pass_by(5 * minute);
    std::vector<std::string> lines;
    for (const Alert& one : told.told) lines.push_back(to_json(one));
    if (!restarts) straight = lines;
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(lines.back().find("\"changes\":[{\"subject\":\"port_errors\""), std::string::npos);
    EXPECT_EQ(lines, straight);
  }
}

// The switch and what feeds it both feed all; the nearer one is named.
TEST(CorrelatorChanges, TheNearerOfTwoThatFeedAll) {
  std::vector<TopologyEdge> edges = {{"core", "switch1"}};
  for (int i = 1; i <= 5; ++i) edges.push_back({"switch1", fmt::format("web{}", i)});
  const Topology topology(edges);
  Told told(&topology);
  for (const char* entity : {"core", "switch1"}) told.see(departure_of(entity, 0, 7));
  for (int i = 1; i <= 5; ++i) told.give(alert_of(fmt::format("web{}", i), i * second));
  told.pass_by(2 * minute);
  const std::vector<LikelyCause>& causes = told.told.back().incident->causes;
  EXPECT_EQ(causes.at(0).entity, "switch1");
  EXPECT_EQ(causes.at(0).hops, 1U);
  EXPECT_EQ(causes.at(1).entity, "core");
  EXPECT_EQ(causes.at(1).affected, 5U);
  EXPECT_EQ(causes.at(1).hops, 2U);
  EXPECT_NEAR(causes.at(1).score, 3 + 3 + 2 * std::log2(1 + 5.0 / 2), 1e-9);
}

}  // namespace
}  // namespace retimu
