// SPDX-License-Identifier: Apache-2.0
// Law 1: what is said of an entity is a function of its events, ticks and controls in admitted
// order, and of nothing else: not of how many events are read at once, nor of how many threads
// judge them.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

constexpr std::string_view budget = "[alerts]\nbudget = \"200 per day\"\n";

std::vector<FleetRecord> spiky_fleet() {
  return make_fleet(
      {.entities = 40, .rows = 520, .interval = minute, .calm_rows = 300, .spike_every = 130});
}

class OrderLaw : public ::testing::TestWithParam<std::string_view> {
 protected:
  OrderLaw() {
    const std::vector<FleetRecord> fleet = spiky_fleet();
    write_file(folder_ / "events.jsonl", to_jsonl(fleet));
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = GetParam();
  }
  PipelineRun run(std::size_t shards, std::size_t events_per_read_max) {
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }
  TemporaryFolder folder_;
  PipelineText text_;
};

TEST_P(OrderLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run(1, 2'048);
  ASSERT_EQ(expected.summary.entities.size(), 40U);
  ASSERT_GE(count_changes(expected.alerts, "raised"), 15U);
  ASSERT_GE(count_changes(expected.alerts, "resolved"), 10U);
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      const PipelineRun found = run(shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.scores, expected.scores);
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, OrderLaw, ::testing::Values("", budget), [](const auto& test) {
  return test.param.empty() ? "own_threshold" : "budget";
});

// Each shard looks local time up by itself.
TEST(OrderLawInLocalTime, NorOverAChangeOfClock) {
  TemporaryFolder folder;
  write_file(folder / "events.jsonl", to_jsonl(make_fleet({.entities = 6,
                                                           .columns = 1,
                                                           .rows = 900,
                                                           .start = clock_change - 600 * hour,
                                                           .interval = hour,
                                                           .at_work = 15})));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  const std::vector<std::string> utc = digests(run_pipeline(folder, text));
  text.pipeline_keys = zone_of_the_change;
  const PipelineRun expected = run_pipeline(folder, text);
  ASSERT_EQ(expected.summary.entities.size(), 6U);
  EXPECT_NE(digests(expected), utc);
  for (const std::size_t shards : {1U, 2U, 8U}) {
    text.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = 37;
    const PipelineRun found = run_pipeline(folder, text, options);
    EXPECT_EQ(digests(found), digests(expected));
    EXPECT_EQ(found.alerts, expected.alerts);
  }
}

// The budget must be tight enough that some episodes are held back, or the test above shows little.
TEST(OrderLawSetUp, TheBudgetHoldsBack) {
  TemporaryFolder folder;
  write_file(folder / "events.jsonl", to_jsonl(spiky_fleet()));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.sections = budget;
  const PipelineRun run = run_pipeline(folder, text);
  EXPECT_GE(run.summary.engine.held_back, 3U);
  EXPECT_GE(count_changes(run.alerts, "summary"), 1U);
}

}  // namespace
}  // namespace retimu
