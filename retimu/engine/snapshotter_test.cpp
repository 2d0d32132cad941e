// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/snapshotter.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <semaphore>

namespace retimu {
namespace {

class SnapshotterTest : public ::testing::Test {
 protected:
  SnapshotterTest() {
    StoreOptions options;
    options.data_dir = folder_ / "state";
    auto opened = open_store(options);
    EXPECT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  void block(bool is_blocked) const {
    const std::string segments = folder_ / "state/segments";
    if (is_blocked) {
      std::filesystem::rename(segments, segments + ".away");
    } else {
      std::filesystem::rename(segments + ".away", segments);
    }
  }
  void write(Snapshotter& snapshotter, std::uint16_t group, std::uint64_t sequence = 10) {
    Snapshot* snapshot = snapshotter.take();
    snapshot->group = static_cast<GroupId>(group);
    snapshot->sequence = sequence;
    snapshot->state = {std::byte{1}};
    snapshotter.write(snapshot);
  }
  bool is_kept(std::uint16_t group) {
    const auto stored = store_->restore(static_cast<GroupId>(group));
    return stored && stored->has_value();
  }

  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SnapshotterTest, NothingIsWrittenAfterAFailureUntilItIsTriedAgain) {
  std::counting_semaphore<8> failures(0);
  Vitals vitals;
  Snapshotter snapshotter(
      *store_, [&](const Error&) { failures.release(); }, &vitals);
  write(snapshotter, 1);
  while (vitals.snapshots < 1) std::this_thread::yield();
  EXPECT_FALSE(snapshotter.failed());
  block(true);
  write(snapshotter, 1, 11);  // of a group that is in the segment already: another one is begun
  failures.acquire();
  block(false);
  EXPECT_EQ(snapshotter.failed(), static_cast<GroupId>(1));
  write(snapshotter, 3);
  snapshotter.try_again();
  EXPECT_FALSE(snapshotter.failed());
  write(snapshotter, 4);
  snapshotter.finish();
  EXPECT_FALSE(failures.try_acquire());
  EXPECT_TRUE(is_kept(1) && !is_kept(3) && is_kept(4));
  EXPECT_EQ(vitals.snapshots, 2U);
  EXPECT_EQ(vitals.snapshot_failures, 1U);
}

}  // namespace
}  // namespace retimu
