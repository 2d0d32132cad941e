// SPDX-License-Identifier: Apache-2.0
// Law 2 of a pipeline that begins with a model: killed while it takes the model in, or later, it
// ends as one that was left alone.
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

}  // namespace
}  // namespace retimu
