// SPDX-License-Identifier: Apache-2.0
// Law 1 of incidents: which alerts belong together is a function of the admitted order, and what is
// told of them the same in any batches, with any number of threads, and over a restart.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <set>

namespace retimu {
namespace {

constexpr std::size_t hosts = 24, rows = 520;

// Two switches of twelve hosts. Both fail at once, then the first one again: its hosts follow one
// another within two minutes.
std::vector<FleetRecord> failing_fleet() {
  std::vector<FleetRecord> fleet =
      make_fleet({.entities = hosts, .rows = rows, .interval = 10 * second});
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const std::size_t row = i / hosts, host = i % hosts;
    const auto fails = [&](std::size_t from, std::size_t length) {
      return row >= from && row < from + length;
    };
    if (fails(330 + host % 4, 8) || (host < hosts / 2 && fails(430 + host, 12))) {
      for (double& value : fleet[i].values) value += 40;
    }
  }
  return fleet;
}

std::string switches() {
  std::string text = "\n[topology]\nedges = [";
  for (std::size_t host = 0; host < hosts; ++host) {
    text += fmt::format("[\"switch{}\", \"host{}\"], ", host < hosts / 2 ? 1 : 2, host + 1);
  }
  return text + "]\n";
}

std::vector<std::string> incidents_of(const std::string& alerts) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(alerts)) {
    if (line.find("\"kind\":\"incident\"") != std::string::npos) found.push_back(line);
  }
  return found;
}

class IncidentsLaw : public ::testing::TestWithParam<std::string> {
 protected:
  IncidentsLaw() {
    write_file(folder_ / "events.jsonl", to_jsonl(failing_fleet()));
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = GetParam();
  }
  TemporaryFolder folder_;
  PipelineText text_;
};

TEST_P(IncidentsLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run_pipeline(folder_, text_);
  const std::vector<std::string> incidents = incidents_of(expected.alerts);
  EXPECT_GE(count_changes(expected.alerts, "raised"), 4U);
  EXPECT_GE(incidents.size(), 3U) << expected.alerts;
  EXPECT_EQ(expected.summary.engine.incidents,
            count_changes(fmt::format("{}", fmt::join(incidents, "\n")), "raised"));
  EXPECT_GE(expected.summary.engine.told_by_incidents, 9U);
  EXPECT_EQ(expected.alerts.find("told_by"), std::string::npos);
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      text_.shards = shards;
      ServiceOptions options;
      options.events_per_read_max = events;
      const PipelineRun found = run_pipeline(folder_, text_, options);
      EXPECT_EQ(found.alerts, expected.alerts);
      EXPECT_EQ(found.scores, expected.scores);
    }
  }
}

TEST_P(IncidentsLaw, NorRestarts) {
  text_.data_dir = folder_ / "whole";
  const PipelineRun expected = run_pipeline(folder_, text_);
  std::filesystem::remove(folder_ / "alerts.jsonl");
  const std::vector<std::string> lines = lines_of(read_file(folder_ / "events.jsonl"));
  text_.data_dir = folder_ / "parts";
  std::string text;
  // Within a storm, too.
  for (const std::size_t row : {200U, 331U, 333U, 336U, 345U, 434U, 460U, 520U}) {
    text.clear();
    for (std::size_t i = 0; i < std::min<std::size_t>(row * hosts + 5, lines.size()); ++i) {
      text += lines[i] + "\n";
    }
    write_file(folder_ / "events.jsonl", text);
    (void)run_pipeline(folder_, text_);
  }
  const std::string alerts = read_file(folder_ / "alerts.jsonl");
  if (GetParam().find("budget") == std::string::npos) {
    EXPECT_EQ(alerts, expected.alerts);
    return;
  }
  // The end of an input sums up what was held back, which an end in between does, too.
  EXPECT_EQ(incidents_of(alerts), incidents_of(expected.alerts));
}

// What is judged does not depend on it.
TEST_P(IncidentsLaw, NothingIsJudgedOtherwise) {
  const PipelineRun with = run_pipeline(folder_, text_);
  text_.sections = GetParam().find("budget") == std::string::npos
                       ? "[alerts]\nincidents = false\n"
                       : "[alerts]\nincidents = false\nbudget = \"200 per day\"\n";
  const PipelineRun without = run_pipeline(folder_, text_);
  EXPECT_EQ(digests(with), digests(without));
  EXPECT_TRUE(incidents_of(without.alerts).empty());
  EXPECT_EQ(without.summary.engine.incidents, 0U);
}

INSTANTIATE_TEST_SUITE_P(, IncidentsLaw,
                         ::testing::Values(std::string(), switches(),
                                           "[alerts]\nbudget = \"200 per day\"\n" + switches()),
                         [](const auto& test) {
                           if (test.param.empty()) return "storm";
                           return test.param.starts_with("[alerts]") ? "budget" : "topology";
                         });

TEST(Incidents, OfTwoSwitchesStayTwo) {
  TemporaryFolder folder;
  write_file(folder / "events.jsonl", to_jsonl(failing_fleet()));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.sections = switches();
  const PipelineRun run = run_pipeline(folder, text);
  std::size_t raised = 0;
  for (const std::string& line : incidents_of(run.alerts)) {
    raised += line.find("\"change\":\"raised\"") != std::string::npos ? 1 : 0;
    // The switches have no readings; once all their hosts fail nothing else explains it.
    if (line.find("\"change\":\"raised\"") != std::string::npos) continue;
    EXPECT_NE(line.find("\"entity\":\"switch"), std::string::npos) << line;
  }
  EXPECT_EQ(raised, 3U) << run.alerts;
}

}  // namespace
}  // namespace retimu
