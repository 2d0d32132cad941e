// SPDX-License-Identifier: Apache-2.0
// What a person asks of a pipeline acts, once, and at the same place however often the process is
// killed.
#include "retimu/core/random.hpp"
#include "tests/crash/torment.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace retimu {
namespace {

VictimOptions options() {
  return {"control",
          2,
          "[detectors]\nuse = [\"gap_novelty\"]\n",
          "snapshot_interval = \"20ms\"",
          {"events.jsonl"}};
}

// A pump, a minute a row, with a spike in the middle.
std::string rows(std::size_t from, std::size_t to, std::uint64_t seed) {
  Random random(seed);
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    const double pressure = i == (from + to) / 2 ? 40 : 10 + random.uniform() + random.uniform();
    text += fmt::format("{{\"ts\":{},\"host\":\"pump\",\"pressure\":{:.3f}}}\n",
                        1'700'000'000 + 60 * i, pressure);
  }
  return text;
}

class Control : public ::testing::Test {
 protected:
  Control() : day_(rows(0, 2'000, 1)), next_day_(rows(2'000, 4'000, 2)) {}

  // The alert of the spike, the only one that is raised on the first day.
  static std::string alert_of(const Victim& victim) {
    const std::string alerts = read_file(victim.folder() / "alerts.jsonl");
    EXPECT_EQ(count_changes(alerts, "raised"), 1U);
    return alerts.substr(7, 32);
  }
  static Outcome control(const Victim& victim, const std::string& alert) {
    return run_program({{"control", "state", "--confirmed", alert}, victim.folder().path(), {}});
  }
  // The first day is read, its alert confirmed, and the next day is there to be read.
  void prepare(const Victim& victim, bool is_confirmed) const {
    ASSERT_EQ(victim.run().code, 0);
    if (is_confirmed) {
      const Outcome asked = control(victim, alert_of(victim));
      ASSERT_EQ(asked.code, 0) << asked.errors;
      EXPECT_NE(asked.output.find("pump from 2023-11-1"), std::string::npos) << asked.output;
    }
    write_file(victim.folder() / "events.jsonl", day_ + next_day_);
  }
  static std::size_t waiting(const Victim& victim) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(victim.folder() / "state/requests"), {}));
  }

  std::string day_, next_day_;
};

TEST_F(Control, AConfirmedFaultIsToldAgain) {
  for (const bool is_confirmed : {false, true}) {
    const Victim victim(options(), day_);
    prepare(victim, is_confirmed);
    ASSERT_EQ(victim.run().code, 0);
    const std::string alerts = read_file(victim.folder() / "alerts.jsonl");
    EXPECT_EQ(count_changes(alerts, "raised"), is_confirmed ? 2U : 1U);
    if (!is_confirmed) continue;
    EXPECT_EQ(waiting(victim), 0U);
  }
}

TEST_F(Control, ActsOnceHoweverOftenTheProcessIsKilled) {
  const Victim whole(options(), day_);
  prepare(whole, true);
  ASSERT_EQ(whole.run().code, 0);
  const Remains expected = whole.remains();
  const std::size_t kills =
      kill_everywhere({.passings = {1, 4},
                       .options = [](int) { return options(); },
                       .input = day_,
                       .prepare = [&](const Victim& victim) { prepare(victim, true); }},
                      [&](const Victim& victim) {
                        EXPECT_EQ(victim.remains(), expected);
                        EXPECT_EQ(waiting(victim), 0U);
                      });
  EXPECT_GE(kills, 10U);
}

// All that can be asked, at once.
class EveryControl : public Control {
 protected:
  static void ask(const Victim& victim, std::vector<std::string> what) {
    what.insert(what.begin(), {"control", "state"});
    const Outcome asked = run_program({what, victim.folder().path(), {}});
    ASSERT_EQ(asked.code, 0) << asked.errors;
  }
  void prepare(const Victim& victim) const {
    ASSERT_EQ(victim.run().code, 0);
    const std::string alert = alert_of(victim);
    ask(victim, {"--confirmed", alert});
    ask(victim, {"--pause"});
    ask(victim, {"--maintenance", "pu*", "--for", "90m", "--reason", "seal", "--no-learn"});
    ask(victim, {"--false-alarm", alert});
    ask(victim, {"--maintenance", "pump", "--for", "2d", "--reason", "seal"});
    ask(victim, {"--reload"});
    ask(victim, {"--end-maintenance", "pump"});
    ask(victim, {"--resume"});
    write_file(victim.folder() / "events.jsonl", day_ + next_day_);
  }
  static std::string list(const Victim& victim) {
    return run_program({{"control", "state", "--list"}, victim.folder().path(), {}}).output;
  }
};

TEST_F(EveryControl, ActsOnceHoweverOftenTheProcessIsKilled) {
  const Victim whole(options(), day_);
  prepare(whole);
  const Outcome outcome = whole.run();
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("reloaded, asked by"), std::string::npos) << outcome.errors;
  const Remains expected = whole.remains();
  const std::string applied = list(whole);
  EXPECT_EQ(lines_of(applied).size(), 8U) << applied;
  EXPECT_EQ(applied.find("waits"), std::string::npos) << applied;
  const auto options_of = [](int passing) {
    VictimOptions changed = options();
    changed.shards = passing == 1 ? 1 : 8;
    return changed;
  };
  const std::size_t kills =
      kill_everywhere({.passings = {1, 3},
                       .options = options_of,
                       .input = day_,
                       .prepare = [&](const Victim& victim) { prepare(victim); }},
                      [&](const Victim& victim) {
                        EXPECT_EQ(victim.remains(), expected);
                        EXPECT_EQ(waiting(victim), 0U);
                        EXPECT_EQ(lines_of(list(victim)).size(), 8U);
                      });
  EXPECT_GE(kills, 10U);
}

