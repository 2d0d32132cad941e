// SPDX-License-Identifier: Apache-2.0
// `retimu replay` of files that a pipeline of several sources read.
#include "retimu/core/result.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace retimu {
namespace {

class ReplayOfFiles : public ::testing::Test {
 protected:
  ReplayOfFiles() {
    const Outcome made = run({"simulate", "faults", "--output", "sim", "--hours", "2", "--entities",
                              "10", "--faults", "2"});
    EXPECT_EQ(made.code, 0) << made.errors;
    const Outcome ran = run({"run", "pipeline.toml", "--json"}, "sim");
    EXPECT_EQ(ran.code, 0) << ran.errors;
    const std::string found = run({"inspect", "sim/state", "--json"}).output;
    const std::size_t at = found.find("\"digest\":\"");
    digest_ = at == std::string::npos ? found : found.substr(at + 10, 16);
  }
  Outcome run(std::vector<std::string> arguments, const std::string& in = ".") const {
    return run_program({std::move(arguments), folder_ / in});
  }
  // That of all.
  std::string replayed(std::vector<std::string> files, const std::string& config,
                       const std::string& in) const {
    files.insert(files.begin(), "replay");
    files.insert(files.end(), {"--config", config, "--digest"});
    const Outcome outcome = run(files, in);
    if (outcome.code != 0) return outcome.errors;
    const std::string text = outcome.output.substr(0, outcome.output.find_last_not_of('\n') + 1);
    return text.substr(text.rfind('\n') + 1);
  }

  TemporaryFolder folder_;
  std::string digest_;
};

TEST_F(ReplayOfFiles, ReadsEachAsItsSourceSays) {
  ASSERT_EQ(digest_.size(), 16U) << digest_;
  EXPECT_EQ(replayed({"metrics.jsonl", "system.log", "alarms.jsonl"}, "pipeline.toml", "sim"),
            digest_);
  EXPECT_EQ(replayed({"../sim/alarms.jsonl", "system.log", "../sim/metrics.jsonl"}, "pipeline.toml",
                     "sim"),
            digest_);
}

TEST_F(ReplayOfFiles, IsComparedWithWhatWasWrong) {
  const std::vector<std::string> files = {"metrics.jsonl", "system.log", "alarms.jsonl"};
  const auto replay = [&](std::vector<std::string> more) {
    more.insert(more.begin(), files.begin(), files.end());
    more.insert(more.begin(), "replay");
    return run(more, "sim");
  };
  const Outcome one = replay({"--config", "pipeline.toml", "--labels", "labels.csv"});
  EXPECT_EQ(one.code, 0) << one.errors;
  EXPECT_NE(one.output.find("found 2 of 2 labelled faults, half of them within "),
            std::string::npos)
      << one.output;
  // The same in a comparison, beside a pipeline that hears of nothing.
  std::ofstream(folder_ / "sim/deaf.toml")
      << std::ifstream(folder_ / "sim/pipeline.toml").rdbuf()
      << "\n[[maintenance]]\nentity = \"*\"\nfrom = \"2000-01-01\"\nto = \"2100-01-01\"\n"
         "reason = \"deaf\"\n";
  const Outcome two =
      replay({"--compare", "pipeline.toml", "deaf.toml", "--labels", "labels.csv", "--json"});
  EXPECT_EQ(two.code, 0) << two.errors;
  EXPECT_NE(two.output.find("\"found\":2,\"missed\":0,"), std::string::npos) << two.output;
  EXPECT_NE(two.output.find("\"found\":0,\"missed\":2,\"false\":0,\"delay_s\":null}"),
            std::string::npos)
      << two.output;
  const Outcome bad = replay({"--config", "pipeline.toml", "--labels", "metrics.jsonl"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_NE(bad.errors.find("metrics.jsonl:1: labels need a header"), std::string::npos)
      << bad.errors;
}

TEST_F(ReplayOfFiles, SaysThatADataDirHasNoJournal) {
  const Outcome outcome = run({"replay", "state", "--config", "pipeline.toml"}, "sim");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.errors.find("state: has no journal"), std::string::npos) << outcome.errors;
}

}  // namespace
}  // namespace retimu
