// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/segment.hpp"
#include "retimu/storage/sqlite_store.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace retimu {
namespace {

constexpr GroupId group{5};

class Snapshotting : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    store_.reset();
    Result<std::unique_ptr<SqliteStore>> opened = open_store(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  void snapshot(std::uint64_t sequence, GroupId of = group) {
    const std::string text = fmt::format("{} {}", static_cast<unsigned>(of), sequence);
    const Result<void> done =
        store_->snapshot(of, sequence, to_bytes("at " + text), to_bytes("state " + text));
    ASSERT_TRUE(done) << done.error().message;
  }
  void expect_restored(std::uint64_t sequence, bool has_note, GroupId of = group) {
    const auto stored = store_->restore(of);
    ASSERT_TRUE(stored) << stored.error().message;
    ASSERT_TRUE(*stored);
    const std::string text = fmt::format("{} {}", static_cast<unsigned>(of), sequence);
    EXPECT_EQ((*stored)->sequence, sequence);
    EXPECT_EQ(to_string((*stored)->admission), "at " + text);
    EXPECT_EQ(to_string((*stored)->state), "state " + text);
    EXPECT_EQ(!(*stored)->note.empty(), has_note) << (*stored)->note;
  }
  std::vector<std::string> segments() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "state/segments")) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  // Flips a bit in the last byte of a segment: the state of its last record.
  void damage(std::uint64_t segment) {
    const std::string path = folder_ / ("state/segments/" + segment_name(segment));
    std::string bytes = read_file(path);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    write_file(path, bytes);
  }

  TemporaryFolder folder_;
  StoreOptions options_ = [this] {
    StoreOptions options;
    options.data_dir = folder_ / "state";
    return options;
  }();
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Snapshotting, TheNewestIsRestored) {
  const auto none = store_->restore(group);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  for (const std::uint64_t sequence : {3U, 10U, 50U}) {
    snapshot(sequence);
    expect_restored(sequence, false);
  }
  snapshot(20, GroupId{6});
  reopen();
  expect_restored(50, false);
  expect_restored(20, false, GroupId{6});
  EXPECT_FALSE(*store_->restore(GroupId{7}));
}

TEST_F(Snapshotting, OfTheFleetTheNewestOfThreeThatIsOldEnough) {
  for (const std::uint64_t sequence : {10U, 20U, 30U, 40U}) snapshot(sequence, fleet_group);
  const auto restored = [&](std::uint64_t sequence_max) {
    const auto stored = store_->restore(fleet_group, sequence_max);
    return stored && *stored ? (*stored)->sequence : 0;
  };
  EXPECT_EQ(restored(UINT64_MAX), 40U);
  EXPECT_EQ(restored(39), 30U);
  EXPECT_EQ(restored(20), 20U);
  EXPECT_EQ(restored(19), 0U);
}

TEST_F(Snapshotting, ALargeStateComesBackWhole) {
  std::vector<std::byte> state(20'000'000);
  for (std::size_t i = 0; i < state.size(); ++i) state[i] = static_cast<std::byte>(i * 31 >> 3U);
  ASSERT_TRUE(store_->snapshot(group, 1, {}, state));
  reopen();
  EXPECT_TRUE((*store_->restore(group))->state == state);
}

TEST_F(Snapshotting, OneThatIsNotNewerChangesNothing) {
  snapshot(10);
  ASSERT_TRUE(store_->snapshot(group, 10, {}, to_bytes("other")));
  ASSERT_TRUE(store_->snapshot(group, 7, {}, to_bytes("older")));
  expect_restored(10, false);
  EXPECT_EQ(segments(), std::vector<std::string>{"00000001.seg"});
}

