// SPDX-License-Identifier: Apache-2.0
// `retimu why` of what was decided and not told, also where it was judged twice.
#include "retimu/core/random.hpp"
#include "retimu/core/result.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/support/process.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace retimu {
namespace {

constexpr int rows = 2'000, spike = 1'000;
constexpr int start = 1'700'000'000;

class Why : public ::testing::Test {
 protected:
  // A pump, a minute a row, with a spike in the middle.
  Why() {
    Random random(1);
    std::string text;
    for (int i = 0; i < rows; ++i) {
      const double pressure = i == spike ? 40 : 10 + random.uniform() + random.uniform();
      text += fmt::format("{{\"ts\":{},\"host\":\"pump\",\"pressure\":{:.3f}}}\n", start + 60 * i,
                          pressure);
    }
    write_file(folder_ / "events.jsonl", text);
  }
  void write_pipeline(const std::string& sections) const {
    write_file(folder_ / "pipeline.toml",
               "[pipeline]\ndata_dir = \"state\"\nsnapshot_interval = \"20ms\"\n"
               "[[source]]\ntype = \"file\"\npath = \"events.jsonl\"\ntime = \"ts\"\n"
               "entity = \"host\"\n[detectors]\nuse = [\"gap_novelty\"]\n"
               "[[sink]]\ntype = \"jsonl\"\npath = \"alerts.jsonl\"\n" +
                   sections);
  }
  // `kill`: a fail point, at which the first process dies.
  void run(const std::string& kill = "") const {
    if (!kill.empty()) {
      EXPECT_TRUE(
          run_program(
              {{"run", "pipeline.toml", "--json"}, folder_.path(), {{"RETIMU_FAIL_POINT", kill}}})
              .was_killed);
    }
    const Outcome outcome = run_program({{"run", "pipeline.toml", "--json"}, folder_.path(), {}});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
  }
  std::string why() const {
    return run_program(
               {{"why", "pump", std::to_string(start + 60 * spike), "state"}, folder_.path(), {}})
        .output;
  }
  static std::string maintenance(const std::string& to) {
    return "[[maintenance]]\nentity = \"pu*\"\nfrom = \"2023-11-14T22:00:00Z\"\nto = \"" + to +
           "\"\nreason = \"new seal\"\n";
  }

  TemporaryFolder folder_;
};

TEST_F(Why, SaysWhatWasTold) {
  write_pipeline("");
  run();
  EXPECT_NE(why().find("\n  raised an alert ("), std::string::npos) << why();
  EXPECT_EQ(why().find("held back"), std::string::npos) << why();
  EXPECT_NE(read_file(folder_ / "alerts.jsonl"), "");
}

TEST_F(Why, SaysWhatMaintenanceHeldBack) {
  write_pipeline(maintenance("2023-11-20T00:00:00Z"));
  run();
  const std::string found = why();
  EXPECT_EQ(read_file(folder_ / "alerts.jsonl"), "");
  EXPECT_EQ(found.find("\n  raised an alert"), std::string::npos) << found;
  EXPECT_NE(found.find("\n  would have raised an alert ("), std::string::npos) << found;
  EXPECT_NE(found.find("): held back by maintenance: new seal\n"), std::string::npos) << found;
  EXPECT_NE(
      found.find("\n  ended an episode that was not told: held back by maintenance: new seal\n"),
      std::string::npos)
      << found;
}

// What is judged again after a kill is not said otherwise.
TEST_F(Why, SaysSoOfWhatIsJudgedAgain) {
  for (const char* kill : {"commit.before:3", "commit.after:3", "snapshot.before_segment:3"}) {
    SCOPED_TRACE(kill);
    std::filesystem::remove_all(folder_ / "state");
    write_pipeline(maintenance("2023-11-20T00:00:00Z"));
    run(kill);
    EXPECT_EQ(why().find("\n  raised an alert"), std::string::npos) << why();
    EXPECT_NE(why().find("held back by maintenance: new seal\n"), std::string::npos) << why();
  }
}

}  // namespace
}  // namespace retimu
