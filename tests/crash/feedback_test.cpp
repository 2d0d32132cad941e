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
  // Alerts are those that are told after the first day.
  static Told run(bool is_false, std::size_t shards, bool is_killed, bool is_taken_back = false) {
    const Victim victim(options(shards), days(1));
    EXPECT_EQ(victim.run().code, 0);
    const std::size_t before = read_file(victim.folder() / "alerts.jsonl").size();
    if (is_false) {
      const Outcome asked = control(victim, {"--false-alarm", first_alert(victim, "host1")});
      EXPECT_EQ(asked.code, 0) << asked.errors;
      EXPECT_NE(asked.output.find("load"), std::string::npos) << asked.output;
    }
    if (is_taken_back) {
      EXPECT_EQ(control(victim, {"--forget-false-alarm", "host1"}).code, 0);
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
      for (std::size_t host = 1; host <= hosts; ++host) {
        const std::string name = fmt::format("host{}", host);
        if (line.find("\"change\":\"raised\",\"entity\":\"" + name + "\"") == std::string::npos) {
          continue;
        }
        ++told.raised[name];
      }
    }
    const Result<Inspection> found = inspect(victim.folder() / "state");
    EXPECT_TRUE(found);
    for (const EntityReport& entity : found->entities) {
      told.digests[entity.name] = fmt::format("{} {:016x}", entity.events, entity.digest);
    }
    return told;
  }
};

TEST_F(Feedback, AFalseAlarmIsToldLessOfThatEntityAndNothingElseChanges) {
  const Told before = run(false, 1, false), after = run(true, 1, false);
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
  const Told expected = run(true, 1, false);
  for (const std::size_t shards : {2U, 8U}) {
    const Told found = run(true, shards, true);
    EXPECT_EQ(found.digests, expected.digests);
    EXPECT_EQ(found.raised, expected.raised);
    EXPECT_EQ(found.kills, last);
  }
}

TEST_F(Feedback, WhatIsTakenBackChangesNothing) {
  EXPECT_EQ(run(true, 2, false, true).raised, run(false, 2, false).raised);
}

}  // namespace
}  // namespace retimu
