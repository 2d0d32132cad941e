// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/score.hpp"

#include "retimu/simulator/output_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace retimu {
namespace {

constexpr Time start = 1'700'006'400 * second;
constexpr Recording recording{1, 4, 1'000, start, start + day};

Alert alert_of(std::uint64_t id, std::string entity, Time time, Change change = Change::raised,
               std::string column = "flow") {
  Alert alert;
  alert.id = {1, id};
  alert.change = change;
  alert.entity = std::move(entity);
  alert.time = alert.onset = time;
  alert.severity = Severity::major;
  alert.log10_p = -9;
  alert.lead = "moving_average";
  alert.sentence = "flow of " + alert.entity + " is 3 l/s, usually 18 to 21";
  alert.reasons.push_back({std::move(column), "l/s", 3, 18, 21, 1});
  return alert;
}

const std::vector<FaultLabel> labels = {
    {FaultKind::spike, "pump1", {"flow"}, start + 8 * hour, start + 8 * hour + 20 * second, 9},
    {FaultKind::level_shift, "pump2", {"pressure"}, start + 10 * hour, start + day, 8},
    {FaultKind::dropout,
     "pump1",
     {"flow", "power"},
     start + 12 * hour,
     start + 12 * hour + 5 * minute,
     30}};

TEST(Score, FindsWhatWasToldInTime) {
  const std::vector<Alert> alerts = {
      alert_of(1, "pump1", start + 8 * hour),
      alert_of(2, "pump2", start + 10 * hour + minute, Change::raised, "pressure"),
      alert_of(2, "pump2", start + 10 * hour + 5 * minute, Change::updated, "pressure"),
      alert_of(2, "pump2", start + 11 * hour, Change::resolved),
      alert_of(3, "pump1", start + 12 * hour + 10 * second, Change::raised, "power"),
      alert_of(4, "pump1", start + 12 * hour + 2 * minute),
      alert_of(5, "pump1", start + 12 * hour + 5 * minute)};
  const FaultScore score = score_faults(recording, labels, alerts);
  EXPECT_EQ(score.found, 3U);
  EXPECT_TRUE(score.false_alerts.empty());
  EXPECT_TRUE(score.has_passed);
  EXPECT_EQ(score.unresolved, 4U);
  EXPECT_EQ(score.outcomes[0].delay, 0);
  EXPECT_EQ(score.outcomes[1].delay, minute);
  EXPECT_EQ(score.outcomes[1].again, 0U);
  EXPECT_EQ(score.outcomes[2].delay, 10 * second);
  EXPECT_EQ(score.outcomes[2].again, 2U) << "once more while it lasts, once at the recovery";
}

TEST(Score, TheRecoveryFindsNothingButIsNotFalse) {
  const Time end = start + 8 * hour + 20 * second;
  for (const Time time : {end, end + recovery_told_within - 1}) {
    const FaultScore score = score_faults(recording, labels, {{alert_of(1, "pump1", time)}});
    EXPECT_EQ(score.found, 0U);
    EXPECT_EQ(score.outcomes[0].again, 1U);
    EXPECT_TRUE(score.false_alerts.empty());
  }
}

TEST(Score, EarlyLateAndForeignAlertsAreFalse) {
  const std::vector<Alert> alerts = {
      alert_of(1, "pump1", start + 8 * hour - 1),
      alert_of(2, "pump1", start + 8 * hour + 20 * second + recovery_told_within),
      alert_of(3, "pump2", start + 11 * hour + recovery_told_within, Change::raised, "pressure"),
      alert_of(4, "pump4", start + 12 * hour),
      alert_of(5, "pump1", start + 12 * hour, Change::raised, "temperature"),
      alert_of(6, "pump1", start + 12 * hour, Change::updated)};
  const FaultScore score = score_faults(recording, labels, alerts);
  EXPECT_EQ(score.found, 0U);
  EXPECT_EQ(score.false_alerts.size(), 5U);
  EXPECT_EQ(score.false_per_day, 5);
  EXPECT_EQ(score.false_per_day_max, 2);
  EXPECT_FALSE(score.has_passed);
}

TEST(Score, BothHalvesOfTheRuleCount) {
  std::vector<FaultLabel> five;
  std::vector<Alert> alerts;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const Time begin = start + static_cast<Time>(7 + i) * hour;
    five.push_back({FaultKind::spike, "pump1", {"flow"}, begin, begin + minute, 9});
    if (i > 0) alerts.push_back(alert_of(i, "pump1", begin));
  }
  EXPECT_TRUE(score_faults(recording, five, alerts).has_passed) << "4 of 5";
  alerts.push_back(alert_of(10, "pump3", start));
  alerts.push_back(alert_of(11, "pump3", start + 1));
  EXPECT_TRUE(score_faults(recording, five, alerts).has_passed) << "2 false alerts, 4 entities";
  alerts.push_back(alert_of(12, "pump3", start + 2));
  EXPECT_FALSE(score_faults(recording, five, alerts).has_passed) << "3 false alerts";
  alerts.resize(3);
  EXPECT_FALSE(score_faults(recording, five, alerts).has_passed) << "3 of 5";
}

TEST(Score, ReadsTheFolderOfARun) {
  const std::string folder = testing::TempDir() + "retimu_score";
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(make_folder(folder));
  EXPECT_EQ(score_folder(folder).error().message,
            folder + "/labels.csv is missing; `retimu simulate faults --output " + folder +
                "` writes it");
  ASSERT_TRUE(write_file(folder + "/labels.csv", labels_csv(labels)));
  ASSERT_TRUE(write_file(folder + "/recording.csv", recording_csv(recording)));
  EXPECT_EQ(score_folder(folder).error().message, folder + "/alerts.jsonl is missing; `cd " +
                                                      folder +
                                                      " && retimu run pipeline.toml` writes it");
  const std::string good = to_json(alert_of(1, "pump1", start + 8 * hour));
  ASSERT_TRUE(write_file(folder + "/alerts.jsonl", good + "\n"));
  const auto score = score_folder(folder);
  ASSERT_TRUE(score) << score.error().message;
  EXPECT_EQ(score->found, 1U);
  EXPECT_EQ(score->outcomes[0].alert->sentence, "flow of pump1 is 3 l/s, usually 18 to 21");
  ASSERT_TRUE(write_file(folder + "/alerts.jsonl", good + "\n{\"id\":\n"));
  const auto broken = score_folder(folder);
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message.starts_with(folder + "/alerts.jsonl:2: "))
      << broken.error().message;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retimu
