// SPDX-License-Identifier: Apache-2.0
// What is said when nothing comes is as exact as what is said of events: whatever the batches,
// threads and restarts.
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

constexpr Time start = 1'700'006'400 * second;  // midnight
constexpr int minutes = 26 * 60;

// Five hosts send a reading of two columns and a log line every minute, each at its own second.
// host1 sends nothing from minute 600 to 700, host2 no column "b" from 800 to 900, host3 no log
// lines from 1,000 to 1,100; nothing comes at all from 1,200 to 1,320; host4 ends at 1,400.
std::vector<std::string> make_lines() {
  std::vector<std::string> lines;
  for (int i = 0; i < minutes; ++i) {
    for (int host = 0; host < 5; ++host) {
      const auto within = [&](int first, int last) { return i >= first && i < last; };
      if ((host == 1 && within(600, 700)) || within(1'200, 1'320)) continue;
      if (host == 4 && i >= 1'400) continue;
      const std::string head =
          fmt::format("{{\"ts\":{},\"host\":\"host{}\"", start / second + i * 60 + 10 * host, host);
      const bool has_both = !(host == 2 && within(800, 900));
      lines.push_back(fmt::format("{},\"a\":{}{}}}\n", head, i % 7,
                                  has_both ? fmt::format(",\"b\":{}", i % 5) : ""));
      if (host == 3 && within(1'000, 1'100)) continue;
      lines.push_back(head + ",\"level\":\"INFO\",\"message\":\"heartbeat was sent\"}\n");
    }
  }
  return lines;
}

class SilenceLaw : public ::testing::Test {
 protected:
  SilenceLaw() {
    text_.paths = {folder_ / "events.jsonl"};
    text_.source_keys = "message = \"message\"\n";
    text_.sections =
        "[detectors]\nuse = [\"new_template\", \"silence\", "
        "\"event_count\"]\n";
  }
  PipelineRun run(std::span<const std::string> lines, std::size_t shards = 2,
                  std::size_t events_per_read_max = 2'048) {
    std::string all;
    for (const std::string& line : lines) all += line;
    write_file(folder_ / "events.jsonl", all);
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }
  TemporaryFolder folder_;
  PipelineText text_;
  const std::vector<std::string> lines_ = make_lines();
};

std::vector<std::string> raised(const PipelineRun& run) {
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(run.alerts)) {
    if (line.find("\"change\":\"raised\"") == std::string::npos) continue;
    if (line.find("\"lead\":\"silence\"") == std::string::npos) continue;
    lines.push_back(line);
  }
  return lines;
}

TEST_F(SilenceLaw, EachSilenceIsToldOnceWhenItIsDue) {
  const PipelineRun whole = run(lines_);
  const std::vector<std::string> found = raised(whole);
  ASSERT_EQ(found.size(), 4U) << whole.alerts;
  // Four minutes after the last of its own.
  const auto expect = [&](const std::string& line, int last_minute, int host, const char* what) {
    const Time due = start + (last_minute + 4) * minute + 10 * host * second;
    EXPECT_NE(line.find(fmt::format("\"time\":\"{}\"", format_time(due))), std::string::npos)
        << line;
    EXPECT_NE(line.find(fmt::format("no {} of host{} for 4m, usually one every 1m", what, host)),
              std::string::npos)
        << line;
  };
  expect(found[0], 599, 1, "readings");
  expect(found[1], 799, 2, "b");
  expect(found[2], 999, 3, "log lines");
  expect(found[3], 1'399, 4, "readings");
}

TEST_F(SilenceLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run(lines_, 1);
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      const PipelineRun found = run(lines_, shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
}

// A restart lies within every silence, and within the time in which nothing came.
TEST_F(SilenceLaw, ARestartChangesNothing) {
  const PipelineRun expected = run(lines_);
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (std::size_t pieces = 1; pieces <= 40; ++pieces) {
    found = run(std::span(lines_).first(lines_.size() * pieces / 40));
  }
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

// Two racks of ten hosts, each in a file of its own; nothing comes of rack b from minute 300 to
// 400, and of its last host from minute 500 on.
class SourceLaw : public ::testing::Test {
 protected:
  SourceLaw() {
    for (const char rack : {'a', 'b'}) {
      std::vector<Line>& lines = lines_[rack == 'a' ? 0 : 1];
      for (int i = 0; i < 600; ++i) {
        for (int host = 0; host < 10; ++host) {
          if (rack == 'b' && ((i >= 300 && i < 400) || (i >= 500 && host == 9))) continue;
          lines.push_back({i, fmt::format("{{\"ts\":{},\"host\":\"{}{}\",\"load\":{}}}\n",
                                          start / second + i * 60 + 5 * host, rack, host, i % 7)});
        }
      }
      text_.paths.push_back(folder_ / fmt::format("rack_{}.jsonl", rack));
    }
    text_.sections = "[detectors]\nuse = [\"silence\"]\n";
  }
  PipelineRun run(std::size_t shards, std::size_t events_per_read_max, int until = 600) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      std::string all;
      for (const Line& line : lines_[i]) {
        if (line.first < until) all += line.second;
      }
      write_file(text_.paths[i], all);
    }
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }
  TemporaryFolder folder_;
  PipelineText text_;
  using Line = std::pair<int, std::string>;  // its minute
  std::array<std::vector<Line>, 2> lines_;
};

TEST_F(SourceLaw, ASourceThatIsSilentIsToldOnceAndNotEachOfItsEntities) {
  const PipelineRun expected = run(1, 2'048);
  const std::vector<std::string> lines = lines_of(expected.alerts);
  ASSERT_EQ(lines.size(), 3U) << expected.alerts;
  const std::string name = text_.paths[1];
  // Its last event is that of minute 299, second 45; its longest gap 15 s.
  EXPECT_NE(lines[0].find(format_time(start + 299 * minute + 105 * second)), std::string::npos)
      << lines[0];
  EXPECT_NE(lines[0].find("no events of " + name + " for 1m, usually one every"), std::string::npos)
      << lines[0];
  EXPECT_NE(lines[1].find("\"change\":\"resolved\""), std::string::npos) << lines[1];
  EXPECT_NE(lines[1].find(format_time(start + 400 * minute)), std::string::npos) << lines[1];
  EXPECT_NE(lines[2].find("no readings of b9 for 4m"), std::string::npos) << lines[2];
  for (const std::size_t shards : {2U, 8U}) {
    for (const std::size_t events : {1U, 37U}) {
      const PipelineRun found = run(shards, events);
      EXPECT_EQ(found.alerts, expected.alerts);
      EXPECT_EQ(digests(found), digests(expected));
    }
  }
}

// A restart lies within the silence.
TEST_F(SourceLaw, ARestartChangesNothing) {
  const PipelineRun expected = run(2, 2'048);
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (int until = 30; until <= 600; until += 30) found = run(2, 64, until);
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

}  // namespace
}  // namespace retimu