// A pipeline that is paused stays so, and loses nothing.
TEST_F(EveryControl, APauseLastsThroughRestarts) {
  const Victim victim(options(), day_), other(options(), day_);
  ASSERT_EQ(victim.run().code, 0);
  ask(victim, {"--pause"});
  write_file(victim.folder() / "events.jsonl", day_ + next_day_);
  for (int i = 0; i < 2; ++i) {
    Process process(victim.command());
    ASSERT_FALSE(process.ends_within(std::chrono::milliseconds(1'500)));
    process.signal(i == 0 ? SIGKILL : SIGTERM);
    const Outcome outcome = process.wait();
    EXPECT_NE(outcome.errors.find("paused: nothing is read"), std::string::npos) << outcome.errors;
    if (i == 1) {
      EXPECT_NE(outcome.output.find("\"paused\":true"), std::string::npos) << outcome.output;
    }
  }
  EXPECT_EQ(victim.remains().records, 2'000U);
  ask(victim, {"--resume"});
  ASSERT_EQ(victim.run().code, 0);
  ASSERT_EQ(other.run().code, 0);
  write_file(other.folder() / "events.jsonl", day_ + next_day_);
  ASSERT_EQ(other.run().code, 0);
  EXPECT_EQ(victim.remains(), other.remains());
}

TEST_F(Control, WhatMakesNoSenseIsRefused) {
  const Victim victim(options(), day_);
  ASSERT_EQ(victim.run().code, 0);
  const auto refused = [&](std::vector<std::string> what, std::string_view why) {
    what.insert(what.begin(), {"control", "state"});
    const Outcome outcome = run_program({what, victim.folder().path(), {}});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.errors.find(why), std::string::npos) << outcome.errors;
  };
  refused({"--false-alarm", std::string(32, '0')}, "knows no alert 00000000");
  refused({"--forget-false-alarm", "pupm"}, "did you mean \"pump\"?");
  refused({"--maintenance", "pump", "--for", "2h"}, "--reason");
  refused({"--maintenance", "pump", "--reason", "seal"}, "--for 2h");
  refused({"--maintenance", "pump"}, "--to TIME; and say why by --reason");
  refused({"--maintenance", "pump", "--for", "long", "--reason", "seal"}, "is no duration");
  refused({"--pause", "--resume"}, "");
  refused({}, "");
  const Outcome past = run_program({{"control", "state", "--maintenance", "valve", "--to",
                                     "2020-01-01T00:00:00Z", "--reason", "seal"},
                                    victim.folder().path(),
                                    {}});
  EXPECT_EQ(past.code, 0);
  EXPECT_NE(past.errors.find("that is over"), std::string::npos) << past.errors;
  EXPECT_NE(past.errors.find("\"valve\" fits no entity; it is accepted"), std::string::npos)
      << past.errors;
}

TEST_F(Control, WhatIsNoAlertIsRefused) {
  const Victim victim(options(), day_);
  ASSERT_EQ(victim.run().code, 0);
  const Outcome unknown = control(victim, std::string(32, '0'));
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.errors.find("knows no alert 00000000"), std::string::npos) << unknown.errors;
  const Outcome foreign = control(victim, "pump");
  EXPECT_EQ(foreign.code, 2);
  EXPECT_NE(foreign.errors.find("32 hexadecimal digits"), std::string::npos) << foreign.errors;
}

// One that cannot be removed acts once, and ends no pipeline.
TEST_F(Control, ARequestThatStaysActsOnce) {
  const Victim victim(options(), day_);
  ASSERT_EQ(victim.run().code, 0);
  const Outcome asked = run_program(
      {{"control", "state", "--maintenance", "valve", "--for", "1h", "--reason", "seal"},
       victim.folder().path(),
       {}});
  ASSERT_EQ(asked.code, 0) << asked.errors;
  Command command = victim.command();
  if (::geteuid() == 0) command = victim.give_to(65'534);  // root may remove everything
  ASSERT_EQ(::chmod((victim.folder() / "state/requests").c_str(), 0555), 0);
  std::string rows_so_far = day_ + next_day_;
  for (std::uint64_t i = 0; i < 3; ++i) {
    write_file(victim.folder() / "events.jsonl", rows_so_far);
    rows_so_far += rows(4'000 + 100 * i, 4'100 + 100 * i, 3 + i);
    const Outcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_NE(outcome.errors.find("cannot remove"), std::string::npos) << outcome.errors;
  }
  EXPECT_EQ(waiting(victim), 1U);
  const std::string listed =
      run_program({{"control", "state", "--list"}, victim.folder().path(), {}}).output;
  EXPECT_EQ(listed.find("applied"), listed.rfind("applied")) << listed;
  EXPECT_NE(listed.find("applied"), std::string::npos) << listed;
  ASSERT_EQ(::chmod((victim.folder() / "state/requests").c_str(), 0755), 0);
}

// The pipeline goes on without it, and says so.
TEST_F(Control, ADamagedRequestIsPutAside) {
  const Victim victim(options(), day_);
  prepare(victim, true);
  const std::string name = "state/requests/0-0.maintenance";
  write_file(victim.folder() / name, "torn");
  const Outcome outcome = victim.run();
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.errors.find("is no request"), std::string::npos) << outcome.errors;
  EXPECT_TRUE(std::filesystem::exists(victim.folder() / (name + ".refused")));
}

}  // namespace
}  // namespace retimu
