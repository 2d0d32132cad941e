// SPDX-License-Identifier: Apache-2.0
// What came in time and was judged long after, because the pipeline stood still, is told as late.
#include "retimu/core/wall_clock.hpp"
#include "tests/support/live_pipeline.hpp"

namespace retimu {
namespace {

class Stale : public Live {
 protected:
  static std::string reading(Time at, double load) {
    return fmt::format("{{\"ts\":{:.3f},\"host\":\"a\",\"load\":{}}}\n",
                       static_cast<double>(at) / static_cast<double>(second), load);
  }
  std::string told(const std::string& file) const {
    std::istringstream lines(folder_.read(file));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"hot\"") != std::string::npos) return line;
    }
    return {};
  }
};

TEST_F(Stale, ABacklogOfAPipelineThatDied) {
  write_pipeline(
      http_source(),
      "[alerts]\nstale_after = \"2s\"\n[[rule]]\nname = \"hot\"\nexpr = \"load > 40\"\n");
  auto process = start();
  const Time begin = wall_clock();
  for (int i = 0; i < 10; ++i) post(reading(begin - (20 - i) * second, 10));
  EXPECT_EQ(program({"control", "state", "--pause"}).code, 0);
  ASSERT_TRUE(
      comes_true([&] { return folder_.read(".errors").find("paused") != std::string::npos; }));
  const Time hot = wall_clock();
  post(reading(hot, 50));
  process->signal(SIGKILL);
  (void)process->wait();
  ASSERT_TRUE(comes_true([&] { return wall_clock() - hot > 3 * second; }));
  EXPECT_EQ(program({"control", "state", "--resume"}).code, 0);
  process = start();
  ASSERT_TRUE(comes_true([&] { return !told("alerts.jsonl").empty(); }));
  EXPECT_NE(told("alerts.jsonl").find("\"stale\":true"), std::string::npos) << told("alerts.jsonl");
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(std::chrono::seconds(10)));
  (void)process->wait();
  const Outcome replayed =
      program({"replay", "state", "--config", "pipeline.toml", "--alerts", "replayed.jsonl"});
  EXPECT_EQ(replayed.code, 0) << replayed.errors;
  EXPECT_EQ(told("replayed.jsonl"), told("alerts.jsonl"));
  EXPECT_EQ(program({"control", "state", "--list"}).output.find("of kind"), std::string::npos);
}

TEST_F(Stale, NothingThatIsJudgedAtOnce) {
  write_pipeline(
      http_source(),
      "[alerts]\nstale_after = \"20s\"\n[[rule]]\nname = \"hot\"\nexpr = \"load > 40\"\n");
  const auto process = start();
  const Time begin = wall_clock();
  for (int i = 0; i < 10; ++i) post(reading(begin - (20 - i) * second, 10));
  post(reading(wall_clock(), 50));
  ASSERT_TRUE(comes_true([&] { return !told("alerts.jsonl").empty(); }));
  EXPECT_EQ(told("alerts.jsonl").find("\"stale\""), std::string::npos) << told("alerts.jsonl");
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(std::chrono::seconds(10)));
}

}  // namespace
}  // namespace retimu
