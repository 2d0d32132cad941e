// SPDX-License-Identifier: Apache-2.0
// Rules in the whole engine: `for` is exact to the tick and the same whatever the batches, threads
// and restarts; what a person wrote has no p and passes by the budget.
#include "tests/support/pipeline_run.hpp"

#include "retimu/connectors/alert_json.hpp"

namespace retimu {
namespace {

constexpr std::string_view rule = R"(
[[rule]]
name = "too hot"
expr = "heat > 90"
for = "25s"
severity = "critical"
entity = "host*"
)";

// Ten entities with a reading every ten seconds, which stay within bounds. From 200 s on host3 is
// hot for good, host5 for two readings, and host7 is hot when it falls silent.
std::string readings(int rows) {
  std::string text;
  for (int row = 0; row < rows; ++row) {
    for (int entity = 0; entity < 10; ++entity) {
      const int time = 10 * row;
      const bool is_hot =
          time >= 200 && (entity == 3 || (entity == 5 && time < 220) || entity == 7);
      if (entity == 7 && time > 200) continue;
      text += fmt::format(R"({{"ts":{},"host":"host{}","heat":{}}})", time, entity,
                          is_hot ? 95 : 50 + (row * 7 + entity) % 5);
      text += '\n';
    }
  }
  return text;
}

class RulesLaw : public ::testing::TestWithParam<std::string_view> {
 protected:
  RulesLaw() {
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = fmt::format("{}{}", GetParam(), rule);
  }
  PipelineRun run(int rows, std::size_t shards = 1, std::size_t events_per_read_max = 2'048) {
    write_file(folder_ / "events.jsonl", readings(rows));
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }
  static std::vector<Alert> told_by_rules(const PipelineRun& run) {
    std::vector<Alert> alerts;
    for (const std::string& line : lines_of(run.alerts)) {
      const Result<Alert> alert = parse_alert(line);
      EXPECT_TRUE(alert) << line;
      if (alert && alert->lead == "too hot") alerts.push_back(*alert);
    }
    return alerts;
  }

  TemporaryFolder folder_;
  PipelineText text_;
};

TEST_P(RulesLaw, ForIsExact) {
  const std::vector<Alert> alerts = told_by_rules(run(60));
  ASSERT_EQ(alerts.size(), 2U);
  EXPECT_EQ(alerts[0].entity, "host3");
  EXPECT_EQ(alerts[0].change, Change::raised);
  EXPECT_EQ(alerts[0].onset, 200 * second);
  EXPECT_EQ(alerts[0].time, 225 * second);
  EXPECT_EQ(alerts[0].severity, Severity::critical);
  EXPECT_FALSE(alerts[0].log10_p);
  EXPECT_EQ(alerts[0].sentence, "rule \"too hot\" of host3 (heat > 90): heat 95, since 00:03:20");
  // Its last value still counts, for the five minutes after which it is stale.
  EXPECT_EQ(alerts[1].entity, "host7");
  EXPECT_EQ(alerts[1].time, 225 * second);
}

TEST_P(RulesLaw, NeitherBatchesNorThreadsNorRestartsMatter) {
  const PipelineRun expected = run(60);
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U}) {
      const PipelineRun found = run(60, shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (const int rows : {5, 20, 21, 22, 23, 24, 30, 60}) found = run(rows);
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

INSTANTIATE_TEST_SUITE_P(, RulesLaw, ::testing::Values("", "[alerts]\nbudget = \"1 per day\"\n"),
                         [](const auto& test) {
                           return test.param.empty() ? "own_threshold" : "budget";
                         });

// Not told while it is worked on, and told when the work is over and it is still so.
TEST(RulesAtMaintenance, AreToldAfterwards) {
  TemporaryFolder folder;
  write_file(folder / "events.jsonl", readings(60));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.sections = fmt::format("{}{}", rule, R"(
[[maintenance]]
entity = "host3"
from = "1970-01-01T00:03:00Z"
to = "1970-01-01T00:05:00Z"
reason = "new bearing"
)");
  const PipelineRun run = run_pipeline(folder, text);
  std::vector<Alert> of_host3;
  for (const std::string& line : lines_of(run.alerts)) {
    const Result<Alert> alert = parse_alert(line);
    if (alert && alert->entity == "host3" && alert->lead == "too hot") of_host3.push_back(*alert);
  }
  ASSERT_EQ(of_host3.size(), 1U);
  EXPECT_EQ(of_host3[0].time, 300 * second);
  EXPECT_EQ(of_host3[0].change, Change::raised);
  EXPECT_EQ(of_host3[0].onset, 200 * second);
}

}  // namespace
}  // namespace retimu
