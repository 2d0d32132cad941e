// SPDX-License-Identifier: Apache-2.0
// An entity that leaves its peers is told of, all that move together are not, and what is said is
// as exact as what is said of one entity alone: whatever the batches, threads and restarts.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <cmath>
#include <numbers>

namespace retimu {
namespace {

constexpr Time start = 1'700'006'400 * second;
constexpr std::size_t hosts = 12, minutes = 900;

// A web farm: the latency of each host follows the load, by a gain and from a level of its own.
// From minute 500 to 520 the load is three times as high; from 700 on host7 alone is twice as slow;
// host2's clock lags by an hour, and host3 sends every other minute, host4 every five seconds.
std::vector<FleetRecord> web_farm() {
  Noise noise(5);
  std::vector<FleetRecord> fleet;
  for (std::size_t minute_now = 0; minute_now < minutes; ++minute_now) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(minute_now) / 300;
    double load = 40 + 15 * std::sin(phase) + noise.normal();
    if (minute_now >= 500 && minute_now < 520) load *= 3;
    for (int part = 0; part < 12; ++part) {
      for (std::size_t host = 1; host <= hosts; ++host) {
        if (host == 4 ? false : part != static_cast<int>(host % 6)) continue;
        if (host == 3 && minute_now % 2 == 1) continue;
        const double gain = host % 4 == 0 ? 1.5 : 1;
        double latency = 2.0 * static_cast<double>(host) + gain * load + noise.normal();
        if (host == 7 && minute_now >= 700) latency *= 2;
        FleetRecord record;
        record.entity = fmt::format("web{}", host);
        record.time = start + static_cast<Duration>(minute_now) * minute + part * 5 * second -
                      (host == 2 ? hour : 0);
        record.values = {latency};
        fleet.push_back(std::move(record));
      }
    }
  }
  return fleet;
}

class PeersLaw : public ::testing::Test {
 protected:
  PeersLaw() {
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = "[detectors]\nuse = [\"peer_group\"]\n";
  }
  PipelineRun run(std::span<const FleetRecord> records, std::size_t shards = 2,
                  std::size_t events_per_read_max = 2'048) {
    write_file(folder_ / "events.jsonl", to_jsonl(records));
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    options.train_rows = trained_;
    return run_pipeline(folder_, text_, options);
  }
  TemporaryFolder folder_;
  PipelineText text_;
  std::size_t trained_ = 0;
  const std::vector<FleetRecord> records_ = web_farm();
};

std::vector<std::string> raised(const PipelineRun& run) {
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(run.alerts)) {
    if (line.find("\"change\":\"raised\"") != std::string::npos) lines.push_back(line);
  }
  return lines;
}

TEST_F(PeersLaw, WhoLeavesIsToldOfAndNotWhoMovesWithTheOthers) {
  const PipelineRun found = run(records_);
  const std::vector<std::string> lines = raised(found);
  ASSERT_EQ(lines.size(), 1U) << found.alerts;
  EXPECT_NE(lines[0].find("\"entity\":\"web7\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("\"lead\":\"peer_group\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("\"kind\":\"peers\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("\"peers\":11"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("reading1 of web7 is "), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(", its 11 peers' "), std::string::npos) << lines[0];
  // Within five minutes.
  const std::string time = format_time(start + 700 * minute).substr(0, 15);
  EXPECT_NE(lines[0].find("\"time\":\"" + time), std::string::npos) << lines[0];
}

TEST_F(PeersLaw, AloneItSaysNothing) {
  std::vector<FleetRecord> few;
  for (const FleetRecord& record : records_) {
    if (record.entity == "web5" || record.entity == "web6" || record.entity == "web7") {
      few.push_back(record);
    }
  }
  EXPECT_TRUE(run(few).alerts.empty());
}

TEST_F(PeersLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run(records_, 1);
  for (const std::size_t shards : {1U, 2U, 4U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      const PipelineRun found = run(records_, shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.scores, expected.scores);
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
}

TEST_F(PeersLaw, APrefixIsJudgedAsTheBeginningOfTheWhole) {
  const PipelineRun whole = run(records_);
  const std::size_t count = records_.size() * 4 / 5;
  const PipelineRun begun = run(std::span(records_).first(count));
  const std::vector<std::string> expected = lines_of(whole.scores), found = lines_of(begun.scores);
  ASSERT_EQ(found.size(), count + 1);
  EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin()));
}

TEST_F(PeersLaw, ARestartChangesNothing) {
  const PipelineRun expected = run(records_);
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (std::size_t pieces = 1; pieces <= 23; ++pieces) {
    found = run(std::span(records_).first(records_.size() * pieces / 23), 1 + pieces % 3);
  }
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

TEST_F(PeersLaw, WithOthersAndABudgetNeitherDoesARestart) {
  text_.sections =
      "[detectors]\nuse = [\"rolling_deviation\", \"peer_group\"]\n[alerts]\nbudget = \"500 per "
      "day\"\n";
  const PipelineRun expected = run(records_, 1);
  EXPECT_EQ(digests(run(records_, 4, 37)), digests(expected));
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (std::size_t pieces = 1; pieces <= 7; ++pieces) {
    found = run(std::span(records_).first(records_.size() * pieces / 7));
  }
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

// What is learned from training data has a clock of its own.
TEST_F(PeersLaw, TrainingRowsTeachIt) {
  trained_ = records_.size() / 2;
  const PipelineRun found = run(records_);
  const std::vector<std::string> lines = raised(found);
  ASSERT_EQ(lines.size(), 1U) << found.alerts;
  EXPECT_NE(lines[0].find("\"entity\":\"web7\""), std::string::npos) << lines[0];
  const PipelineRun expected = run(records_, 4, 37);
  EXPECT_EQ(digests(found), digests(expected));
}

}  // namespace
}  // namespace retimu