TEST_F(Snapshotting, ACycleOverTheGroupsSharesASegmentAndOldOnesGo) {
  for (std::uint64_t cycle = 1; cycle <= 5; ++cycle) {
    for (unsigned i = 0; i < 3; ++i) snapshot(10 * cycle + i, static_cast<GroupId>(i));
  }
  // The newest two of each group are in the last two.
  EXPECT_EQ(segments(), (std::vector<std::string>{"00000004.seg", "00000005.seg"}));
  reopen();
  snapshot(100, GroupId{0});
  EXPECT_EQ(segments(), (std::vector<std::string>{"00000004.seg", "00000005.seg", "00000006.seg"}));
  for (unsigned i = 1; i < 3; ++i) snapshot(100, static_cast<GroupId>(i));
  EXPECT_EQ(segments(), (std::vector<std::string>{"00000005.seg", "00000006.seg"}));
}

TEST_F(Snapshotting, AFullSegmentIsFollowedByTheNext) {
  options_.segment_bytes_max = 100;
  reopen();
  for (unsigned i = 0; i < 6; ++i) snapshot(1, static_cast<GroupId>(i));
  EXPECT_EQ(segments().size(), 3U) << "two records reach 100 bytes";
  for (unsigned i = 0; i < 6; ++i) expect_restored(1, false, static_cast<GroupId>(i));
}

TEST_F(Snapshotting, WhatACrashLeftWithoutAPointerIsRemoved) {
  snapshot(10);
  write_file(folder_ / "state/segments/00000009.seg", "half a record");
  write_file(folder_ / "state/segments/notes.txt", "not ours");
  reopen();
  EXPECT_EQ(segments(), (std::vector<std::string>{"00000001.seg", "notes.txt"}));
  snapshot(20);
  EXPECT_EQ(segments(), (std::vector<std::string>{"00000001.seg", "00000010.seg", "notes.txt"}));
}

TEST_F(Snapshotting, ADamagedOneFallsBackToTheOneBefore) {
  snapshot(10);
  snapshot(20);
  damage(2);
  reopen();
  expect_restored(10, true);
  expect_restored(10, false);  // the damaged one is forgotten
  snapshot(30);
  expect_restored(30, false);
  damage(3);
  expect_restored(10, true);
}

TEST_F(Snapshotting, AMissingSegmentFallsBackToo) {
  snapshot(10);
  snapshot(20);
  std::filesystem::remove(folder_ / "state/segments/00000002.seg");
  reopen();
  const auto stored = store_->restore(group);
  ASSERT_TRUE(stored);
  EXPECT_EQ((*stored)->sequence, 10U);
  EXPECT_NE((*stored)->note.find("00000002.seg"), std::string::npos) << (*stored)->note;
}

TEST_F(Snapshotting, WithoutAGoodOneItRefuses) {
  snapshot(10);
  snapshot(20);
  damage(1);
  damage(2);
  reopen();
  for (int i = 0; i < 2; ++i) {
    const auto stored = store_->restore(group);
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().fault, Fault::corrupt);
    EXPECT_NE(stored.error().message.find("00000001.seg"), std::string::npos);
    EXPECT_NE(stored.error().message.find("00000002.seg"), std::string::npos);
    EXPECT_NE(stored.error().message.find("restore data_dir from a backup"), std::string::npos);
  }
  damage(1);  // mended
  expect_restored(10, true);
}

TEST_F(Snapshotting, ReadOnlyFallsBackAndLeavesEverythingAsItIs) {
  snapshot(10);
  snapshot(20);
  damage(2);
  store_.reset();
  const auto before = read_tree(folder_.path());
  options_.read_only = true;
  reopen();
  expect_restored(10, true);
  expect_restored(10, true);
  store_.reset();
  EXPECT_EQ(read_tree(folder_.path()), before);
}

TEST_F(Snapshotting, CountsItsBytes) {
  const std::uint64_t before = store_->summary()->bytes_on_disk;
  ASSERT_TRUE(store_->snapshot(group, 1, {}, std::vector<std::byte>(100'000)));
  const std::uint64_t after = store_->summary()->bytes_on_disk;
  EXPECT_GE(after, before + 100'000);
  EXPECT_LE(after, before + 120'000);
}

}  // namespace
}  // namespace retimu
