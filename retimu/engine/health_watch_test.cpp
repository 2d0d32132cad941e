// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/health_watch.hpp"

#include <gtest/gtest.h>

#include <map>

namespace retimu {
namespace {

class HealthWatchTest : public ::testing::Test {
 protected:
  // "raised major sentence" of every change after so long.
  std::vector<std::string> after(Duration by) {
    facts_.wall += by;
    facts_.steady += by;
    std::vector<std::string> lines;
    for (const Alert& alert : watch_.look(facts_)) {
      EXPECT_EQ(alert.entity, own_entity);
      lines.push_back(
          fmt::format("{} {} {}", name_of(alert.change), name_of(alert.severity), alert.sentence));
      ids_.push_back(to_text(alert.id));
      const std::optional<Alert> read = read_health(health_request(alert).body);
      EXPECT_TRUE(read && to_json(*read) == to_json(alert));
    }
    return lines;
  }
  using Lines = std::vector<std::string>;
  HealthFacts facts_{.wall = 1'700'000'000 * second, .steady = hour};
  HealthWatch watch_;
  std::vector<std::string> ids_;
};

TEST_F(HealthWatchTest, TellsATroubleThatLastsOnceAndItsEnd) {
  facts_.sources = {{"logs", "a.log: is not there"}};
  EXPECT_EQ(after(0), Lines());
  EXPECT_EQ(after(29 * second), Lines());
  EXPECT_EQ(after(second), (Lines{"raised major nothing comes from logs: a.log: is not there"}));
  EXPECT_EQ(after(minute), Lines());
  facts_.sources[0].trouble.clear();
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(29 * second), Lines());
  EXPECT_EQ(after(second),
            (Lines{"resolved cleared over: nothing comes from logs: a.log: is not there"}));
  EXPECT_EQ(ids_[0], ids_[1]);
  EXPECT_EQ(after(hour), Lines());
}

TEST_F(HealthWatchTest, APauseThatIsForgottenIsTold) {
  facts_.unread_bytes_max = 64U << 20U;
  facts_.is_paused = true;
  EXPECT_EQ(after(0), Lines());
  facts_.unread_bytes = 40U << 20U;
  EXPECT_EQ(after(minute), Lines());
  EXPECT_EQ(after(minute), Lines{"raised major 40 MiB that live sources sent wait, as it is "
                                 "paused; soon more is refused"});
  EXPECT_EQ(after(13 * minute),
            Lines{"raised warning it is paused: nothing is judged until `retimu control DATA_DIR "
                  "--resume`"});
  facts_.is_paused = false;  // and what has come is judged
  facts_.unread_bytes = 0;
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(30 * second).size(), 2U);
}

TEST_F(HealthWatchTest, AShortTroubleIsNotTold) {
  for (int i = 0; i < 100; ++i) {
    facts_.sinks = {{"slack", i % 2 == 0 ? "503" : ""}};
    EXPECT_EQ(after(20 * second), Lines());
  }
}

TEST_F(HealthWatchTest, TellsOfManyDeadLettersAMinute) {
  EXPECT_EQ(after(0), Lines());
  facts_.records += 1'000;
  facts_.rejected += 50;
  EXPECT_EQ(after(minute), Lines());
  facts_.records += 1'000;
  facts_.rejected += 150;
  facts_.lost += 3;
  EXPECT_EQ(after(minute),
            (Lines{"raised warning 150 of 1150 records of the last minute could not be read; see "
                   "dead_letters.jsonl",
                   "raised major 3 messages of the last minute were lost: they came faster than "
                   "they could be taken"}));
  EXPECT_EQ(after(minute), Lines());
  EXPECT_EQ(after(minute).size(), 2U);
}

TEST_F(HealthWatchTest, TellsOfASourceOfWhichNothingCanBeRead) {
  facts_.readings = {{.name = "logs", .records = 5}, {.name = "pump"}};
  HealthFacts::Reading& logs = facts_.readings[0];
  HealthFacts::Reading& pump = facts_.readings[1];
  EXPECT_EQ(after(0), Lines());
  for (int i = 0; i < 9; ++i) {  // one a minute of the one, good ones between of the other
    ++logs.rejected;
    ++pump.rejected;
    ++pump.records;
    EXPECT_EQ(after(minute), Lines()) << i;
  }
  ++logs.rejected;
  pump.rejected += 19;
  EXPECT_EQ(after(minute), (Lines{"raised major nothing that logs gives can be read: 10 records in "
                                  "10m1s, and none that could be; see dead_letters.jsonl"}));
  ++pump.rejected;
  EXPECT_EQ(after(second), (Lines{"raised major nothing that pump gives can be read: 20 records in "
                                  "1m2s, and none that could be; see dead_letters.jsonl"}));
  EXPECT_EQ(after(hour), Lines());
  ++logs.records;
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(30 * second).size(), 1U);
}

