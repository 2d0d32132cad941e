// SPDX-License-Identifier: Apache-2.0
// A process that writes a store is killed at every fail point, and its disk becomes full at every
// call that needs space. Each time: what was acknowledged is there, all of the store is as of one
// moment, and a second run ends as an undisturbed one.
#include "retimu/core/fail_point.hpp"
#include "retimu/storage/sqlite_store.hpp"
#include "retimu/storage/storage_test_tools.hpp"
#include "tests/faults/script.hpp"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fcntl.h>
#include <sstream>

namespace retimu::script {
namespace {

struct Ended {
  int exit = -1;  // its status, or -1
  int signal = 0;
  std::string out, error;
};

using Environment = std::vector<std::string>;  // "NAME=value", besides this process's own

class Faults : public ::testing::Test {
 protected:
  Ended run(Environment environment = {}) {
    environment.emplace_back("ASAN_OPTIONS=verify_asan_link_order=0");
    for (char** known = environ; *known != nullptr; ++known) {
      if (!std::string_view(*known).starts_with("ASAN_OPTIONS=")) environment.emplace_back(*known);
    }
    std::vector<char*> variables;
    for (std::string& variable : environment) variables.push_back(variable.data());
    variables.push_back(nullptr);
    std::string program = RETIMU_STORE_WRITER, folder = state_, count = std::to_string(events_);
    char* words[] = {program.data(), folder.data(), count.data(), nullptr};
    const std::string out = folder_ / "out", error = folder_ / "error";
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), flags, 0644);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, error.c_str(), flags, 0644);
    pid_t process = 0;
    EXPECT_EQ(::posix_spawn(&process, words[0], &files, nullptr, words, variables.data()), 0);
    posix_spawn_file_actions_destroy(&files);
    int status = 0;
    EXPECT_EQ(::waitpid(process, &status, 0), process);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0, read_file(out), read_file(error)};
  }

  void begin_anew() {
    std::filesystem::remove_all(state_);
    acknowledged_ = {};
  }

  // Remembers what the process said it had done.
  void note(const Ended& ended) {
    std::istringstream lines(ended.out);
    for (std::string word; lines >> word;) {
      std::uint64_t first = 0;
      lines >> first;
      if (word == "commit") acknowledged_.commit = std::max(acknowledged_.commit, first);
      if (word == "cursor") acknowledged_.cursor = first;
      if (word == "snapshot") lines >> acknowledged_.snapshots.at(first);
    }
  }

  void expect_consistent();
  void expect_group(SqliteStore& store, std::size_t index);
  // Runs on undisturbed and expects what simulate() says.
  void expect_right_end() {
    const Ended ended = run();
    ASSERT_EQ(ended.exit, 0) << ended.error;
    note(ended);
    ASSERT_EQ(acknowledged_.commit, events_);
    for (const std::uint64_t sequence : acknowledged_.snapshots) ASSERT_EQ(sequence, events_);
    expect_consistent();
  }

  struct Acknowledged {
    std::uint64_t commit = 0, cursor = 0;
    std::array<std::uint64_t, groups> snapshots{};
  };
  TemporaryFolder folder_;
  std::string state_ = folder_ / "state";
  std::uint64_t events_ = 150;
  Acknowledged acknowledged_;
};

