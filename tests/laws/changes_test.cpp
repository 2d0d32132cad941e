// SPDX-License-Identifier: Apache-2.0
// Law 1 of signals that change without an alert: what an incident says of them is the same in any
// batches, with any number of threads, and over a restart.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

constexpr std::size_t hosts = 8, rows = 420;

// Seven hosts fail one after the other. The first feeds them: before that two of its readings in a
// row lie eight deviations away. That is no alert, as single ones did so now and then.
std::vector<FleetRecord> failing_fleet() {
  std::vector<FleetRecord> fleet =
      make_fleet({.entities = hosts, .rows = rows, .interval = 10 * second});
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const std::size_t row = i / hosts, host = i % hosts;
    const bool leaps = row == 336 || row == 337 || (row < 320 && row % 30 == 10);
    if (host == 0 && leaps) fleet[i].values[1] += 8;
    if (host > 0 && row >= 337 + host && row < 350) fleet[i].values[0] += 40;
  }
  return fleet;
}

class ChangesLaw : public ::testing::Test {
 protected:
  ChangesLaw() {
    write_file(folder_ / "events.jsonl", to_jsonl(failing_fleet()));
    text_.paths = {folder_ / "events.jsonl"};
    text_.sections = "\n[alerts]\nthreshold = 16\n[topology]\nedges = [";
    for (std::size_t host = 2; host <= hosts; ++host) {
      text_.sections += fmt::format("[\"host1\", \"host{}\"], ", host);
    }
    text_.sections += "]\n";
  }
  TemporaryFolder folder_;
  PipelineText text_;
};

TEST_F(ChangesLaw, NeitherBatchesNorThreadsMatter) {
  const PipelineRun expected = run_pipeline(folder_, text_);
  std::size_t named = 0;
  for (const std::string& line : lines_of(expected.alerts)) {
    EXPECT_EQ(line.find("\"change\":\"raised\",\"entity\":\"host1\""), std::string::npos) << line;
    named += line.find("\"causes\":[{\"entity\":\"host1\",") != std::string::npos &&
                     line.find("\"alert\":false,\"changes\":[{\"subject\":\"reading2\"") !=
                         std::string::npos
                 ? 1
                 : 0;
  }
  EXPECT_GE(named, 1U) << expected.alerts;
  for (const std::size_t shards : {1U, 2U, 8U}) {
    for (const std::size_t events : {1U, 37U, 4'096U}) {
      SCOPED_TRACE(fmt::format("{} shards, {} events a read", shards, events));
      text_.shards = shards;
      ServiceOptions options;
      options.events_per_read_max = events;
      const PipelineRun found = run_pipeline(folder_, text_, options);
      EXPECT_EQ(found.alerts, expected.alerts);
      EXPECT_EQ(digests(found), digests(expected));
    }
  }
}

TEST_F(ChangesLaw, NorRestarts) {
  text_.data_dir = folder_ / "whole";
  const PipelineRun expected = run_pipeline(folder_, text_);
  std::filesystem::remove(folder_ / "alerts.jsonl");
  const std::vector<std::string> lines = lines_of(read_file(folder_ / "events.jsonl"));
  text_.data_dir = folder_ / "parts";
  std::string text;
  // Between the two readings, too, and between them and the first alert.
  for (const std::size_t row : {100U, 336U, 337U, 338U, 341U, 420U}) {
    text.clear();
    for (std::size_t i = 0; i < std::min<std::size_t>(row * hosts + 5, lines.size()); ++i) {
      text += lines[i] + "\n";
    }
    write_file(folder_ / "events.jsonl", text);
    (void)run_pipeline(folder_, text_);
  }
  EXPECT_EQ(read_file(folder_ / "alerts.jsonl"), expected.alerts);
}

}  // namespace
}  // namespace retimu
