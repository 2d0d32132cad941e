// SPDX-License-Identifier: Apache-2.0
// Law 2 of a pipeline that begins with a model: killed while it takes the model in, or later, it
// ends as one that was left alone.
#include "tests/crash/torment.hpp"

#include <sys/stat.h>
#include <unistd.h>

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
  static VictimOptions options() {
    return {"model", 2, "[alerts]\nincidents = false\n", "snapshot_interval = \"20ms\""};
  }
  Victim make_victim() const { return Victim(options(), input_); }

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
  const auto prepare = [&](const Victim& victim, bool is_given) {
    ASSERT_EQ(victim.run().code, 0);
    if (is_given) {
      const Outcome asked =
          run_program({{"control", "state", "--model", model_}, victim.folder().path()});
      ASSERT_EQ(asked.code, 0) << asked.errors;
    }
    write_file(victim.folder() / "events.jsonl", input_);
  };
  const Victim whole(options(), first), untouched(options(), first);
  prepare(untouched, false);
  ASSERT_EQ(untouched.run().code, 0);
  prepare(whole, true);
  const Outcome outcome = whole.run();
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("12 entities go on with what it learned of readings; 4 it does not "
                                "know go on as before"),
            std::string::npos)
      << outcome.errors;
  const Remains expected = whole.remains();
  EXPECT_NE(expected.digest, untouched.remains().digest);
  const std::size_t kills =
      kill_everywhere({.passings = {1, 4},
                       .options = [](int) { return options(); },
                       .input = first,
                       .prepare = [&](const Victim& victim) { prepare(victim, true); }},
                      [&](const Victim& victim) { EXPECT_EQ(victim.remains(), expected); });
  EXPECT_GE(kills, 10U);
}

// What root gives to a pipeline is the user's who runs it, though only root may read the original.
// What that user cannot read is not taken over, and the pipeline goes on.
TEST_F(ModelKill, IsOfTheUserWhoRunsThePipeline) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root leaves files in a folder of another user";
  constexpr uid_t user = 65'534, stranger = 65'533;
  const Victim victim(options(), input_.substr(0, input_.find('\n', input_.size() / 2) + 1));
  ASSERT_EQ(victim.run().code, 0);
  const std::string open_to_all = victim.folder() / "a.model";
  std::filesystem::copy_file(model_, open_to_all);
  const Command command = victim.give_to(user);
  ASSERT_EQ(::chmod(victim.folder().path().c_str(), 0777), 0);  // where its output is kept
  ASSERT_EQ(::chmod(open_to_all.c_str(), 0644), 0);
  ASSERT_EQ(::chmod(model_.c_str(), 0600), 0);
  const auto give = [&](uid_t by, const std::string& model) {
    Command asked = command;
    asked.arguments = {"control", "state", "--model", model};
    asked.user = by;
    return run_program(asked);
  };
  EXPECT_NE(give(user, model_).code, 0);
  const Outcome refused = give(stranger, open_to_all);
  EXPECT_EQ(refused.code, 4) << refused.errors;
  EXPECT_NE(refused.errors.find("Permission denied"), std::string::npos) << refused.errors;
  const std::string models = victim.folder() / "state/models";
  EXPECT_FALSE(std::filesystem::exists(models));

  const auto copy = [&] { return std::filesystem::directory_iterator(models)->path().string(); };
  for (const bool may_read : {false, true}) {
    const Outcome given = give(0, model_);
    ASSERT_EQ(given.code, 0) << given.errors;
    for (const std::string& path : {models, copy()}) {
      struct stat found {};
      ASSERT_EQ(::stat(path.c_str(), &found), 0) << path;
      EXPECT_EQ(found.st_uid, user) << path;
    }
    if (!may_read) {
      ASSERT_EQ(::chown(copy().c_str(), 0, 0), 0);
      ASSERT_EQ(::chmod(copy().c_str(), 0600), 0);
    }
    write_file(victim.folder() / "events.jsonl",
               may_read ? input_ : input_.substr(0, input_.find('\n', 3 * input_.size() / 4) + 1));
    const Outcome ran = run_program(command);
    EXPECT_EQ(ran.code, 0) << ran.errors;
    EXPECT_NE(ran.errors.find(may_read ? "12 entities go on with what it learned"
                                       : "the model is not taken over, the pipeline goes on as it "
                                         "was: "),
              std::string::npos)
        << ran.errors;
    EXPECT_TRUE(std::filesystem::is_empty(victim.folder() / "state/requests"));
  }
}

}  // namespace
}  // namespace retimu
