// SPDX-License-Identifier: Apache-2.0
// Snapshots of groups: the bytes in segment files, and in retimu.sqlite a pointer to the newest two
// of each group. The older one is kept because a disk may lose what it was given. Of the state that
// all groups share there are three, so that one is no newer than any of the groups' two.
#ifndef RETIMU_STORAGE_SNAPSHOTS_HPP
#define RETIMU_STORAGE_SNAPSHOTS_HPP

#include "retimu/storage/entities.hpp"
#include "retimu/storage/segment.hpp"
#include "retimu/storage/sqlite.hpp"

#include <mutex>
#include <optional>
#include <set>

namespace retimu {

// The first event that any restart may need again: the lowest sequence of all kept snapshots, or 0
// before every group has one.
std::string replay_floor_sql();

class Snapshots {
 public:
  // `write_mutex` is held while `database` writes; reading needs no lock.
  static Result<std::unique_ptr<Snapshots>> open(const std::string& folder, Database database,
                                                 Entities& entities, std::mutex& write_mutex,
                                                 std::uint64_t segment_bytes_max, bool read_only);

  // The order makes it safe to die anywhere: segment, evicted entities, pointer, then what they
  // replace is removed. One that is not newer than the newest changes nothing.
  Result<void> write(GroupId group, std::uint64_t sequence, Bytes admission, Bytes state);
  Result<std::optional<StoredGroup>> restore(GroupId group, std::uint64_t sequence_max);
  std::uint64_t bytes_on_disk() const;

 private:
  Snapshots(std::string folder, Database database, Entities& entities, std::mutex& write_mutex,
            std::uint64_t segment_bytes_max, bool read_only);
  Result<void> prepare();
  Result<void> show_as_of_newest();  // read-only: evicted entities before any restore()
  Result<SnapshotPointer> write_segment(GroupId group, std::uint64_t sequence, Bytes admission,
                                        Bytes state);
  Result<void> write_pointer(GroupId group, const SnapshotPointer& pointer);
  Result<void> remove_damaged(GroupId group, std::uint64_t sequence_used);
  Result<void> remove_unreferenced();
  Result<std::vector<SnapshotPointer>> pointers(GroupId group);  // newest first
  Result<std::optional<StoredGroup>> restore_newest(GroupId group,
                                                    const std::vector<SnapshotPointer>& known,
                                                    std::uint64_t sequence_max);

  std::string folder_;  // of the segments
  Database database_;
  Entities& entities_;
  std::mutex& write_mutex_;
  const std::uint64_t segment_bytes_max_;
  const bool read_only_;
  Statement insert_, keep_, drop_newer_, prune_controls_, prune_admitted_, pointers_, referenced_;
  std::optional<SegmentWriter> writer_;
  std::set<GroupId> in_segment_;      // groups with a snapshot in writer_
  std::set<std::uint64_t> segments_;  // files that exist
  std::uint64_t next_segment_ = 1;
};

}  // namespace retimu

#endif
