// SPDX-License-Identifier: Apache-2.0
// Law 4: entities are independent. Another interleaving, other files, another order of columns,
// another writing of the same numbers: the same digests.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

class IndependenceLaw : public ::testing::Test {
 protected:
  IndependenceLaw()
      : fleet_(make_fleet({.entities = 6,
                           .columns = 4,
                           .rows = 640,
                           .interval = 30 * second,
                           .spike_every = 120})) {
    write_file(folder_ / "all.jsonl", to_jsonl(fleet_));
    expected_ = digests(run({"all.jsonl"}));
  }
  PipelineRun run(const std::vector<std::string>& names) {
    PipelineText text;
    text.shards = 2;
    for (const std::string& name : names) text.paths.push_back(folder_ / name);
    return run_pipeline(folder_, text);
  }
  void expect_same(const std::vector<std::string>& names) {
    ASSERT_EQ(expected_.size(), 6U);
    EXPECT_EQ(digests(run(names)), expected_);
  }
  std::vector<FleetRecord> of(const std::string& entity) const {
    std::vector<FleetRecord> records;
    for (const FleetRecord& record : fleet_) {
      if (record.entity == entity) records.push_back(record);
    }
    return records;
  }

  TemporaryFolder folder_;
  std::vector<FleetRecord> fleet_;
  std::vector<std::string> expected_;
};

TEST_F(IndependenceLaw, EpisodesHappen) {
  const PipelineRun all = run({"all.jsonl"});
  EXPECT_GE(count_changes(all.alerts, "raised"), 10U);
  EXPECT_GE(count_changes(all.alerts, "resolved"), 10U);
}

TEST_F(IndependenceLaw, InterleavingWithinEqualTimes) {
  Noise noise(7);
  for (std::size_t first = 0; first < fleet_.size(); first += 6) {
    for (std::size_t left = 6; left > 1; --left) {
      std::swap(fleet_[first + left - 1], fleet_[first + noise.below(left)]);
    }
  }
  write_file(folder_ / "shuffled.jsonl", to_jsonl(fleet_));
  expect_same({"shuffled.jsonl"});
}

TEST_F(IndependenceLaw, OneFileAnEntityInAnyOrder) {
  std::vector<std::string> names;
  for (const std::size_t number : {4U, 1U, 6U, 3U, 2U, 5U}) {
    const std::string entity = fmt::format("host{}", number);
    names.push_back(fmt::format("other_name_{}.jsonl", 9 - number));
    write_file(folder_ / names.back(), to_jsonl(of(entity)));
  }
  expect_same(names);
}

// The clocks of the others, ahead of its own, end none of an entity's episodes.
TEST_F(IndependenceLaw, AClockThatLags) {
  for (FleetRecord& record : fleet_) {
    if (record.entity == "host2") record.time -= 50 * minute;
  }
  write_file(folder_ / "lagging.jsonl", to_jsonl(fleet_));
  write_file(folder_ / "alone.jsonl", to_jsonl(of("host2")));
  const std::vector<std::string> alone = digests(run({"alone.jsonl"}));
  ASSERT_EQ(alone.size(), 1U);
  std::erase_if(expected_, [](const std::string& line) { return line.starts_with("host2"); });
  expected_.insert(expected_.begin() + 1, alone.front());
  expect_same({"lagging.jsonl"});
}

TEST_F(IndependenceLaw, FilesOfOneTimeAfterAnother) {
  const std::size_t cut = 6 * 200;
  const std::span<const FleetRecord> all(fleet_);
  write_file(folder_ / "b.csv", to_csv(all.first(cut)));
  write_file(folder_ / "a.csv", to_csv(all.subspan(cut)));
  expect_same({"a.csv", "b.csv"});
}

TEST_F(IndependenceLaw, OrderOfColumnsAndFormat) {
  write_file(folder_ / "all.csv", to_csv(fleet_));
  write_file(folder_ / "columns.csv", to_csv(fleet_, {.order = {3, 0, 2, 1}}));
  write_file(folder_ / "keys.jsonl", to_jsonl(fleet_, {.order = {2, 3, 1, 0}}));
  expect_same({"all.csv"});
  expect_same({"columns.csv"});
  expect_same({"keys.jsonl"});
}

TEST_F(IndependenceLaw, WhiteSpaceAndLineEnds) {
  write_file(folder_ / "spaces.jsonl", to_jsonl(fleet_, {.has_spaces = true}));
  write_file(folder_ / "spaces.csv", to_csv(fleet_, {.has_spaces = true}));
  write_file(folder_ / "lines.csv", to_csv(fleet_, {.line_end = "\r\n"}));
  write_file(folder_ / "lines.jsonl", to_jsonl(fleet_, {.line_end = "\r\n"}));
  expect_same({"spaces.jsonl"});
  expect_same({"spaces.csv"});
  expect_same({"lines.csv"});
  expect_same({"lines.jsonl"});
}

TEST_F(IndependenceLaw, MissingIsMissingHoweverItIsWritten) {
  for (std::size_t i = 0; i < fleet_.size(); ++i) {
    if (i % 5 == 0) fleet_[i].values[i % 4] = std::nan("");
  }
  write_file(folder_ / "null.jsonl", to_jsonl(fleet_));
  write_file(folder_ / "empty.csv", to_csv(fleet_));
  const std::vector<std::string> expected = digests(run({"null.jsonl"}));
  EXPECT_NE(expected, expected_);
  EXPECT_EQ(digests(run({"empty.csv"})), expected);
}

TEST_F(IndependenceLaw, AloneAsAmongOthers) {
  for (const std::string entity : {"host1", "host4"}) {
    write_file(folder_ / "alone.jsonl", to_jsonl(of(entity)));
    const std::vector<std::string> alone = digests(run({"alone.jsonl"}));
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_EQ(std::ranges::count(expected_, alone.front()), 1) << alone.front();
  }
}

// An entity that falls silent while its episode is open is resolved by the others' clock at the
// very time at which its own next event resolves it when it is alone.
TEST_F(IndependenceLaw, SilenceEndsAnEpisodeAtTheSameTimeWithoutOthers) {
  std::vector<FleetRecord> fleet;
  for (const FleetRecord& record : fleet_) {
    const auto row = (record.time - fleet_.front().time) / (30 * second);
    const bool is_silent = record.entity == "host1" && row > 241 && row < 400;
    if (is_silent) continue;
    fleet.push_back(record);
    if (record.entity == "host1" && row == 241) fleet.back().values[0] += 40;
  }
  fleet_ = fleet;
  write_file(folder_ / "all.jsonl", to_jsonl(fleet_));
  const PipelineRun all = run({"all.jsonl"});
  const auto lines_of_host1 = [](const PipelineRun& from) {
    std::vector<std::string> lines;
    for (const std::string& line : lines_of(from.alerts)) {
      if (line.find("\"entity\":\"host1\"") == std::string::npos) continue;
      lines.push_back(line.substr(0, line.find(",\"sequence\":")));
    }
    return lines;
  };
  const std::vector<std::string> among_others = lines_of_host1(all);
  write_file(folder_ / "alone.jsonl", to_jsonl(of("host1")));
  const PipelineRun alone = run({"alone.jsonl"});
  EXPECT_EQ(std::ranges::count(digests(all), digests(alone).front()), 1);
  ASSERT_FALSE(among_others.empty());
  EXPECT_EQ(lines_of_host1(alone), among_others);
}

}  // namespace
}  // namespace retimu
