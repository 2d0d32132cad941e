// SPDX-License-Identifier: Apache-2.0
// The laws again where entities send readings and log lines: order, independence, prefix, restart.
#include "tests/support/mixed_fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <algorithm>
#include <map>

namespace retimu {
namespace {

constexpr std::string_view budget = "[alerts]\nbudget = \"200 per day\"\n";

class ModalitiesLaw : public ::testing::TestWithParam<std::string_view> {
 protected:
  ModalitiesLaw() {
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = GetParam();
    text_.source_keys = "message = \"message\"\nlevel = \"level\"\n";
    records_ = make_mixed_fleet({.entities = 12,
                                 .columns = 2,
                                 .rows = 520,
                                 .interval = minute,
                                 .calm_rows = 300,
                                 .spike_every = 130});
  }
  PipelineRun run(std::span<const MixedRecord> records, std::size_t shards = 2,
                  std::size_t events_per_read_max = 2'048) {
    write_file(folder_ / "events.jsonl", to_text(records));
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }

  TemporaryFolder folder_;
  PipelineText text_;
  std::vector<MixedRecord> records_;
};

TEST_P(ModalitiesLaw, LogLinesAreJudged) {
  const PipelineRun found = run(records_);
  EXPECT_EQ(found.summary.log_lines, 0U);
  EXPECT_GE(count_changes(found.alerts, "raised"), 10U);
  if (!GetParam().empty()) return;
  EXPECT_NE(found.alerts.find("\"kind\":\"new_message\""), std::string::npos);
  EXPECT_NE(found.alerts.find("\"modalities\":[{"), std::string::npos);
}

TEST_P(ModalitiesLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run(records_, 1);
  for (const std::size_t shards : {1U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      const PipelineRun found = run(records_, shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.scores, expected.scores);
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
}

// Entities of the same second in another order: each has its own events as they were.
TEST_P(ModalitiesLaw, AnotherInterleavingOfEntitiesIsTheSame) {
  if (!GetParam().empty()) GTEST_SKIP() << "a budget is shared by all entities";
  const PipelineRun expected = run(records_);
  std::vector<MixedRecord> mixed;
  for (std::size_t first = 0; first < records_.size();) {
    std::size_t last = first;
    std::map<std::string, std::vector<MixedRecord>, std::greater<>> by_entity;
    for (; last < records_.size() && records_[last].time == records_[first].time; ++last) {
      by_entity[records_[last].entity].push_back(records_[last]);
    }
    // One of each in turn.
    for (std::size_t i = 0; mixed.size() < last; ++i) {
      for (const auto& [entity, list] : by_entity) {
        if (i < list.size()) mixed.push_back(list[i]);
      }
    }
    first = last;
  }
  const PipelineRun found = run(mixed);
  EXPECT_EQ(digests(found), digests(expected));
}

TEST_P(ModalitiesLaw, APrefixIsJudgedAsTheBeginningOfTheWhole) {
  const PipelineRun whole = run(records_);
  const std::size_t count = records_.size() * 2 / 3;
  const PipelineRun begun = run(std::span(records_).first(count));
  const std::vector<std::string> expected = lines_of(whole.scores), found = lines_of(begun.scores);
  ASSERT_EQ(found.size(), count + 1);
  EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin()));
}

// Stops and starts again with what was kept, a piece of the file at a time.
TEST_P(ModalitiesLaw, ARestartChangesNothing) {
  const PipelineRun expected = run(records_);
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (std::size_t pieces = 1; pieces <= 7; ++pieces) {
    found = run(std::span(records_).first(records_.size() * pieces / 7));
  }
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

INSTANTIATE_TEST_SUITE_P(, ModalitiesLaw, ::testing::Values("", budget), [](const auto& test) {
  return test.param.empty() ? "own_threshold" : "budget";
});

}  // namespace
}  // namespace retimu
