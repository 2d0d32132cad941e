// SPDX-License-Identifier: Apache-2.0
// Each folder here is a scenario: pipeline.toml, input.*, expected.jsonl. It is run whole, in
// batches of 1 and 37, and killed and resumed, against the one expected file.
//
//   RETIMU_REGENERATE=1 build/release/tests/scenarios_test     writes expected.jsonl anew
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {
namespace {

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(RETIMU_SCENARIOS)) {
    if (std::filesystem::exists(entry.path() / "pipeline.toml")) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

class Scenario : public ::testing::TestWithParam<std::string> {
 protected:
  Scenario() : source_(std::string(RETIMU_SCENARIOS) + "/" + GetParam()) {
    if (std::getenv("RETIMU_REGENERATE") != nullptr) {
      const TemporaryFolder folder;
      write_file(source_ + "/expected.jsonl", run_program_in(folder));
    }
    expected_ = read_file(source_ + "/expected.jsonl");
  }
  void copy_to(const TemporaryFolder& folder) const {
    std::filesystem::copy(source_, folder.path());
  }
  std::string run_program_in(const TemporaryFolder& folder) const {
    copy_to(folder);
    const Outcome outcome = run_program({{"run", "pipeline.toml"}, folder.path()});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    return read_file(folder / "alerts.jsonl");
  }
  // In this process; paths of the pipeline are meant from its folder.
  void expect_in_batches(std::size_t events) const {
    const TemporaryFolder folder;
    copy_to(folder);
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const Result<Configuration> configuration = read_configuration("pipeline.toml");
    ASSERT_TRUE(configuration) << configuration.error().message;
    ServiceOptions options;
    options.events_per_read_max = events;
    const Result<ServiceSummary> summary = run_service(*configuration, options);
    std::filesystem::current_path(before);
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(read_file(folder / "alerts.jsonl"), expected_);
  }

  std::string source_, expected_;
};

TEST_P(Scenario, Whole) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_program_in(folder), expected_);
}

TEST_P(Scenario, InBatches) {
  expect_in_batches(1);
  expect_in_batches(37);
}

TEST_P(Scenario, KilledAndResumed) {
  const TemporaryFolder folder;
  copy_to(folder);
  int kills = 0;
  constexpr int kills_max = 100;
  for (const std::string place :
       {"snapshot.before_pointer", "commit.after", "outbox.before_cursor"}) {
    for (int count = 1; count <= 40; count += 13) {
      const Outcome outcome =
          run_program({{"run", "pipeline.toml"},
                       folder.path(),
                       {{"RETIMU_FAIL_POINT", fmt::format("{}:{}", place, count)}}});
      if (!outcome.was_killed) {
        ASSERT_EQ(outcome.code, 0) << outcome.errors;
        continue;
      }
      ++kills;
      ASSERT_LT(kills, kills_max);
    }
  }
  EXPECT_GE(kills, 1);
  const Outcome outcome = run_program({{"run", "pipeline.toml"}, folder.path()});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(read_file(folder / "alerts.jsonl"), expected_);
}

INSTANTIATE_TEST_SUITE_P(, Scenario, ::testing::ValuesIn(scenarios()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace retimu