std::unique_ptr<SqliteStore> open_again(const std::string& folder) {
  StoreOptions options;
  options.data_dir = folder;
  options.sinks = {{sink, "everything"}};  // the second one has no cursor yet
  Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

// States in memory and evicted ones are together those of the events below the snapshot.
void Faults::expect_group(SqliteStore& store, std::size_t index) {
  const auto id = static_cast<GroupId>(index);
  const auto stored = store.restore(id);
  ASSERT_TRUE(stored) << stored.error().message;
  const std::uint64_t sequence = *stored ? (*stored)->sequence : 0;
  ASSERT_GE(sequence, acknowledged_.snapshots[index]);
  States states = *stored ? load_states((*stored)->state) : States();
  const Result<void> listed = store.entities().each(id, [&](std::string_view name, Bytes state) {
    EXPECT_TRUE(states.emplace(name, load(state)).second) << name << " is in memory and evicted";
    return Result<void>();
  });
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(states, simulate(sequence).states[index]) << "group " << index;
}

void Faults::expect_consistent() {
  const std::unique_ptr<SqliteStore> store = open_again(state_);
  ASSERT_TRUE(store);
  for (std::size_t i = 0; i < groups; ++i) expect_group(*store, i);

  const auto teller = store->teller();
  ASSERT_TRUE(teller);
  std::uint64_t told = 0;
  if (!teller->empty()) std::memcpy(&told, teller->data(), sizeof told);
  // A commit that was not acknowledged may be there, whole.
  ASSERT_GE(told, acknowledged_.commit);
  ASSERT_LE(told, acknowledged_.commit + events_a_commit);
  const std::vector<std::string> expected = simulate(told).alerts;
  const Result<StoreSummary> summary = store->summary();
  ASSERT_TRUE(summary);
  ASSERT_EQ(summary->alerts, expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(store->delivered("everything", static_cast<std::int64_t>(i)));
    const auto row = store->outbox("everything", 1);
    ASSERT_TRUE(row && row->size() == 1);
    ASSERT_EQ(row->front().alert, expected[i]);
  }
  const auto waiting = store->outbox(sink, 1'000);
  ASSERT_TRUE(waiting);
  ASSERT_LE(waiting->size(), expected.size() - acknowledged_.cursor);

  const auto controls = store->controls(0);
  ASSERT_TRUE(controls);
  std::size_t count = 0;
  for (std::uint64_t sequence = 0; sequence < told; ++sequence) {
    if (!has_control(sequence)) continue;
    ASSERT_LT(count, controls->size());
    ASSERT_EQ((*controls)[count].sequence, sequence);
    ASSERT_EQ((*controls)[count].body, control_of(sequence).body);
    ++count;
  }
  ASSERT_EQ(controls->size(), count);
}

TEST_F(Faults, AnUndisturbedRunPassesEveryFailPoint) {
  ASSERT_GE(simulate(events_).alerts.size(), 40U);
  const std::string file = folder_ / "counts";
  const Ended ended = run({"RETIMU_FAIL_POINT_COUNT=" + file});
  ASSERT_EQ(ended.exit, 0) << ended.error;
  note(ended);
  expect_consistent();
  const std::string counts = read_file(file);
  std::fputs(counts.c_str(), stdout);
  for (const std::string_view name : storage_fail_points) {
    EXPECT_NE(counts.find(std::string(name) + " "), std::string::npos) << name;
  }
  expect_right_end();
}

class KilledAt : public Faults, public ::testing::WithParamInterface<std::string_view> {};

// At its 1st, 2nd, 3rd, 5th, 8th … passing, until the run comes to its end.
TEST_P(KilledAt, LosesNothing) {
  int kills = 0;
  std::uint64_t before = 1;
  for (std::uint64_t passing = 1; !HasFatalFailure();) {
    begin_anew();
    const Ended ended = run({fmt::format("RETIMU_FAIL_POINT={}:{}", GetParam(), passing)});
    if (ended.exit == 0) break;
    ASSERT_EQ(ended.signal, SIGKILL) << ended.error;
    ++kills;
    note(ended);
    expect_consistent();
    expect_right_end();
    before = std::exchange(passing, passing + before);
  }
  EXPECT_GE(kills, 4);
}

// Again and again in one store: each run replays what the one before did since its snapshots.
TEST_P(KilledAt, EveryRunOfOneStore) {
  for (int runs = 0; runs < 4; ++runs) {
    const Ended ended = run({fmt::format("RETIMU_FAIL_POINT={}:{}", GetParam(), 2 * runs + 1)});
    note(ended);
    if (ended.exit == 0) break;
    ASSERT_EQ(ended.signal, SIGKILL) << ended.error;
    expect_consistent();
  }
  expect_right_end();
}

INSTANTIATE_TEST_SUITE_P(FailPoints, KilledAt, ::testing::ValuesIn(storage_fail_points),
                         [](const auto& point) {
                           std::string name(point.param);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

class FullDisk : public Faults, public ::testing::WithParamInterface<bool> {
 protected:
  Environment full_at(std::uint64_t call, bool once) const {
    Environment environment = {
        "LD_PRELOAD=" RETIMU_FULL_DISK, "RETIMU_FULL_DISK_DIR=" + folder_.path() + "/disk",
        "RETIMU_FULL_DISK_COUNT=" + folder_ / "calls", fmt::format("RETIMU_FULL_DISK_AT={}", call)};
    if (once) environment.emplace_back("RETIMU_FULL_DISK_ONCE=1");
    return environment;
  }
  std::uint64_t calls() const { return std::stoull(read_file(folder_ / "calls")); }
};

// At call 1, 2, 3 … that needs space, until there are fewer.
TEST_P(FullDisk, LosesNothing) {
  std::filesystem::create_directory(folder_ / "disk");
  state_ = folder_ / "disk/state";
  events_ = 70;
  std::uint64_t call = 1, errors = 0;
  for (; !HasFatalFailure(); ++call) {
    begin_anew();
    const Ended ended = run(full_at(call, GetParam()));
    ASSERT_EQ(ended.signal, 0) << "call " << call << ": " << ended.error;
    if (calls() < call) break;
    note(ended);
    if (ended.exit != 0) {
      ++errors;
      ASSERT_EQ(ended.exit, 3) << ended.error;
      const bool is_clear = ended.error.find("state") != std::string::npos &&
                            (ended.error.find("No space left") != std::string::npos ||
                             ended.error.find("full") != std::string::npos);
      ASSERT_TRUE(is_clear) << "call " << call << ": " << ended.error;
    }
    SCOPED_TRACE(fmt::format("the disk was full at call {}: {}", call, ended.error));
    if (std::filesystem::exists(state_)) expect_consistent();
    expect_right_end();
  }
  std::printf("%lu calls that need space, %lu of them told as errors\n", call - 1, errors);
  EXPECT_GE(errors, 50U);
}

INSTANTIATE_TEST_SUITE_P(FullDisk, FullDisk, ::testing::Bool(), [](const auto& once) {
  return std::string(once.param ? "once" : "from_then_on");
});

}  // namespace
}  // namespace retimu::script
