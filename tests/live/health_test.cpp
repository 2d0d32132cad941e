// SPDX-License-Identifier: Apache-2.0
// What a pipeline says of itself: it stands in the order as everything else does, so that a kill, a
// restart and a replay say the same; and a full disk is waited for, while what is known is told.
#include "tests/support/live_pipeline.hpp"

namespace retimu {
namespace {

using namespace std::chrono_literals;

class Health : public Live {
 protected:
  void post_many(const std::string& entity, int from, int to) const {
    std::string body;
    for (int i = from; i < to; ++i) body += record_of(entity, i);
    post(body);
  }
  std::string server() const {
    return fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\nheartbeat_file = \"beat\"\n", syslog_);
  }
  std::string page(const std::string& path) const {
    TestClient client(syslog_);
    if (!client.is_open() || !client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"))
      return {};
    return client.read_answer();
  }
};

TEST_F(Health, ASourceThatIsGoneIsToldAndResolvedByAnotherProcess) {
  write_pipeline(http_source() +
                 "[[source]]\ntype = \"file\"\npath = \"log/a.jsonl\"\nfollow = true\n"
                 "entity = \"host\"\n");
  auto process = start();
  // Nothing ever came.
  ASSERT_TRUE(comes_within(60s, [&] { return count("nothing comes from file log/a.jsonl") == 1; }));
  post_many("a", 0, 500);
  process->signal(SIGKILL);
  (void)process->wait();
  std::filesystem::create_directory(folder_.path("log"));
  folder_.write("log/a.jsonl", record_of("written", 1));
  process = start();
  ASSERT_TRUE(comes_within(60s, [&] { return count("over: nothing comes from file") == 1; }))
      << folder_.read("alerts.jsonl");
  EXPECT_EQ(end(*process).code, 0);
  EXPECT_EQ(count("\"lead\":\"health\""), 2);
  expect_told_once();
  expect_replay_says_the_same();
}

TEST_F(Health, AFullDiskIsWaitedForWhileWhatIsKnownIsTold) {
  write_pipeline(http_source(), server());
  const auto process =
      start({"--log-format", "json", "--log-level", "debug"}, full_disk("retimu.sqlite"));
  post_many("a", 0, 800);
  ASSERT_TRUE(comes_within(10s, [&] { return count("\"change\":\"raised\"") >= 1; }));
  ASSERT_TRUE(comes_within(10s, [&] { return page("/readyz").starts_with("HTTP/1.1 200"); }))
      << page("/readyz");
  EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(folder_.path("beat")); }));
  folder_.write("full", "");
  post_many("b", 0, 800);
  ASSERT_TRUE(comes_within(10s, [&] { return count("what is found cannot be kept") == 1; }))
      << folder_.read("alerts.jsonl") << folder_.read(".errors");
  EXPECT_TRUE(page("/healthz").starts_with("HTTP/1.1 503")) << page("/healthz");
  const int told = count("\"id\"");
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(count("\"id\""), told);
  std::filesystem::remove(folder_.path("full"));
  EXPECT_TRUE(comes_within(10s, [&] { return count("\"id\"") > told; }));
  EXPECT_TRUE(comes_within(60s, [&] { return count("over: what is found cannot be kept") == 1; }));
  EXPECT_TRUE(page("/healthz").starts_with("HTTP/1.1 200")) << page("/healthz");
  const Outcome outcome = end(*process);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("it is tried every second"), std::string::npos) << outcome.errors;
  expect_told_once();
  expect_replay_says_the_same();
}

TEST_F(Health, WhoIsStoppedWhileTheDiskIsFullLosesNothing) {
  write_pipeline(http_source());
  auto process = start({}, full_disk("retimu.sqlite"));
  post_many("a", 0, 800);
  ASSERT_TRUE(comes_within(10s, [&] { return count("\"change\":\"raised\"") >= 1; }));
  folder_.write("full", "");
  post_many("b", 0, 800);
  ASSERT_TRUE(comes_within(10s, [&] { return count("what is found cannot be kept") == 1; }));
  const Outcome stopped = end(*process);
  EXPECT_EQ(stopped.code, 4);
  EXPECT_NE(stopped.errors.find("is read again by the next start"), std::string::npos)
      << stopped.errors;
  std::filesystem::remove(folder_.path("full"));
  process = start();
  post_many("a", 800, 900);
  EXPECT_EQ(end(*process).code, 0);
  EXPECT_EQ(events().at("a"), 900);
  EXPECT_EQ(events().at("b"), 800);
  expect_told_once();
  expect_replay_says_the_same();
}

TEST_F(Health, ASnapshotThatFailsIsTakenAgain) {
  write_pipeline(http_source());
  const auto process = start({}, full_disk("segments"));
  post_many("a", 0, 100);
  folder_.write("full", "");
  for (int i = 100; count("what was learned cannot be kept") == 0 && i < 5'000; i += 10) {
    post_many("a", i, i + 10);
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_EQ(count("what was learned cannot be kept"), 1);
  EXPECT_TRUE(comes_within(10s, [&] { return count("\"change\":\"raised\"") >= 1; }));
  std::filesystem::remove(folder_.path("full"));
  const Outcome outcome = end(*process);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  expect_told_once();
  expect_replay_says_the_same();
}

TEST_F(Health, WhatComesLateIsMarked) {
  write_pipeline(http_source(), "[[rule]]\nname = \"hot\"\nexpr = \"load > 40\"\n");
  const auto process = start();
  const auto now = std::chrono::system_clock::now().time_since_epoch() / 1s;
  post("{\"ts\":1700000020,\"host\":\"old\",\"load\":50}\n");
  ASSERT_TRUE(comes_true([&] { return count("\"entity\":\"old\"") == 1; }));
  EXPECT_EQ(count("\"stale\":true"), 1);
  post(fmt::format("{{\"ts\":{},\"host\":\"new\",\"load\":50}}\n", now));
  ASSERT_TRUE(comes_true([&] { return count("\"entity\":\"new\"") == 1; }));
  EXPECT_EQ(count("\"stale\":true"), 1);
  EXPECT_EQ(end(*process).code, 0);
  expect_replay_says_the_same();
}

TEST_F(Health, TheStartIsReportedInJson) {
  write_pipeline(http_source(), "[alerts]\nbudget = \"2 per day\"\n" + server());
  const auto process = start({"--log-format", "json", "--log-level", "info"});
  EXPECT_TRUE(comes_within(
      60s, [&] { return folder_.read(".errors").find("\"limits: ") != std::string::npos; }));
  const Outcome outcome = end(*process);
  EXPECT_EQ(outcome.code, 0);
  for (const char* text : {"\"message\":\"started\"", "sources: http", "warm after",
                           "budget: 2 a day", "\"message\":\"stopped\""}) {
    EXPECT_NE(outcome.errors.find(text), std::string::npos) << outcome.errors;
  }
}

}  // namespace
}  // namespace retimu