TEST_F(HealthWatchTest, TwoBadRecordsAreNoSourceOfWhichNothingCanBeRead) {
  facts_.readings = {{.name = "logs", .rejected = 2}};
  EXPECT_EQ(after(0), Lines());
  EXPECT_EQ(after(day), Lines());
  ++facts_.readings[0].rejected;
  EXPECT_EQ(after(second).size(), 1U);
}

// What an earlier process told is over once something can be read, not before.
TEST_F(HealthWatchTest, WhatCouldNotBeReadBeforeARestartStaysOpen) {
  facts_.readings = {{.name = "logs"}};
  after(0);
  facts_.readings[0].rejected = 20;
  facts_.steady += second;
  const std::vector<Alert> open = watch_.look(facts_);
  ASSERT_EQ(open.size(), 1U);
  watch_ = HealthWatch();
  watch_.take_over(open);
  facts_.readings.clear();
  EXPECT_EQ(after(second), Lines());
  facts_.readings = {{.name = "logs", .rejected = 1}};
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(hour), Lines());
  facts_.readings[0].records = 1;
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(30 * second).size(), 1U);
}

TEST_F(HealthWatchTest, ASilenceIsToldAfterWhatTheSourceIsGiven) {
  facts_.sources = {{.name = "never", .trouble = "", .silent_after = 0},
                    {.name = "soon", .trouble = "", .silent_after = second},
                    {.name = "late", .trouble = "", .silent_after = hour}};
  for (int i = 0; i < 12; ++i) {
    for (HealthFacts::Named& source : facts_.sources) source.bytes += 10;
    EXPECT_EQ(after(second), Lines());
  }
  EXPECT_EQ(after(19 * second), Lines());
  EXPECT_EQ(after(second), (Lines{"raised major soon has fallen silent: nothing has come from it "
                                  "for 20s, and before it sent at least every 1s"}));
  EXPECT_EQ(after(59 * minute), Lines());
  EXPECT_EQ(after(minute).size(), 1U);
  EXPECT_EQ(after(day), Lines());
}

TEST_F(HealthWatchTest, TellsOfASourceThatFallsSilentAndOfItsReturn) {
  facts_.sources = {{.name = "logs", .trouble = ""}, {.name = "pipe", .trouble = ""}};
  facts_.sources[1].is_ended = true;
  const auto send = [&](int times, Duration every) {
    for (int i = 0; i < times; ++i) {
      for (HealthFacts::Named& source : facts_.sources) source.bytes += 10;
      EXPECT_EQ(after(every), Lines());
    }
  };
  send(30, second);
  EXPECT_EQ(after(299 * second), Lines());
  facts_.unread_bytes = facts_.unread_bytes_max = 1;  // nothing can be taken: no time passes
  EXPECT_EQ(after(hour), Lines());
  facts_.unread_bytes = 0;
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(second),
            (Lines{"raised major logs has fallen silent: nothing has come from it for 5m1s, and "
                   "before it sent at least every 1s"}));
  EXPECT_EQ(after(hour), Lines());
  facts_.sources[0].bytes += 10;
  EXPECT_EQ(after(second), Lines());
  facts_.sources[0].bytes += 10;
  const Lines over = after(30 * second);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_TRUE(over[0].starts_with("resolved cleared over: logs has fallen silent")) << over[0];
}

