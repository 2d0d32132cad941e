// SPDX-License-Identifier: Apache-2.0
// Evicted entities around snapshots, crashes and damaged snapshots. A closed store rolls back what
// no snapshot took, just as a killed process does.
#include "retimu/core/random.hpp"
#include "retimu/storage/database_file.hpp"
#include "retimu/storage/segment.hpp"
#include "retimu/storage/sqlite_store.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <map>

namespace retimu {
namespace {

constexpr GroupId group{1};
using Kept = std::map<std::string, std::string>;  // state by entity

class Evicting : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen(bool read_only = false) {
    store_.reset();
    StoreOptions options;
    options.data_dir = folder_ / "state";
    options.read_only = read_only;
    Result<std::unique_ptr<SqliteStore>> opened = open_store(options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  // What a restart does; gives the sequence from which events come again.
  std::uint64_t restart(GroupId of = group) {
    reopen();
    return restore(of);
  }
  std::uint64_t restore(GroupId of) {
    const auto stored = store_->restore(of);
    EXPECT_TRUE(stored);
    return *stored ? (*stored)->sequence : 0;
  }
  void put(std::string_view name, std::uint64_t sequence, std::string_view state,
           GroupId of = group) {
    ASSERT_TRUE(store_->entities().put(of, name, sequence, to_bytes(state)));
  }
  std::optional<std::string> get(std::string_view name, std::uint64_t sequence,
                                 GroupId of = group) {
    const auto state = store_->entities().get(of, name, sequence);
    EXPECT_TRUE(state);
    return *state ? std::optional(to_string(**state)) : std::nullopt;
  }
  void snapshot(std::uint64_t sequence, GroupId of = group) {
    const Result<void> done = store_->snapshot(of, sequence, {}, {});
    ASSERT_TRUE(done) << done.error().message;
  }
  Kept kept(GroupId of = group) {
    Kept all;
    std::string last;
    const Result<void> done = store_->entities().each(of, [&](std::string_view name, Bytes state) {
      EXPECT_TRUE(all.empty() || last < name);
      last = name;
      all[last] = to_string(state);
      return Result<void>();
    });
    EXPECT_TRUE(done);
    return all;
  }
  // Of the file, versions and marks included; closes the store.
  std::int64_t rows() {
    store_.reset();
    Result<Database> file =
        Database::open(folder_ / "state/entities.sqlite", Database::Mode::read_closed);
    EXPECT_TRUE(file);
    return *file->number("SELECT count(*) FROM entities");
  }
  // Flips a bit in the group's newest snapshot; closes the store.
  void damage_newest(GroupId of = group) {
    store_.reset();
    Result<Database> file =
        Database::open(folder_ / "state/retimu.sqlite", Database::Mode::read_closed);
    ASSERT_TRUE(file);
    const auto value = [&](std::string_view column) {
      return *file->number(
          fmt::format("SELECT {} FROM snapshots WHERE group_id = {} ORDER BY sequence DESC", column,
                      static_cast<unsigned>(of)));
    };
    const std::string path =
        folder_ / ("state/segments/" + segment_name(static_cast<std::uint64_t>(value("segment"))));
    std::string bytes = read_file(path);
    char& last = bytes.at(static_cast<std::size_t>(value("offset + length - 1")));
    last = static_cast<char>(last ^ 1);
    write_file(path, bytes);
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Evicting, ComesBackAsItWentAndOnlyOnce) {
  const std::string binary("\0\xFF state", 8);
  const std::string name("ho\0st\xFF", 6);
  put(name, 10, binary);
  put("empty", 10, "");
  EXPECT_EQ(get(name, 20), binary);
  EXPECT_EQ(get(name, 21), std::nullopt);
  EXPECT_EQ(get("empty", 21), "");
  EXPECT_EQ(get("unknown", 22), std::nullopt);
  put(name, 30, "later");
  EXPECT_EQ(get(name, 40), "later");
}

TEST_F(Evicting, GroupsAreApart) {
  put("host", 10, "one", GroupId{1});
  put("host", 11, "two", GroupId{2});
  EXPECT_EQ(get("host", 12, GroupId{1}), "one");
  EXPECT_EQ(get("host", 13, GroupId{1}), std::nullopt);
  EXPECT_EQ(get("host", 14, GroupId{2}), "two");
}

TEST_F(Evicting, ListsThemInOrder) {
  put("b", 1, "2");
  put("a", 2, "1");
  put("c", 3, "3");
  EXPECT_EQ(get("b", 4), "2");
  EXPECT_EQ(kept(), (Kept{{"a", "1"}, {"c", "3"}}));
  EXPECT_EQ(store_->summary()->evicted, 2U);
  int calls = 0;
  const Result<void> done = store_->entities().each(group, [&](std::string_view, Bytes) {
    ++calls;
    return Result<void>(failure(Fault::internal, "enough"));
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TEST_F(Evicting, ACrashBeforeTheSnapshotUndoesIt) {
  put("host", 10, "first");
  EXPECT_EQ(restart(), 0U);
  EXPECT_EQ(get("host", 3), std::nullopt);
  put("host", 10, "first");
  snapshot(11);
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(kept(), (Kept{{"host", "first"}}));
  // Taken back, and evicted again, both after the snapshot.
  EXPECT_EQ(get("host", 12), "first");
  put("host", 15, "second");
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(get("host", 12), "first");
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(get("host", 12), "first");
}

// The snapshot's sequence is the first event that it does not hold.
TEST_F(Evicting, TheEventAtTheSnapshotsSequenceIsNotInIt) {
  put("before", 10, "x");
  put("at", 11, "y");
  snapshot(11);
  snapshot(11, GroupId{2});
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(kept(), (Kept{{"before", "x"}}));
}

TEST_F(Evicting, ASnapshotOfAnotherGroupDoesNotMakeItStay) {
  put("host", 10, "first");
  snapshot(11);
  EXPECT_EQ(get("host", 20), "first");
  put("host", 25, "second");
  put("new", 26, "third");
  snapshot(30, GroupId{2});  // commits the rows of group 1, too
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(kept(), (Kept{{"host", "first"}}));
}

TEST_F(Evicting, TakenBackInASnapshotItIsGoneAfterARestart) {
  put("host", 10, "first");
  snapshot(11);
  EXPECT_EQ(get("host", 20), "first");
  snapshot(21);
  EXPECT_EQ(restart(), 21U);
  EXPECT_EQ(kept(), Kept{});
}

TEST_F(Evicting, ADamagedSnapshotBringsBackWhatTheOneBeforeNeeds) {
  put("host", 10, "first");
  put("other", 10, "stays");
  snapshot(11);
  EXPECT_EQ(get("host", 20), "first");
  snapshot(21);
  put("host", 25, "second");
  snapshot(31);
  EXPECT_EQ(kept(), (Kept{{"host", "second"}, {"other", "stays"}}));
  snapshot(40, GroupId{2});  // commits what the last one removed
  damage_newest();
  EXPECT_EQ(restart(), 21U);
  EXPECT_EQ(kept(), (Kept{{"other", "stays"}}));
  put("host", 25, "second");
  snapshot(31);
  EXPECT_EQ(restart(), 31U);
  EXPECT_EQ(kept(), (Kept{{"host", "second"}, {"other", "stays"}}));
}

TEST_F(Evicting, WhatNoSnapshotNeedsIsRemoved) {
  std::uint64_t sequence = 1;
  for (int i = 0; i < 50; ++i) {
    for (const char* name : {"a", "b", "c"}) put(name, sequence++, "state");
    snapshot(sequence);
    for (const char* name : {"a", "b", "c"}) EXPECT_EQ(get(name, sequence++), "state");
  }
  put("d", sequence++, "state");
  snapshot(sequence);
  snapshot(sequence + 1);
  snapshot(sequence + 2, GroupId{2});  // commits what the one before removed
  EXPECT_EQ(rows(), 1);
}

// No file may grow beyond some bytes meanwhile, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    RETIMU_ASSERT(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{bytes, before_.rlim_max};
    RETIMU_ASSERT(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    RETIMU_ASSERT(::setrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

// What the engine gave away may be gone, so nothing may be taken for unknown after that.
TEST_F(Evicting, GivesTheDiskBackWhatItNeedsNoMore) {
  constexpr std::uint64_t entities = 2'500;
  const std::string path = folder_ / "state/entities.sqlite", state(16 * 1024, 'x');
  const auto bytes = [&] { return std::filesystem::file_size(path); };
  for (std::uint64_t i = 0; i < entities; ++i) put(fmt::format("h{}", i), 1 + i, state);
  snapshot(10'000);
  reopen();
  (void)restore(group);
  const auto full = bytes();
  EXPECT_GT(full, entities * state.size());
  for (std::uint64_t i = 0; i < entities; ++i) (void)get(fmt::format("h{}", i), 10'001 + i);
  for (std::uint64_t sequence = 20'000; sequence < 20'040; ++sequence) snapshot(sequence);
  reopen();
  EXPECT_LT(bytes(), full / 2);
}

TEST_F(Evicting, AfterAnErrorEveryCallFailsUntilTheNextStart) {
  put("kept", 10, "x");
  snapshot(11);
  put("large", 12, std::string(200'000, 'y'));
  {
    const FileSizeLimit limit(100'000);
    const Result<void> done = store_->snapshot(group, 13, {}, {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().fault, Fault::system) << done.error().message;
  }
  EXPECT_FALSE(store_->entities().get(group, "large", 14));
  EXPECT_FALSE(store_->entities().put(group, "small", 15, {}));
  EXPECT_FALSE(store_->snapshot(group, 16, {}, {}));
  EXPECT_FALSE(store_->snapshot(GroupId{2}, 16, {}, {}));
  const std::vector<Alert> alerts = {numbered_alert(1)};
  EXPECT_TRUE(store_->commit({alerts, {}, {}})) << "alerts do not depend on it";
  EXPECT_EQ(restart(), 11U);
  EXPECT_EQ(kept(), (Kept{{"kept", "x"}}));
}

TEST_F(Evicting, ReadOnlyShowsTheNewestSnapshotAndTakesNothing) {
  put("in", 10, "x");
  snapshot(11);
  put("after", 12, "y");
  EXPECT_EQ(get("in", 13), "x");
  snapshot(20, GroupId{2});
  reopen(true);
  EXPECT_EQ(store_->summary()->evicted, 1U);
  EXPECT_EQ(kept(), (Kept{{"in", "x"}}));
  EXPECT_EQ(get("in", 14), "x");
  EXPECT_EQ(get("in", 15), "x");
}

// Everything at random against a model: evictions, returns, snapshots, crashes, damaged snapshots.
class RandomEvicting : public Evicting, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  static constexpr std::size_t groups = 3, names = 6;
  struct Snapshot {
    std::uint64_t sequence = 0;
    Kept kept;
  };
  struct Model {
    std::uint64_t sequence = 0;  // of the next event
    Kept kept;
    std::vector<Snapshot> snapshots;
    int pointers = 0;  // how many of them the store has
    void go_back() {
      const Snapshot last = snapshots.empty() ? Snapshot() : snapshots.back();
      sequence = last.sequence;
      kept = last.kept;
    }
  };

  void event(std::size_t index) {
    Model& model = models_[index];
    const auto of = static_cast<GroupId>(index);
    const std::string name = fmt::format("host{}", random_.below(names));
    const auto known = model.kept.find(name);
    if (known != model.kept.end()) {
      ASSERT_EQ(get(name, model.sequence, of), known->second);
      model.kept.erase(known);
    } else {
      ASSERT_EQ(get(name, model.sequence, of), std::nullopt);
      const std::string state = fmt::format("state {}", random_.next());
      put(name, model.sequence, state, of);
      model.kept[name] = state;
    }
    ++model.sequence;
  }
  void take_snapshot(std::size_t index) {
    Model& model = models_[index];
    if (!model.snapshots.empty() && model.snapshots.back().sequence == model.sequence) return;
    snapshot(model.sequence, static_cast<GroupId>(index));
    model.snapshots.push_back({model.sequence, model.kept});
    model.pointers = std::min(2, model.pointers + 1);
  }
  void crash(std::optional<std::size_t> damaged) {
    if (damaged && models_[*damaged].pointers == 2) {
      damage_newest(static_cast<GroupId>(*damaged));
      models_[*damaged].snapshots.pop_back();
      models_[*damaged].pointers = 1;
    }
    for (Model& model : models_) model.go_back();
    reopen(true);
    for (std::size_t i = 0; i < groups; ++i) (void)restore(static_cast<GroupId>(i));
    compare();
    reopen();
    for (std::size_t i = 0; i < groups; ++i) {
      ASSERT_EQ(restore(static_cast<GroupId>(i)), models_[i].sequence);
    }
  }
  void compare() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < groups; ++i) {
      ASSERT_EQ(kept(static_cast<GroupId>(i)), models_[i].kept) << "group " << i;
      count += models_[i].kept.size();
    }
    ASSERT_EQ(store_->summary()->evicted, count);
  }

  Random random_{GetParam()};
  std::array<Model, groups> models_;
};

TEST_P(RandomEvicting, EqualsItsModel) {
  for (int step = 0; step < 300 && !HasFatalFailure(); ++step) {
    const std::uint64_t dice = random_.below(100);
    const std::size_t index = random_.below(groups);
    if (dice < 80) {
      event(index);
    } else if (dice < 94) {
      take_snapshot(index);
    } else {
      crash(dice >= 97 ? std::optional(index) : std::nullopt);
    }
    if (step % 10 == 0) compare();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomEvicting, ::testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace retimu
