// SPDX-License-Identifier: Apache-2.0
// `retimu replay` of files that a pipeline of several sources read.
#include "retimu/core/result.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>

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

TEST_F(ReplayOfFiles, SaysThatADataDirHasNoJournal) {
  const Outcome outcome = run({"replay", "state", "--config", "pipeline.toml"}, "sim");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.errors.find("state: has no journal"), std::string::npos) << outcome.errors;
}

}  // namespace
}  // namespace retimu
