// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_score.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/simulator/score.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

constexpr Time start = 1'700'006'400 * second;
constexpr Recording recording{1, 10, 1'000, start, start + day};
constexpr Modalities all = only(Modality::metrics) | only(Modality::logs);

const std::vector<WorldLabel> labels = {
    {"link_down",
     {"link1", "host1", "host2"},
     start + 8 * hour,
     start + 8 * hour + 10 * minute,
     all},
    {"bearing_worn", {"pump1"}, start + 12 * hour, start + 13 * hour, all}};

Alert alert_of(std::uint64_t id, std::string entity, Time time, Change change = Change::raised) {
  Alert alert;
  alert.id = {1, id};
  alert.change = change;
  alert.entity = std::move(entity);
  alert.time = alert.onset = time;
  return alert;
}

Alert incident_of(std::uint64_t id, std::vector<std::string> first, std::vector<std::string> causes,
                  Time time, Change change = Change::raised) {
  Alert alert = alert_of(id, first.front(), time, change);
  auto incident = std::make_shared<Incident>();
  incident->entities = first.size();
  incident->first = std::move(first);
  for (std::string& cause : causes) {
    LikelyCause likely;
    likely.entity = std::move(cause);
    incident->causes.push_back(std::move(likely));
  }
  alert.incident = std::move(incident);
  return alert;
}

TEST(WorldScore, AnIncidentTellsOfAllItsEntities) {
  const Time begin = labels[0].begin;
  const std::vector<Alert> alerts = {
      incident_of(1, {"host1", "host2"}, {"host1", "link1"}, begin + 10 * second),
      incident_of(1, {"host1", "host2"}, {"link1", "host1"}, begin + minute, Change::updated),
      incident_of(1, {"host1", "host2"}, {}, begin + hour, Change::resolved),
      alert_of(2, "pump1", labels[1].begin + minute)};
  const WorldScore score = score_world(recording, labels, alerts);
  EXPECT_EQ(score.found, 2U);
  EXPECT_EQ(score.outcomes[0].delay, 10 * second);
  EXPECT_EQ(score.outcomes[0].incidents, 1U);
  EXPECT_EQ(score.outcomes[0].cause_rank, 1U) << "as it was last told before its end";
  EXPECT_EQ(score.outcomes[1].alerts, 1U);
  EXPECT_EQ(score.several, 1U);
  EXPECT_EQ(score.told_as_one, 1U);
  EXPECT_EQ(score.cause_first, 1U);
  EXPECT_TRUE(score.false_alerts.empty());
  EXPECT_TRUE(score.has_passed);
}

TEST(WorldScore, EarlyLateAndForeignAlertsAreFalse) {
  const Time begin = labels[1].begin, end = labels[1].end;
  const std::vector<Alert> alerts = {alert_of(1, "pump1", begin - 1),
                                     alert_of(2, "pump2", begin),
                                     alert_of(3, "pump1", end + recovery_told_within),
                                     alert_of(4, "pump1", end),
                                     incident_of(5, {"pump2", "pump3"}, {"pump2"}, begin),
                                     alert_of(6, "link1", start + hour)};
  const WorldScore score = score_world(recording, labels, alerts);
  EXPECT_EQ(score.found, 0U) << "the recovery finds nothing";
  EXPECT_EQ(score.false_alerts.size(), 5U);
  EXPECT_EQ(score.false_at_first, 1U);
  EXPECT_NEAR(score.false_per_day, 4 / 0.75, 1e-9);
  EXPECT_FALSE(score.has_passed);
}

TEST(WorldScore, AnAlertOfAnIncidentCountsWithIt) {
  const Time begin = labels[1].begin;
  Alert incident = incident_of(9, {"pump2", "pump3"}, {"pump2"}, begin + 10 * second);
  auto with_alerts = std::make_shared<Incident>(*incident.incident);
  with_alerts->first_alerts = {{1, 1}, {1, 2}};
  incident.incident = with_alerts;
  const WorldScore score = score_world(
      recording, labels, {{alert_of(1, "pump2", begin), alert_of(2, "pump3", begin), incident}});
  EXPECT_EQ(score.false_alerts.size(), 1U);
}

TEST(WorldScore, EachPartOfTheRuleCanFail) {
  const std::vector<Alert> good = {
      incident_of(1, {"link1", "host1"}, {"link1"}, labels[0].begin + second),
      alert_of(2, "pump1", labels[1].begin)};
  EXPECT_TRUE(score_world(recording, labels, good).has_passed);
  std::vector<Alert> wrong_cause = good;
  wrong_cause[0] = incident_of(1, {"link1", "host1"}, {"host1"}, labels[0].begin + second);
  EXPECT_FALSE(score_world(recording, labels, wrong_cause).has_passed);
  std::vector<Alert> noisy = good;
  for (std::uint64_t i = 0; i < 4; ++i) {
    noisy.push_back(alert_of(10 + i, "pump3", start + 20 * hour + static_cast<Time>(i) * minute));
  }
  EXPECT_FALSE(score_world(recording, labels, noisy).has_passed) << "5 a day are too many: 10 / 2";
  noisy.pop_back();
  EXPECT_TRUE(score_world(recording, labels, noisy).has_passed);
  const std::vector<Alert> half = {good[0]};
  EXPECT_FALSE(score_world(recording, labels, half).has_passed) << "1 of 2 found";
}

}  // namespace
}  // namespace retimu
