// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/log_sessions.hpp"

#include "retimu/evaluation/session_measures.hpp"
#include "retimu/evaluation/session_reference.hpp"
#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace retimu {
namespace {

void write_hdfs(const SetFolder& folder, const std::string& events) {
  folder.write("log-sessions/hdfs_100k/templates.csv",
               "event_id,template\n1,Receiving block <*>\n7,\"failed, block <*>\"\n");
  folder.write("log-sessions/hdfs_100k/sessions.csv",
               "session_id,split,label,events\nblk_1,train,0,1 1 7\nblk_2,test,1," + events + "\n");
}

TEST(LogSessions, AreRead) {
  const SetFolder folder;
  write_hdfs(folder, "7");
  const std::string other = "log-sessions/openstack_loghub";
  folder.write(other + "/OpenStack_templates.csv", "claim <*>\ncreating, image\n");
  folder.write(other + "/openstack_train.csv", "a,1 2\n");
  folder.write(other + "/openstack_test_normal.csv", "b,2\n");
  folder.write(other + "/openstack_test_abnormal.csv", "c,1\n");
  const auto sets = read_log_sessions(folder.path());
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_EQ(sets->size(), 2U);
  const LogSessions& hdfs = sets->front();
  EXPECT_EQ(hdfs.templates, (std::vector<std::string>{"Receiving block <*>", "failed, block <*>"}));
  ASSERT_EQ(hdfs.sessions.size(), 2U);
  EXPECT_EQ(hdfs.sessions[0].lines, (std::vector<std::uint32_t>{0, 0, 1}));
  EXPECT_FALSE(hdfs.sessions[0].is_abnormal);
  EXPECT_TRUE(hdfs.sessions[1].is_abnormal);
  ASSERT_EQ(sets->back().sessions.size(), 3U);
  EXPECT_EQ(sets->back().templates[1], "creating, image");
  EXPECT_EQ(std::ranges::count(sets->back().sessions, true, &LogSessions::Session::is_abnormal), 1);

  Batch batch;
  append_events(hdfs, batch);
  ASSERT_EQ(batch.events.size(), 4U);
  EXPECT_EQ(std::get<LogLine>(batch.events[2].payload).text, "failed, block <*>");
  EXPECT_EQ(batch.events[3].time, 4 * second);
}

TEST(LogSessions, SayWhatIsWrong) {
  const SetFolder folder;
  EXPECT_FALSE(read_log_sessions(folder.path()));
  write_hdfs(folder, "8");
  const auto sets = read_log_sessions(folder.path());
  ASSERT_FALSE(sets);
  EXPECT_NE(sets.error().message.find("sessions.csv:3"), std::string::npos);
}

// Two of three abnormal ones are called, and one that is not; of the 3 * 2 pairs 4 are in order.
TEST(SessionMeasures, CountWhatIsCalled) {
  LogSessions sessions;
  for (const bool is_abnormal : {true, true, true, false, false}) {
    sessions.sessions.push_back({{}, is_abnormal});
  }
  const JudgedSessions judged = judge_sessions(sessions, std::array<double, 5>{2, 0, -1, 1, -2});
  EXPECT_EQ(judged.called, 3U);
  EXPECT_DOUBLE_EQ(judged.precision(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(judged.recall(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(judged.f1(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*judged.auc, 4.0 / 6);
  EXPECT_DOUBLE_EQ(judged.best_f1, 6.0 / 7);  // from -1 on: three of four
}

// A normal session has the lines of the last abnormal one.
TEST(SessionMeasures, KnowWhatCannotBeToldApart) {
  LogSessions sessions;
  sessions.sessions = {{{0, 1}, false}, {{0, 2}, true}, {{1, 0}, true}};
  const JudgedSessions judged = judge_sessions(sessions, std::array<double, 3>{-1, 1, -1});
  EXPECT_EQ(judged.distinct, 1U);
  EXPECT_DOUBLE_EQ(judged.recall(), 0.5);
  EXPECT_DOUBLE_EQ(judged.f1_distinct(), 1);
  const JudgedSessions all = judge_sessions(sessions, std::array<double, 3>{1, 1, 1});
  EXPECT_DOUBLE_EQ(all.f1_distinct(), 2.0 / 3);  // one of three that count
}

// Sessions of lines 0 and 1; from the 200th on every 20th has a line more, every 25th is too long.
LogSessions made_sessions() {
  LogSessions sessions;
  for (std::size_t i = 0; i < 600; ++i) {
    LogSessions::Session session{{0, 1, 1}, false};
    if (i % 3 == 0) session.lines.push_back(0);
    if (i >= 200 && i % 20 == 0) session = {{0, 1, static_cast<std::uint32_t>(i)}, true};
    if (i >= 200 && i % 25 == 3) {
      session.is_abnormal = true;
      session.lines.resize(20, 1);
    }
    sessions.sessions.push_back(std::move(session));
  }
  return sessions;
}

TEST(SessionReference, FindsRareLinesAndLengths) {
  const LogSessions sessions = made_sessions();
  const JudgedSessions rare = judge_sessions(sessions, score_by_rarity(sessions));
  const JudgedSessions whole = judge_sessions(sessions, score_by_sessions(sessions));
  const JudgedSessions random = judge_sessions(sessions, score_at_random(sessions));
  EXPECT_EQ(rare.precision(), 1);
  EXPECT_GT(rare.recall(), 0.3);  // the lengths are not its own
  EXPECT_LT(rare.recall(), 0.6);
  EXPECT_GT(whole.f1(), 0.85);
  EXPECT_LT(random.f1(), 0.3);
  EXPECT_NEAR(*random.auc, 0.5, 0.15);
}

}  // namespace
}  // namespace retimu
