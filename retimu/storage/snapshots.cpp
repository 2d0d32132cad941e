// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/snapshots.hpp"

#include "retimu/core/fail_point.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr int reading_tries_max = 3;

}  // namespace

std::string replay_floor_sql() {
  return fmt::format(
      "SELECT CASE WHEN count(DISTINCT CASE WHEN group_id < {0} THEN group_id END) >= {0} THEN "
      "min(sequence) ELSE 0 END FROM snapshots",
      group_count);
}

Snapshots::Snapshots(std::string folder, Database database, Entities& entities,
                     std::mutex& write_mutex, std::uint64_t segment_bytes_max, bool read_only)
    : folder_(std::move(folder)),
      database_(std::move(database)),
      entities_(entities),
      write_mutex_(write_mutex),
      segment_bytes_max_(segment_bytes_max),
      read_only_(read_only) {}

Result<std::unique_ptr<Snapshots>> Snapshots::open(const std::string& folder, Database database,
                                                   Entities& entities, std::mutex& write_mutex,
                                                   std::uint64_t segment_bytes_max,
                                                   bool read_only) {
  std::unique_ptr<Snapshots> snapshots(new Snapshots(folder, std::move(database), entities,
                                                     write_mutex, segment_bytes_max, read_only));
  Result<void> ready = snapshots->prepare();
  if (ready && !read_only) ready = snapshots->remove_unreferenced();
  if (!ready) return tl::unexpected(ready.error());
  return snapshots;
}

Result<void> Snapshots::prepare() {
  if (!read_only_) {
    // FULL also where commits are fast: files that a pointer replaces are removed right after it.
    Result<void> set = database_.execute("PRAGMA synchronous = FULL");
    if (!set) return set;
  }
  FirstError error;
  const auto prepare = [&](Statement& to, const std::string& sql) {
    error.assign(to, database_.prepare(sql));
  };
  prepare(insert_,
          "INSERT OR REPLACE INTO snapshots"
          "(group_id, sequence, segment, offset, length, checksum)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  prepare(keep_,
          "DELETE FROM snapshots WHERE group_id = ?1 AND sequence NOT IN"
          " (SELECT sequence FROM snapshots WHERE group_id = ?1"
          " ORDER BY sequence DESC LIMIT ?2)");
  prepare(drop_newer_, "DELETE FROM snapshots WHERE group_id = ?1 AND sequence > ?2");
  prepare(prune_controls_,
          // What people asked for belongs to the recording.
          fmt::format("DELETE FROM controls WHERE kind = {} AND sequence < ({})",
                      static_cast<int>(Control::Kind::budget), replay_floor_sql()));
  prepare(prune_admitted_,
          fmt::format("DELETE FROM admitted WHERE sequence + events <= ({})", replay_floor_sql()));
  prepare(pointers_,
          "SELECT sequence, segment, offset, length, checksum FROM snapshots"
          " WHERE group_id = ?1 ORDER BY sequence DESC");
  prepare(referenced_, "SELECT DISTINCT segment FROM snapshots");
  if (Result<void> prepared = error.result(); !prepared) return prepared;

  const Result<std::vector<std::string>> names = list_folder(folder_);
  if (!names) return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    if (const auto number = parse_segment_name(name)) segments_.insert(*number);
  }
  const Result<std::int64_t> last = database_.number("SELECT max(segment) FROM snapshots");
  if (!last) return tl::unexpected(last.error());
  next_segment_ = static_cast<std::uint64_t>(*last) + 1;
  if (!segments_.empty()) next_segment_ = std::max(next_segment_, *segments_.rbegin() + 1);
  return read_only_ ? show_as_of_newest() : Result<void>();
}

Result<void> Snapshots::show_as_of_newest() {
  Result<Statement> newest =
      database_.prepare("SELECT group_id, max(sequence) FROM snapshots GROUP BY group_id");
  if (!newest) return tl::unexpected(newest.error());
  while (true) {
    const Result<bool> row = newest->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    Result<void> shown = entities_.restore(static_cast<GroupId>(newest->whole(0)),
                                           static_cast<std::uint64_t>(newest->whole(1)));
    if (!shown) return shown;
  }
}

Result<std::vector<SnapshotPointer>> Snapshots::pointers(GroupId group) {
  std::vector<SnapshotPointer> result;
  pointers_.query(group);
  while (true) {
    const Result<bool> row = pointers_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return result;
    const auto column = [this](int i) { return static_cast<std::uint64_t>(pointers_.whole(i)); };
    result.push_back({column(0), column(1), column(2), column(3), column(4)});
  }
}

Result<void> Snapshots::write(GroupId group, std::uint64_t sequence, Bytes admission, Bytes state) {
  RETIMU_ASSERT(!read_only_);
  const auto before = pointers(group);
  if (!before) return tl::unexpected(before.error());
  if (!before->empty() && before->front().sequence >= sequence) return {};
  fail_point("snapshot.before_segment");
  const Result<SnapshotPointer> pointer = write_segment(group, sequence, admission, state);
  if (!pointer) return tl::unexpected(pointer.error());
  fail_point("snapshot.after_segment");
  if (Result<void> committed = entities_.commit(); !committed) return committed;
  fail_point("snapshot.before_pointer");
  if (Result<void> written = write_pointer(group, *pointer); !written) return written;
  fail_point("snapshot.after_pointer");
  if (Result<void> removed = remove_unreferenced(); !removed) return removed;
  const auto kept = pointers(group);
  if (!kept) return tl::unexpected(kept.error());
  return entities_.forget(group, kept->back().sequence);
}

