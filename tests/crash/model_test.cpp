// SPDX-License-Identifier: Apache-2.0
// Law 2 of a pipeline that begins with a model: killed while it takes the model in, or later, it
// ends as one that was left alone.
#include "retimu/core/fail_point.hpp"
#include "tests/crash/victim.hpp"

namespace retimu {
namespace {

class ModelKill : public ::testing::Test {
 protected:
  ModelKill() : input_(crash_input(460, 16)) {
    write_file(folder_ / "train.jsonl", to_jsonl(make_fleet({.entities = 12, .rows = 400})));
    const Outcome trained =
        run_program({{"train", "train.jsonl", "--time", "ts", "--entity", "host"}, folder_.path()});
    EXPECT_EQ(trained.code, 0) << trained.errors;
    model_ = folder_ / trained.output.substr(0, trained.output.find('\n'));
  }
  Outcome run(const Victim& victim, const std::string& model, const std::string& kill = "") const {
    Command command = victim.command();
    if (!kill.empty()) command.environment["RETIMU_FAIL_POINT"] = kill;
    if (!model.empty()) command.arguments.insert(command.arguments.end(), {"--model", model});
    return run_program(command);
  }
  Victim make_victim() const {
    return Victim({"model", 2, "[alerts]\nincidents = false\n", "snapshot_interval = \"20ms\""},
                  input_);
  }

  TemporaryFolder folder_;
  std::string input_, model_;
};

TEST_F(ModelKill, AtEveryStepOfItsStart) {
  const Victim alone = make_victim(), untrained = make_victim();
  EXPECT_EQ(run(alone, model_).code, 0);
  EXPECT_EQ(run(untrained, "").code, 0);
  const Remains expected = alone.remains();
  EXPECT_NE(expected.digest, untrained.remains().digest);
  EXPECT_GE(count_changes(expected.alerts, "raised"), 5U);
  for (const std::string place :
       {"model.before_snapshot:1", "model.before_snapshot:2", "model.before_snapshot:40",
        "model.before_done:1", "snapshot.before_segment:30", "snapshot.before_pointer:64",
        "snapshot.after_pointer:64", "commit.before:1", "commit.after:1"}) {
    SCOPED_TRACE(place);
    const Victim victim = make_victim();
    const Outcome killed = run(victim, model_, place);
    ASSERT_TRUE(killed.was_killed) << killed.errors;
    const Outcome ended = run(victim, model_);
    ASSERT_EQ(ended.code, 0) << ended.errors;
    EXPECT_TRUE(victim.remains() == expected);
  }
}

TEST_F(ModelKill, HalfOfAModelIsNotGoneOnWith) {
  const Victim victim = make_victim();
  ASSERT_TRUE(run(victim, model_, "model.before_snapshot:20").was_killed);
  const Outcome without = run(victim, "");
  EXPECT_EQ(without.code, 2);
  EXPECT_NE(without.errors.find("was about to begin with the model"), std::string::npos)
      << without.errors;
  EXPECT_EQ(run(victim, model_).code, 0);
  EXPECT_EQ(run(victim, "").code, 0);
}

// One that a pipeline is given while it runs, or between two runs.
TEST_F(ModelKill, IsTakenOverOnceHoweverOftenTheProcessIsKilled) {
  const std::string first = input_.substr(0, input_.find('\n', input_.size() / 2) + 1);
  const auto make = [&] {
    return Victim({"model", 2, "[alerts]\nincidents = false\n", "snapshot_interval = \"20ms\""},
                  first);
  };
  const auto prepare = [&](const Victim& victim, bool is_given) {
    ASSERT_EQ(victim.run().code, 0);
    if (is_given) {
      const Outcome asked =
          run_program({{"control", "state", "--model", model_}, victim.folder().path()});
      ASSERT_EQ(asked.code, 0) << asked.errors;
    }
    write_file(victim.folder() / "events.jsonl", input_);
  };
  const Victim whole = make(), untouched = make();
  prepare(untouched, false);
  ASSERT_EQ(untouched.run().code, 0);
  prepare(whole, true);
  const Outcome outcome = whole.run();
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("12 entities go on with what it learned"), std::string::npos)
      << outcome.errors;
  const Remains expected = whole.remains();
  EXPECT_NE(expected.digest, untouched.remains().digest);
  std::vector<std::string_view> places(storage_fail_points.begin(), storage_fail_points.end());
  places.push_back("request.before_done");
  std::size_t kills = 0;
  for (const std::string_view place : places) {
    for (const int passing : {1, 4}) {
      SCOPED_TRACE(fmt::format("{}:{}", place, passing));
      const Victim victim = make();
      prepare(victim, true);
      const std::string point = fmt::format("{}:{}", place, passing);
      for (int i = 0; i < 2; ++i) {
        kills += victim.run({{"RETIMU_FAIL_POINT", point}}).was_killed ? 1 : 0;
      }
      ASSERT_EQ(victim.run().code, 0);
      EXPECT_EQ(victim.remains(), expected);
    }
  }
  EXPECT_GE(kills, 10U);
}

}  // namespace
}  // namespace retimu
