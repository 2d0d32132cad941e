// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/commits.hpp"

#include "retimu/core/fail_point.hpp"
#include "retimu/storage/admitted.hpp"
#include "retimu/storage/outbox.hpp"
#include "retimu/storage/snapshots.hpp"

#include <algorithm>

namespace retimu {

namespace {

// Reached only where no sink is there to move the log while commits go on.
constexpr int log_pages_max = 4'096;  // 16 MiB

// Enough to catch up with what a sink kept waiting, little enough for one commit.
constexpr std::int64_t pruned_a_commit = 256;

}  // namespace

Result<std::unique_ptr<Commits>> Commits::open(Database database, CommitOptions options,
                                               bool read_only) {
  std::unique_ptr<Commits> commits(new Commits(std::move(database), options, read_only));
  if (Result<void> prepared = commits->prepare(); !prepared) {
    return tl::unexpected(prepared.error());
  }
  return commits;
}

Result<void> Commits::prepare() {
  if (!read_only_) {
    Result<void> set = database_.execute(options_.sync ? "PRAGMA synchronous = FULL"
                                                       : "PRAGMA synchronous = NORMAL");
    if (!set) return set;
  }
  FirstError error;
  const auto prepare = [&](Statement& to, const std::string& sql) {
    error.assign(to, database_.prepare(sql));
  };
  prepare(insert_alert_,
          "INSERT INTO outbox(id, revision, sequence, alert) VALUES(?1, ?2, ?3, ?4)"
          " ON CONFLICT DO NOTHING");
  prepare(insert_control_,
          "INSERT INTO controls(sequence, time, kind, body)"
          " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
  prepare(same_control_,
          "SELECT 1 FROM controls"
          " WHERE sequence = ?1 AND time = ?2 AND kind = ?3 AND body = ?4");
  prepare(write_teller_, "INSERT OR REPLACE INTO teller(one, state) VALUES(1, ?1)");
  prepare(read_teller_, "SELECT state FROM teller");
  prepare(read_controls_,
          "SELECT sequence, time, kind, body FROM controls WHERE sequence >= ?1"
          " ORDER BY sequence, kind");
  prepare(insert_admitted_, "INSERT INTO admitted(sequence, events, runs) VALUES(?1, ?2, ?3)");
  prepare(read_admitted_,
          "SELECT sequence, events, runs FROM admitted WHERE sequence + events > ?1"
          " ORDER BY sequence");
  prepare(insert_partition_, "INSERT INTO partitions(number, name, mark) VALUES(?1, ?2, ?3)");
  prepare(read_partitions_, "SELECT number, name, mark FROM partitions");
  prepare(newest_, "SELECT max(row) FROM outbox");
  prepare(oldest_, "SELECT min(row) FROM outbox");
  prepare(slowest_, "SELECT ifnull(min(row), 9223372036854775807) FROM sinks");
  prepare(slowest_name_, "SELECT name FROM sinks ORDER BY row LIMIT 1");
  prepare(prune_, fmt::format("DELETE FROM outbox WHERE row IN (SELECT row FROM outbox"
                              " WHERE row <= ?1 ORDER BY row LIMIT {}) AND sequence < ({})",
                              pruned_a_commit, replay_floor_sql()));
  return error.result();
}

Result<void> Commits::commit(const Commit& commit) {
  RETIMU_ASSERT(!read_only_);
  if (commit.alerts.empty() && commit.controls.empty() && commit.admitted.empty() &&
      commit.teller.empty()) {
    return {};
  }
  fail_point("commit.before");
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  Result<void> done = write(commit);
  if (done) done = transaction->commit();
  if (!done) return done;
  fail_point("commit.after");
  if (database_.log_pages() > log_pages_max) database_.checkpoint();
  return {};
}

Result<void> Commits::write(const Commit& commit) {
  for (const Alert& alert : commit.alerts) {
    const std::array<std::byte, 16> id = id_bytes(alert.id);
    Result<void> written =
        insert_alert_.run(Bytes(id), alert.revision, alert.sequence, to_json(alert));
    if (!written) return written;
  }
  for (const LoggedControl& control : commit.controls) {
    if (Result<void> written = write_control(control); !written) return written;
  }
  if (!commit.admitted.empty()) {
    if (Result<void> written = write_admitted(commit); !written) return written;
  }
  if (!commit.teller.empty()) {
    if (Result<void> written = write_teller_.run(commit.teller); !written) return written;
  }
  return commit.alerts.empty() ? Result<void>() : prune_outbox();
}

Result<void> Commits::write_control(const LoggedControl& control) {
  const auto kind = static_cast<std::int64_t>(control.kind);
  Result<void> written =
      insert_control_.run(control.sequence, control.time, kind, Bytes(control.body));
  if (!written || database_.rows_changed() > 0) return written;
  same_control_.query(control.sequence, control.time, kind, Bytes(control.body));
  const Result<bool> is_same = same_control_.next();
  same_control_.reset();
  if (!is_same) return tl::unexpected(is_same.error());
  if (*is_same) return {};
  return failure(Fault::internal,
                 "the control at sequence {} was logged with other contents before; the replay "
                 "differs from what was judged",
                 control.sequence);
}

Result<void> Commits::write_admitted(const Commit& commit) {
  std::uint64_t events = 0;
  for (const AdmittedRun& run : commit.admitted) events += run.count;
  runs_.clear();
  encode_runs(commit.admitted, runs_);
  return insert_admitted_.run(commit.sequence, events, Bytes(runs_));
}

Result<std::int64_t> Commits::number(Statement& statement) {
  statement.query();
  const Result<bool> row = statement.next();
  const std::int64_t value = row && *row ? statement.whole(0) : 0;
  statement.reset();
  if (!row) return tl::unexpected(row.error());
  return value;
}

Result<void> Commits::prune_outbox() {
  const Result<std::int64_t> newest = number(newest_);
  const Result<std::int64_t> oldest = newest ? number(oldest_) : newest;
  const Result<std::int64_t> slowest = oldest ? number(slowest_) : oldest;
  if (!slowest) return tl::unexpected(slowest.error());
  if (*newest > *slowest && static_cast<std::uint64_t>(*newest - *slowest) > options_.waiting_max) {
    slowest_name_.query();
    const Result<bool> row = slowest_name_.next();
    const std::string name = row && *row ? slowest_name_.text(0) : std::string();
    slowest_name_.reset();
    return failure(Fault::system,
                   "more than {} alerts wait for the sink \"{}\"; mend it, or take it out of the "
                   "configuration",
                   options_.waiting_max, name);
  }
  const std::int64_t last =
      std::min(*slowest, *newest - static_cast<std::int64_t>(options_.alerts_max));
  return *oldest <= last ? prune_.run(last) : Result<void>();
}

Result<std::vector<std::byte>> Commits::teller() {
  read_teller_.query();
  const Result<bool> row = read_teller_.next();
  if (!row) return tl::unexpected(row.error());
  std::vector<std::byte> state;
  if (*row) state = copy_of(read_teller_.bytes(0));
  read_teller_.reset();
  return state;
}

Result<std::vector<LoggedControl>> Commits::controls(std::uint64_t sequence_from) {
  std::vector<LoggedControl> result;
  read_controls_.query(sequence_from);
  while (true) {
    const Result<bool> row = read_controls_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return result;
    result.push_back({static_cast<std::uint64_t>(read_controls_.whole(0)), read_controls_.whole(1),
                      static_cast<Control::Kind>(read_controls_.whole(2)),
                      copy_of(read_controls_.bytes(3))});
  }
}

// Of the first row that reaches behind `sequence_from`, its earlier events are left out.
Result<std::vector<AdmittedRun>> Commits::admitted(std::uint64_t sequence_from) {
  std::vector<AdmittedRun> runs;
  std::uint64_t next = sequence_from;
  read_admitted_.query(sequence_from);
  while (true) {
    const Result<bool> row = read_admitted_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return runs;
    auto at = static_cast<std::uint64_t>(read_admitted_.whole(0));
    const std::size_t first = runs.size();
    if (at > next || !decode_runs(read_admitted_.bytes(2), runs)) {
      read_admitted_.reset();
      return failure(
          Fault::corrupt,
          "the stored order of the events from {} on is damaged; restore data_dir from a "
          "backup or start with an empty one",
          next);
    }
    auto kept = runs.begin() + static_cast<std::ptrdiff_t>(first);
    for (; kept != runs.end() && at + kept->count <= next; ++kept) at += kept->count;
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(first), kept);
    if (at < next && first < runs.size()) {
      runs[first].count -= static_cast<std::uint32_t>(next - at);
    }
    for (std::size_t i = first; i < runs.size(); ++i) next += runs[i].count;
  }
}

Result<void> Commits::know(std::span<const Partition> partitions) {
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  Result<void> done = database_.execute("DELETE FROM partitions");
  for (std::size_t i = 0; i < partitions.size() && done; ++i) {
    const Partition& one = partitions[i];
    done = insert_partition_.run(one.number, Bytes(std::as_bytes(std::span(one.name))), one.mark);
  }
  return done ? transaction->commit() : done;
}

Result<std::vector<Partition>> Commits::known() {
  std::vector<Partition> known;
  read_partitions_.query();
  while (true) {
    const Result<bool> row = read_partitions_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return known;
    known.push_back({static_cast<std::uint32_t>(read_partitions_.whole(0)),
                     read_partitions_.text(1), read_partitions_.text(2)});
  }
}

}  // namespace retimu