Result<SnapshotPointer> Snapshots::write_segment(GroupId group, std::uint64_t sequence,
                                                 Bytes admission, Bytes state) {
  // One segment a cycle over the groups, so that old ones become free as a whole.
  if (writer_ && (in_segment_.contains(group) || writer_->bytes() >= segment_bytes_max_)) {
    writer_.reset();
  }
  if (!writer_) {
    const std::uint64_t number = next_segment_++;
    segments_.insert(number);  // also if only the file's name came to be
    Result<SegmentWriter> created = SegmentWriter::create(folder_, number);
    if (!created) return tl::unexpected(created.error());
    writer_ = std::move(*created);
    in_segment_.clear();
  }
  Result<SnapshotPointer> pointer = writer_->append(group, sequence, admission, state);
  if (pointer) {
    in_segment_.insert(group);
  } else {
    writer_.reset();
    (void)remove_unreferenced();  // gives the space back; the error to tell is the first one
  }
  return pointer;
}

Result<void> Snapshots::write_pointer(GroupId group, const SnapshotPointer& pointer) {
  const std::lock_guard lock(write_mutex_);
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  Result<void> done = insert_.run(group, pointer.sequence, pointer.segment, pointer.offset,
                                  pointer.length, pointer.checksum);
  if (done) done = keep_.run(group, std::uint64_t{group == fleet_group ? 3U : 2U});
  if (done) done = prune_controls_.run();
  if (done) done = prune_admitted_.run();
  if (done) done = transaction->commit();
  return done;
}

Result<void> Snapshots::remove_unreferenced() {
  std::set<std::uint64_t> referenced;
  if (writer_) referenced.insert(writer_->number());
  referenced_.query();
  while (true) {
    const Result<bool> row = referenced_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    referenced.insert(static_cast<std::uint64_t>(referenced_.whole(0)));
  }
  for (auto segment = segments_.begin(); segment != segments_.end();) {
    if (referenced.contains(*segment)) {
      ++segment;
      continue;
    }
    Result<void> removed = remove_file(folder_ + "/" + segment_name(*segment));
    if (!removed) return removed;
    segment = segments_.erase(segment);
  }
  return {};
}

Result<void> Snapshots::remove_damaged(GroupId group, std::uint64_t sequence_used) {
  const std::lock_guard lock(write_mutex_);
  return drop_newer_.run(group, sequence_used);
}

Result<std::optional<StoredGroup>> Snapshots::restore(GroupId group, std::uint64_t sequence_max) {
  Result<std::vector<SnapshotPointer>> known = pointers(group);
  for (int tries = 1; known; ++tries) {
    Result<std::optional<StoredGroup>> stored = restore_newest(group, *known, sequence_max);
    if (stored || !read_only_ || tries == reading_tries_max) return stored;
    // The process that writes may have gone on, and removed what was to be read.
    Result<std::vector<SnapshotPointer>> now = pointers(group);
    if (!now || *now == *known) return stored;
    known = std::move(now);
  }
  return tl::unexpected(known.error());
}

Result<std::optional<StoredGroup>> Snapshots::restore_newest(
    GroupId group, const std::vector<SnapshotPointer>& known, std::uint64_t sequence_max) {
  const bool has_one = std::ranges::any_of(
      known, [&](const SnapshotPointer& pointer) { return pointer.sequence <= sequence_max; });
  if (!has_one) {
    if (Result<void> emptied = entities_.restore(group, 0); !emptied) {
      return tl::unexpected(emptied.error());
    }
    return std::optional<StoredGroup>();
  }
  std::string damage;
  for (const SnapshotPointer& pointer : known) {
    if (pointer.sequence > sequence_max) continue;
    Result<StoredGroup> stored = read_record(folder_, group, pointer);
    if (!stored && stored.error().fault != Fault::corrupt) {
      return tl::unexpected(stored.error());
    }
    if (!stored) {
      damage += (damage.empty() ? "" : "; ") + stored.error().message;
      continue;
    }
    if (!damage.empty()) {
      stored->note = fmt::format(
          "{}; the snapshot before it is used, and what came since is read and judged again",
          damage);
      Result<void> removed = read_only_ ? Result<void>() : remove_damaged(group, pointer.sequence);
      if (!removed) return tl::unexpected(removed.error());
    }
    // Last: rows of evicted entities may go once no pointer needs them.
    if (Result<void> restored = entities_.restore(group, pointer.sequence); !restored) {
      return tl::unexpected(restored.error());
    }
    return std::optional(std::move(*stored));
  }
  return failure(Fault::corrupt,
                 "{}; group {} has no other snapshot: restore data_dir from a backup, or move it "
                 "away to begin anew",
                 damage, static_cast<unsigned>(group));
}

std::uint64_t Snapshots::bytes_on_disk() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t segment : segments_) {
    sum += bytes_of_file(folder_ + "/" + segment_name(segment));
  }
  return sum;
}

}  // namespace retimu
