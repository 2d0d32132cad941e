// SPDX-License-Identifier: Apache-2.0
// What a person is told: an alert each for a spike and for a level shift, and as many in
// alerts.jsonl as in scores.csv.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

class EpisodeLaw : public ::testing::Test {
 protected:
  PipelineRun run(const std::vector<FleetRecord>& fleet, const std::string& sections = "") {
    write_file(folder_ / "events.csv", to_csv(fleet));
    PipelineText text;
    text.paths = {folder_ / "events.csv"};
    text.sections = sections;
    return run_pipeline(folder_, text);
  }
  TemporaryFolder folder_;
};

TEST_F(EpisodeLaw, ALevelShiftIsOneAlertThatSaysSoAndIsThenUsual) {
  const PipelineRun found =
      run(make_fleet({.entities = 1, .rows = 2'000, .interval = second, .shift_at = 800}));
  const std::vector<std::string> alerts = lines_of(found.alerts);
  EXPECT_EQ(count_changes(found.alerts, "raised"), 1U) << found.alerts;
  EXPECT_EQ(count_changes(found.alerts, "resolved"), 1U);
  EXPECT_GE(count_changes(found.alerts, "updated"), 1U);
  const auto is_shift_told = [](const std::string& line) {
    return line.find("\"change\":\"updated\"") != std::string::npos &&
           line.find("\"shift\":true") != std::string::npos;
  };
  EXPECT_EQ(std::ranges::count_if(alerts, is_shift_told), 1);
  EXPECT_NE(alerts.back().find("is steady at its new level"), std::string::npos) << alerts.back();
  ASSERT_EQ(found.summary.entities.size(), 1U);
  EXPECT_EQ(found.summary.entities.front().phase, Phase::usual);
  EXPECT_FALSE(found.summary.entities.front().is_open);

  const std::vector<std::string> scores = lines_of(found.scores);
  std::vector<std::size_t> changes;
  std::size_t open_late = 0;
  for (std::size_t row = 1; row < scores.size(); ++row) {
    if (field(scores[row], score_change) == "1") changes.push_back(row);
    open_late += row > 1'400 && field(scores[row], score_anomalous) == "1" ? 1 : 0;
  }
  EXPECT_EQ(open_late, 0U);
  // Change points: the onset, the adoption, and where the detectors know the new level.
  ASSERT_GE(changes.size(), 2U);
  EXPECT_LE(changes.size(), 3U);
  EXPECT_GT(changes[0], 800U);
  EXPECT_LE(changes[0], 820U);
  EXPECT_NE(scores[changes[1]].find("has shifted"), std::string::npos) << scores[changes[1]];
  // Told within the first readings of the new level.
  EXPECT_GE(std::ranges::count_if(
                scores.begin() + 801, scores.begin() + 811,
                [](const std::string& line) { return field(line, score_alert) == "1"; }),
            1);
}

TEST_F(EpisodeLaw, AsManyAlertsInScoresAsRaisedLines) {
  for (const std::string sections : {"", "[alerts]\nbudget = \"300 per day\"\n"}) {
    SCOPED_TRACE(sections);
    const PipelineRun found = run(make_fleet({.entities = 40,
                                              .rows = 520,
                                              .interval = minute,
                                              .calm_rows = 320,
                                              .spike_every = 130}),
                                  sections);
    std::size_t alerts = 0;
    std::map<std::string, bool> open;  // by entity
    for (const std::string& line : lines_of(found.scores)) {
      const bool is_alert = field(line, score_alert) == "1";
      bool& was_open = open[field(line, score_entity)];
      const bool is_open = field(line, score_anomalous) == "1";
      // Over a budget an episode may be open that is not told.
      const bool may_begin = is_alert || !sections.empty();
      EXPECT_TRUE(is_open ? was_open || may_begin : !is_alert) << line;
      was_open = is_open;
      alerts += is_alert ? 1 : 0;
    }
    EXPECT_GE(alerts, 20U);
    EXPECT_EQ(alerts, count_changes(found.alerts, "raised"));
    EXPECT_EQ(alerts, found.summary.engine.raised);
    EXPECT_EQ(count_changes(found.alerts, "resolved"), found.summary.engine.resolved);
  }
}

// Revisions of one id count 1, 2, 3 ... from raised to resolved.
TEST_F(EpisodeLaw, RevisionsCountWithoutAGap) {
  const PipelineRun found = run(
      make_fleet(
          {.entities = 12, .rows = 1'200, .interval = second, .spike_every = 130, .shift_at = 900}),
      "[alerts]\nincidents = false\n");
  std::map<std::string, std::size_t> revisions;
  for (const std::string& line : lines_of(found.alerts)) {
    const auto value = [&](std::string_view key) {
      const std::size_t at = line.find(fmt::format("\"{}\":", key)) + key.size() + 3;
      return line.substr(at, line.find_first_of(",}", at) - at);
    };
    const std::string id = value("id");
    EXPECT_EQ(value("revision"), std::to_string(++revisions[id])) << line;
    EXPECT_EQ(value("change") == "\"raised\"", revisions[id] == 1) << line;
  }
  EXPECT_GE(revisions.size(), 20U);
}

// Rows of --train-rows keep their line and are not judged; files of training are not in the output.
TEST_F(EpisodeLaw, TrainingTeachesAndJudgesNothing) {
  const std::vector<FleetRecord> fleet = make_fleet(
      {.entities = 1, .rows = 800, .interval = second, .calm_rows = 400, .spike_every = 120});
  write_file(folder_ / "events.csv", to_csv(fleet));
  PipelineText text;
  text.paths = {folder_ / "events.csv"};
  ServiceOptions options;
  options.train_rows = 350;
  const PipelineRun found = run_pipeline(folder_, text, options);
  const std::vector<std::string> scores = lines_of(found.scores);
  ASSERT_EQ(scores.size(), 801U);
  for (std::size_t row = 1; row <= 350; ++row) {
    ASSERT_EQ(field(scores[row], score_reason), "training");
    ASSERT_EQ(field(scores[row], score_score), "0");
    ASSERT_EQ(field(scores[row], score_p_value), "");
  }
  EXPECT_NE(field(scores[351], score_p_value), "") << scores[351];
  EXPECT_GE(count_changes(found.alerts, "raised"), 2U);

  const std::span<const FleetRecord> all(fleet);
  write_file(folder_ / "first.csv", to_csv(all.first(350)));
  write_file(folder_ / "events.csv", to_csv(all.subspan(350)));
  ServiceOptions with_file;
  const Result<Configuration> training =
      parse_configuration(to_toml({.paths = {folder_ / "first.csv"}}), "training.toml");
  ASSERT_TRUE(training);
  with_file.training = training->files;
  const PipelineRun from_file = run_pipeline(folder_, text, with_file);
  EXPECT_EQ(lines_of(from_file.scores).size(), 451U);
  EXPECT_EQ(digests(from_file), digests(found));
}

}  // namespace
}  // namespace retimu
