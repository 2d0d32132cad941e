// SPDX-License-Identifier: Apache-2.0
// What a person says of an alert changes what is told of that entity, detectors and subject, and
// nothing else, on a replay as on a run that goes on.
#include "retimu/core/random.hpp"
#include "retimu/storage/request_folder.hpp"
#include "tests/crash/victim.hpp"

namespace retimu {
namespace {

constexpr std::size_t hosts = 4, rows_a_day = 3'000;
constexpr std::size_t last = 4;  // days; in its middle the first host's bump is a fault

// Two columns of noise of deviation 1; every 600 rows a host's load bumps by 9, which is harmless.
std::string day_of(std::size_t number) {
  Random random(7 + number);
  const auto noise = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random.uniform();
    return sum;
  };
  std::string text;
  for (std::size_t row = number * rows_a_day; row < (number + 1) * rows_a_day; ++row) {
    for (std::size_t host = 0; host < hosts; ++host) {
      const bool is_bump = row >= 1'000 && (row + 150 * host) % 600 == 0;
      const bool is_fault = host == 0 && row == last * rows_a_day + 700;
      const double load = 20 + noise() + (is_fault ? 200 : is_bump ? 9 : 0);
      text += fmt::format("{{\"ts\":{},\"host\":\"host{}\",\"load\":{:.3f},\"flow\":{:.3f}}}\n",
                          1'700'000'000 + 10 * row, host + 1, load, 50 + noise());
    }
  }
  return text;
}

struct Told {
  std::map<std::string, std::size_t> raised;  // by entity
  std::map<std::string, std::string> digests;
  std::string alerts;
  std::size_t tolerances = 0;  // entities of which something is tolerated in the end
  std::size_t kills = 0;
};

class Feedback : public ::testing::Test {
 protected:
  static VictimOptions options(std::size_t shards) {
    return {"feedback", shards, "", "snapshot_interval = \"20ms\"", {"events.jsonl"}};
  }
  static std::string days(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += day_of(i);
    return text;
  }
  static std::string first_alert(const Victim& victim, std::string_view entity) {
    for (const std::string& line : lines_of(read_file(victim.folder() / "alerts.jsonl"))) {
      if (line.find(fmt::format("\"entity\":\"{}\"", entity)) == std::string::npos) continue;
      if (line.find("\"change\":\"raised\"") != std::string::npos) return line.substr(7, 32);
    }
    return {};
  }
  static Outcome control(const Victim& victim, std::vector<std::string> what) {
    what.insert(what.begin(), {"control", "state"});
    return run_program({what, victim.folder().path(), {}});
  }
  // `words`: what is said of the first alert of a host after the first day. Alerts are those that
  // are told afterwards.
  static Told run(const std::vector<std::string>& words, std::size_t shards, bool is_killed,
                  const std::string& host = "host1") {
    const Victim victim(options(shards), days(1));
    EXPECT_EQ(victim.run().code, 0);
    const std::size_t before = read_file(victim.folder() / "alerts.jsonl").size();
    for (const std::string& word : words) {
      const std::string of = word == "--forget-false-alarm" ? host : first_alert(victim, host);
      const Outcome asked = control(victim, {word, of});
      EXPECT_EQ(asked.code, 0) << asked.errors;
      if (word != "--false-alarm") continue;
      EXPECT_NE(asked.output.find("load"), std::string::npos) << asked.output;
    }
    Told told;
    // Without kills in one go.
    for (std::size_t day = is_killed ? 2 : last + 1; day <= last + 1; ++day) {
      write_file(victim.folder() / "events.jsonl", days(day));
      const std::map<std::string, std::string> fault = {{"RETIMU_FAIL_POINT", "commit.after:2"}};
      if (is_killed) told.kills += victim.run(fault).was_killed ? 1 : 0;
      EXPECT_EQ(victim.run().code, 0);
    }
    told.alerts = read_file(victim.folder() / "alerts.jsonl").substr(before);
    for (const std::string& line : lines_of(told.alerts)) {
      for (std::size_t i = 1; i <= hosts; ++i) {
        const std::string name = fmt::format("host{}", i);
        if (line.find("\"change\":\"raised\",\"entity\":\"" + name + "\"") == std::string::npos) {
          continue;
        }
        ++told.raised[name];
      }
    }
    const Result<Inspection> found = inspect(victim.folder() / "state");
    EXPECT_TRUE(found);
    told.tolerances = found->tolerances.size();
    for (const EntityReport& entity : found->entities) {
      told.digests[entity.name] = fmt::format("{} {:016x}", entity.events, entity.digest);
    }
    return told;
  }
};

TEST_F(Feedback, AFalseAlarmIsToldLessOfThatEntityAndNothingElseChanges) {
  const Told before = run({}, 1, false), after = run({"--false-alarm"}, 1, false);
  for (std::size_t host = 1; host <= hosts; ++host) {
    const std::string name = fmt::format("host{}", host);
    fmt::print("{}: {} alerts in {} days, {} after a false alarm of host1\n", name,
               before.raised.contains(name) ? before.raised.at(name) : 0, last,
               after.raised.contains(name) ? after.raised.at(name) : 0);
    if (host == 1) continue;
    EXPECT_EQ(after.digests.at(name), before.digests.at(name)) << name;
    EXPECT_EQ(after.raised.at(name), before.raised.at(name)) << name;
  }
  EXPECT_GE(before.raised.at("host1"), 5U);
  EXPECT_LE(4 * after.raised.at("host1"), before.raised.at("host1"));
  EXPECT_NE(after.digests.at("host1"), before.digests.at("host1"));
  // What is much clearer is told, and says so.
  const std::size_t at = after.alerts.rfind("decades are tolerated since 2023-11-1");
  ASSERT_NE(at, std::string::npos);
}

TEST_F(Feedback, HoldsForAnyNumberOfThreadsAndThroughKills) {
  const Told expected = run({"--false-alarm"}, 1, false);
  for (const std::size_t shards : {2U, 8U}) {
    const Told found = run({"--false-alarm"}, shards, true);
    EXPECT_EQ(found.digests, expected.digests);
    EXPECT_EQ(found.raised, expected.raised);
    EXPECT_EQ(found.kills, last);
  }
}

TEST_F(Feedback, WhatIsTakenBackChangesNothing) {
  EXPECT_EQ(run({"--false-alarm", "--forget-false-alarm"}, 2, false).raised,
            run({}, 2, false).raised);
}

// What is told is to the bit as if it had never been called a false alarm, on a run that goes on
// and through kills. Requests enter one a tick: two that change nothing stand for the word and its
// end, and the second host does not bump meanwhile.
TEST_F(Feedback, AConfirmationTakesAFalseAlarmBack) {
  const Told expected =
      run({"--forget-false-alarm", "--confirmed", "--forget-false-alarm"}, 1, false, "host2");
  ASSERT_NE(expected.alerts, run({"--false-alarm"}, 1, false, "host2").alerts);
  for (const bool is_killed : {false, true}) {
    const Told found = run({"--false-alarm", "--confirmed"}, is_killed ? 8 : 1, is_killed, "host2");
    EXPECT_TRUE(found.alerts == expected.alerts);
    EXPECT_EQ(found.tolerances, 0U);
    EXPECT_EQ(found.kills, is_killed ? last : 0U);
  }
}

// One that has acted for a day, too.
TEST_F(Feedback, AConfirmationTakesBackWhatWasTolerated) {
  std::map<bool, std::size_t> raised;
  for (const bool is_confirmed : {false, true}) {
    const Victim victim(options(2), days(1));
    ASSERT_EQ(victim.run().code, 0);
    const std::string alert = first_alert(victim, "host1");
    ASSERT_EQ(control(victim, {"--false-alarm", alert}).code, 0);
    write_file(victim.folder() / "events.jsonl", days(2));
    ASSERT_EQ(victim.run().code, 0);
    const Result<Inspection> tolerated = inspect(victim.folder() / "state");
    ASSERT_TRUE(tolerated && tolerated->tolerances.contains("host1"));
    if (is_confirmed) {
      const Outcome asked = control(victim, {"--confirmed", alert});
      EXPECT_NE(asked.output.find("this is the later word"), std::string::npos) << asked.output;
    }
    const std::size_t before = read_file(victim.folder() / "alerts.jsonl").size();
    for (std::size_t day = 3; day <= last; ++day) {
      write_file(victim.folder() / "events.jsonl", days(day));
      EXPECT_TRUE(victim.run({{"RETIMU_FAIL_POINT", "commit.after:2"}}).was_killed);
      ASSERT_EQ(victim.run().code, 0);
    }
    const Result<Inspection> found = inspect(victim.folder() / "state");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->tolerances.contains("host1"), !is_confirmed);
    for (const std::string& line :
         lines_of(read_file(victim.folder() / "alerts.jsonl").substr(before))) {
      raised[is_confirmed] +=
          line.find("\"change\":\"raised\",\"entity\":\"host1\"") == std::string::npos ? 0 : 1;
    }
  }
  fmt::print("{} alerts in two days while it is tolerated, {} once it is confirmed\n",
             raised[false], raised[true]);
  EXPECT_GT(raised[true], raised[false]);
}

}  // namespace
}  // namespace retimu