TEST_F(HealthWatchTest, ASourceThatSendsSeldomIsGivenItsTime) {
  facts_.sources = {{.name = "logs", .trouble = ""}};
  for (int i = 0; i < 12; ++i) {
    facts_.sources[0].bytes += 10;
    EXPECT_EQ(after(10 * minute), Lines());
  }
  EXPECT_EQ(after(150 * minute), Lines());
  EXPECT_EQ(after(hour).size(), 1U);
}

TEST_F(HealthWatchTest, ASilenceThatAnEarlierProcessToldStaysOpenUntilSomethingComes) {
  facts_.sources = {{.name = "logs", .trouble = ""}};
  for (int i = 0; i < 12; ++i) {
    facts_.sources[0].bytes += 10;
    after(second);
  }
  facts_.steady += hour;
  facts_.wall += hour;
  const std::vector<Alert> open = watch_.look(facts_);
  ASSERT_EQ(open.size(), 1U);
  watch_ = HealthWatch();
  watch_.take_over(open);
  facts_.sources[0].bytes = 0;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(after(minute), Lines());
  facts_.sources[0].bytes = 10;
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(30 * second).size(), 1U);
}

TEST_F(HealthWatchTest, TellsThatTheClockWasSet) {
  EXPECT_EQ(after(second), Lines());
  facts_.wall -= hour;
  EXPECT_EQ(after(second), (Lines{"raised warning the clock of this machine was set back by 1h"}));
  EXPECT_EQ(after(second), Lines());
}

TEST_F(HealthWatchTest, TellsWhatCannotBeKeptAtOnce) {
  facts_.journal = "state/journal/1: no space left on device";
  facts_.unread_bytes_max = 100;
  facts_.unread_bytes = 51;
  facts_.detectors = {"gap_novelty"};
  EXPECT_EQ(after(0).size(), 2U);
  EXPECT_EQ(after(30 * second).size(), 1U);  // the backlog
}

TEST_F(HealthWatchTest, WhatCannotBeKeptIsToldPastTheOutbox) {
  facts_.storage = "retimu.sqlite: No space left on device";
  facts_.state = "segments: No space left on device";
  facts_.detectors = {"gap_novelty"};
  std::map<std::string, std::string> leads;
  for (const Alert& alert : watch_.look(facts_)) leads[alert.sentence.substr(0, 12)] = alert.lead;
  EXPECT_EQ(leads, (std::map<std::string, std::string>{{"gap_novelty ", "health"},
                                                       {"what is foun", "storage"},
                                                       {"what was lea", "storage"}}));
}

// Another process goes on where one was killed: what still holds is not told again, what does not
// is resolved.
TEST_F(HealthWatchTest, TakesOverWhatAnEarlierProcessLeftOpen) {
  facts_.sources = {{"logs", "is not there"}, {"pump", "is not there"}};
  after(0);
  facts_.steady += minute;
  facts_.wall += minute;
  const std::vector<Alert> open = watch_.look(facts_);
  ASSERT_EQ(open.size(), 2U);
  watch_ = HealthWatch();
  watch_.take_over(open);
  facts_.sources = {{"logs", "is not there"}, {"pump", ""}};
  EXPECT_EQ(after(second), Lines());
  EXPECT_EQ(after(29 * second), Lines());
  ids_.clear();
  EXPECT_EQ(after(second), (Lines{"resolved cleared over: nothing comes from pump: is not there"}));
  facts_.sources[0].trouble.clear();
  after(second);
  EXPECT_EQ(after(30 * second),
            (Lines{"resolved cleared over: nothing comes from logs: is not there"}));
  EXPECT_EQ(ids_, (std::vector<std::string>{to_text(open[1].id), to_text(open[0].id)}));
}

TEST(HealthRequest, IsNotReadFromAnythingElse) {
  EXPECT_FALSE(read_health({}));
  Alert alert;
  alert.entity = "pump";
  EXPECT_FALSE(read_health(health_request(alert).body));
}

}  // namespace
}  // namespace retimu
