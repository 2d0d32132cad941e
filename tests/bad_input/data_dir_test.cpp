// SPDX-License-Identifier: Apache-2.0
// A data_dir that cannot be used: refused with a sentence, and nothing in it is overwritten.
#include "tests/bad_input/bad_input_case.hpp"

#include <pwd.h>
#include <sys/stat.h>

namespace retimu {
namespace {

class BadDataDir : public BadInput {
 protected:
  BadDataDir() {
    write("events.jsonl", events());
    write_pipeline();
  }
  // Every file but the lock, which names the process that tried.
  std::map<std::string, std::string> contents() const {
    auto files = read_tree(folder_ / "state");
    files.erase("lock");
    return files;
  }
  // Refused with these parts, and every byte stays.
  void expect_refused(int code, const std::vector<std::string>& parts) const {
    const auto before = contents();
    expect_told({"run", "pipeline.toml"}, code, parts);
    const auto after = contents();
    for (const auto& [name, bytes] : before) {
      EXPECT_TRUE(after.contains(name) && after.at(name) == bytes) << name << " was overwritten";
    }
    EXPECT_EQ(after.size(), before.size());
  }
  void make_store() const {
    const Outcome outcome = run({"run", "pipeline.toml"});
    ASSERT_EQ(outcome.code, told_done) << outcome.errors;
  }
};

TEST_F(BadDataDir, IsAFile) {
  write("state", "precious");
  expect_told({"run", "pipeline.toml"}, told_usage, {"state"});
  EXPECT_EQ(read_file(folder_ / "state"), "precious");
}

TEST_F(BadDataDir, LiesInAFolderThatIsMissing) {
  PipelineText text;
  text.paths = {"events.jsonl"};
  text.data_dir = "absent/state";
  write("pipeline.toml", to_toml(text));
  expect_told({"run", "pipeline.toml"}, told_usage, {"absent"});
}

// Root may write everywhere, so where this is root, the program is run by nobody, from a copy that
// nobody can reach.
TEST_F(BadDataDir, MayNotBeWritten) {
  std::filesystem::create_directory(folder_ / "state");
  ASSERT_EQ(::chmod((folder_ / "state").c_str(), 0555), 0);
  Command command{{"run", "pipeline.toml"}, folder_.path()};
  if (::geteuid() == 0) {
    const passwd* nobody = ::getpwnam("nobody");
    ASSERT_NE(nobody, nullptr);
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    std::filesystem::copy_file(program_path(), folder_ / "retimu");
    command.user = nobody->pw_uid;
    command.program = folder_ / "retimu";
  }
  const Outcome outcome = run_program(command);
  EXPECT_EQ(outcome.code, told_system) << outcome.errors;
  EXPECT_NE(outcome.errors.find("state"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("Permission denied"), std::string::npos) << outcome.errors;
  EXPECT_TRUE(read_tree(folder_ / "state").empty());
}

TEST_F(BadDataDir, HoldsAForeignDatabase) {
  std::filesystem::create_directory(folder_ / "state");
  write("state/retimu.sqlite", "SQLite format 3" + std::string(1, '\0') + std::string(4'000, 'x'));
  expect_refused(told_corrupt, {"retimu.sqlite"});
}

TEST_F(BadDataDir, HoldsSomethingElseUnderOurName) {
  std::filesystem::create_directory(folder_ / "state");
  write("state/retimu.sqlite", "a shopping list\n");
  expect_refused(told_corrupt, {"retimu.sqlite"});
}

TEST_F(BadDataDir, HasADamagedDatabase) {
  make_store();
  std::string bytes = read_file(folder_ / "state/retimu.sqlite");
  for (std::size_t i = 4'096; i < bytes.size(); i += 3) bytes[i] = 'x';
  write("state/retimu.sqlite", bytes);
  expect_refused(told_corrupt, {"retimu.sqlite"});
}

TEST_F(BadDataDir, HasADamagedHeader) {
  make_store();
  std::string bytes = read_file(folder_ / "state/retimu.sqlite");
  bytes.replace(0, 6, "sqLITE");
  write("state/retimu.sqlite", bytes);
  expect_refused(told_corrupt, {"retimu.sqlite"});
}

TEST_F(BadDataDir, HasLostItsEntities) {
  make_store();
  std::filesystem::remove(folder_ / "state/entities.sqlite");
  expect_refused(told_corrupt, {"entities.sqlite", "missing"});
}

TEST_F(BadDataDir, HasDamagedSnapshots) {
  make_store();
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "state/segments")) {
    std::string bytes = read_file(entry.path().string());
    for (std::size_t i = 64; i < bytes.size(); i += 5) bytes[i] = static_cast<char>(~bytes[i]);
    write_file(entry.path().string(), bytes);
  }
  expect_told({"run", "pipeline.toml"}, told_corrupt, {"state"});
  expect_told({"inspect", "state"}, told_corrupt, {"state"});
}

TEST_F(BadDataDir, BelongsToAnotherConfiguration) {
  make_store();
  const std::string alerts = read_file(folder_ / "alerts.jsonl");
  PipelineText text;
  text.paths = {"events.jsonl"};
  text.data_dir = "state";
  text.pipeline_keys = "seed = 5";
  write("pipeline.toml", to_toml(text));
  expect_refused(told_usage, {"state", "another configuration", "[pipeline] seed was 0 and is 5",
                              "--accept-other-pipeline"});
  // Back to the first one, nothing is lost or told again.
  write_pipeline();
  make_store();
  EXPECT_EQ(read_file(folder_ / "alerts.jsonl"), alerts);
}

// This process has it; another one is refused, but may look.
TEST_F(BadDataDir, IsInUse) {
  make_store();
  {
    StoreOptions options;
    options.data_dir = folder_ / "state";
    const auto store = open_store(options);
    ASSERT_TRUE(store) << store.error().message;
    expect_told({"run", "pipeline.toml"}, told_system, {"state", "in use by process"});
    EXPECT_EQ(run({"inspect", "state"}).code, told_done);
  }
  make_store();
}

TEST_F(BadDataDir, ToInspectHoldsNoStore) {
  expect_told({"inspect", "absent"}, told_usage, {"absent"});
  std::filesystem::create_directory(folder_ / "empty");
  expect_told({"inspect", "empty"}, told_usage, {"empty", "no store"});
  EXPECT_TRUE(read_tree(folder_ / "empty").empty());
}

}  // namespace
}  // namespace retimu
