// SPDX-License-Identifier: Apache-2.0
// `retimu simulate stream` as a person meets it: pipes, Ctrl-C, labels.
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {
namespace {

class StreamProgram : public ::testing::Test {
 protected:
  Outcome run(const std::string& words) const {
    return run_program({{"-c", words}, folder_.path(), {}, {}, "/bin/sh"});
  }
  TemporaryFolder folder_;
};

TEST_F(StreamProgram, WithoutDelayTheSameBytesAndAllLabels) {
  const std::string words = "\"$RETIMU_PROGRAM\" simulate stream --delay 0s --count 5000 --drift";
  const Outcome first = run(words + " --labels labels.csv");
  ASSERT_EQ(first.code, 0) << first.errors;
  EXPECT_EQ(lines_of(first.output).size(), 5'000U);
  EXPECT_EQ(run(words).output, first.output);
  EXPECT_EQ(run(words + " --format csv --from 2026-03-01").output.substr(0, 40),
            "ts,entity,value\n2026-03-01T00:00:00Z,sen");
  const std::vector<std::string> labels = lines_of(read_file(folder_ / "labels.csv"));
  ASSERT_GT(labels.size(), 10U);
  EXPECT_EQ(labels[0], "time,entity,kind,size");
  for (std::size_t i = 1; i < labels.size(); ++i) {
    const std::string time = labels[i].substr(0, labels[i].find(','));
    EXPECT_NE(first.output.find("\"" + time + "\""), std::string::npos) << labels[i];
  }
}

TEST_F(StreamProgram, AReaderWhoGoesAwayIsNoError) {
  const Outcome outcome =
      run("(\"$RETIMU_PROGRAM\" simulate stream --delay 1ms --labels labels.csv; echo $? >code) | "
          "head -n 3");
  EXPECT_EQ(lines_of(outcome.output).size(), 3U);
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(read_file(folder_ / "code"), "0\n");
}

TEST_F(StreamProgram, CtrlCEndsItWithCompleteLabels) {
  Process process({{"simulate", "stream", "--delay", "1ms", "--outlier-probability", "1",
                    "--labels", "labels.csv"},
                   folder_.path()});
  const auto has_labels = [&] {
    const std::string text = read_file(folder_ / "labels.csv");
    return std::ranges::count(text, '\n') > 20;
  };
  for (int i = 0; i < 2'000 && !(std::filesystem::exists(folder_ / "labels.csv") && has_labels());
       ++i) {
    ::usleep(10'000);
  }
  process.signal(SIGINT);
  ASSERT_TRUE(process.ends_within(std::chrono::seconds(20)));
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_FALSE(outcome.was_killed);
  EXPECT_TRUE(outcome.output.ends_with("}\n"));
  EXPECT_TRUE(read_file(folder_ / "labels.csv").ends_with("\n"));
}

TEST_F(StreamProgram, RunTellsOfItWhileItComes) {
  const Outcome outcome =
      run("\"$RETIMU_PROGRAM\" simulate stream --delay 0s --interval 10s --count 20000 "
          "--outlier-probability 0.001 --seed 3 | \"$RETIMU_PROGRAM\" run - --entity entity");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("value of sensor1 is"), std::string::npos) << outcome.errors;
}

// The pipe as people write it, of ten readings a second for a minute, in fast motion: most seeds
// show an outlier, with and without what else a stream may do.
TEST_F(StreamProgram, AMinuteOfItShowsAnOutlier) {
  for (const char* more : {"", " --outlier-probability 0.01 --drift --seasonal"}) {
    int told = 0;
    for (int seed = 1; seed <= 10; ++seed) {
      const Outcome outcome = run(
          fmt::format("\"$RETIMU_PROGRAM\" simulate stream --delay 0s --count 600 --seed {}{} | "
                      "\"$RETIMU_PROGRAM\" run -",
                      seed, more));
      EXPECT_EQ(outcome.code, 0) << outcome.errors;
      told += outcome.output.find("value is") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(told, 7) << more;
  }
}

TEST_F(StreamProgram, WrongOptionsAreUsageErrors) {
  for (const char* words :
       {"--delay x", "--delay -1s", "--interval 0s --delay 0s", "--from 2026-03-01",
        "--delay 0s --from yesterday", "--format xml", "--outlier-probability 2", "--entities 0"}) {
    const Outcome outcome = run(std::string("\"$RETIMU_PROGRAM\" simulate stream ") + words);
    EXPECT_EQ(outcome.code, 2) << words;
    EXPECT_EQ(outcome.output, "") << words;
  }
}

}  // namespace
}  // namespace retimu
