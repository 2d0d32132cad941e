// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/entities.hpp"

#include "retimu/core/fail_point.hpp"

#include <array>
#include <limits>

namespace retimu {

namespace {

constexpr int log_pages_max = 4'096;            // 16 MiB
constexpr std::int64_t free_pages_min = 4'096;  // are kept for what comes
constexpr std::int64_t share_returned = 16;     // of them at one commit, so that none takes long
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view newest =
    "sequence = (SELECT max(sequence) FROM entities WHERE group_id = e.group_id"
    " AND entity = e.entity AND sequence < ?2) AND state IS NOT NULL";

Bytes name_bytes(std::string_view entity) { return std::as_bytes(std::span(entity)); }

}  // namespace

Result<std::unique_ptr<Entities>> Entities::open(Database database, bool read_only) {
  std::unique_ptr<Entities> entities(new Entities(std::move(database), read_only));
  if (Result<void> prepared = entities->prepare(); !prepared) {
    return tl::unexpected(prepared.error());
  }
  return entities;
}

Result<void> Entities::prepare() {
  // FULL: a pointer in the other file must never be on the disk before what it needs from here.
  if (!read_only_) {
    Result<void> set = database_.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384");
    if (!set) return set;
  }
  FirstError error;
  const auto prepare = [&](Statement& to, const std::string& sql) {
    error.assign(to, database_.prepare(sql));
  };
  prepare(put_,
          "INSERT OR REPLACE INTO entities(group_id, entity, sequence, state)"
          " VALUES(?1, ?2, ?3, ?4)");
  prepare(take_,
          "INSERT OR REPLACE INTO entities(group_id, entity, sequence, state)"
          " VALUES(?1, ?2, ?3, NULL)");
  prepare(get_,
          "SELECT state, state IS NULL FROM entities WHERE group_id = ?1 AND entity = ?2"
          " AND sequence < ?3 ORDER BY sequence DESC LIMIT 1");
  prepare(each_, fmt::format("SELECT entity, state FROM entities AS e WHERE group_id = ?1 AND {}"
                             " ORDER BY entity",
                             newest));
  prepare(count_,
          fmt::format("SELECT count(*) FROM entities AS e WHERE group_id = ?1 AND {}", newest));
  prepare(drop_, "DELETE FROM entities WHERE group_id = ?1 AND sequence >= ?2");
  prepare(forget_replaced_,
          "DELETE FROM entities WHERE row IN (SELECT old.row FROM entities AS new"
          " INDEXED BY entities_by_sequence JOIN entities AS old INDEXED BY entities_by_name"
          " ON old.group_id = new.group_id AND old.entity = new.entity"
          " AND old.sequence < new.sequence"
          " WHERE new.group_id = ?1 AND new.sequence >= ?2 AND new.sequence < ?3)");
  prepare(forget_returned_,
          "DELETE FROM entities WHERE group_id = ?1 AND sequence >= ?2"
          " AND sequence < ?3 AND state IS NULL");
  return error.result();
}

std::int64_t Entities::limit(GroupId group) const {
  if (!read_only_) return no_limit;
  const auto seen = seen_as_of_.find(group);
  return seen == seen_as_of_.end() ? 0 : static_cast<std::int64_t>(seen->second);
}

// SQLite may have rolled back, and with it what the engine believes to be here.
Result<void> Entities::fail(const Error& error) {
  failed_ = error;
  return tl::unexpected(error);
}

Result<void> Entities::begin() {
  RETIMU_ASSERT(!read_only_);
  if (failed_) return tl::unexpected(*failed_);
  if (database_.is_in_transaction()) return {};
  if (Result<void> begun = database_.execute("BEGIN IMMEDIATE"); !begun) {
    return fail(begun.error());
  }
  return {};
}

Result<void> Entities::put(GroupId group, std::string_view entity, std::uint64_t sequence,
                           Bytes state) {
  const std::lock_guard lock(mutex_);
  fail_point("entities.before_put");
  if (Result<void> begun = begin(); !begun) return begun;
  Result<void> put = put_.run(group, name_bytes(entity), sequence, state);
  if (!put) return fail(put.error());
  fail_point("entities.after_put");
  return {};
}

Result<std::optional<std::vector<std::byte>>> Entities::get(GroupId group, std::string_view entity,
                                                            std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (failed_) return tl::unexpected(*failed_);
  get_.query(group, name_bytes(entity), limit(group));
  const Result<bool> row = get_.next();
  if (!row) return tl::unexpected(fail(row.error()).error());
  if (!*row || get_.whole(1) != 0) {
    get_.reset();
    return std::optional<std::vector<std::byte>>();
  }
  std::optional<std::vector<std::byte>> state = copy_of(get_.bytes(0));
  get_.reset();
  if (read_only_) return state;
  if (Result<void> begun = begin(); !begun) return tl::unexpected(begun.error());
  if (Result<void> taken = take_.run(group, name_bytes(entity), sequence); !taken) {
    return tl::unexpected(fail(taken.error()).error());
  }
  return state;
}

Result<void> Entities::each(GroupId group, const EntityCall& call) {
  const std::lock_guard lock(mutex_);
  if (failed_) return tl::unexpected(*failed_);
  each_.query(group, limit(group));
  while (true) {
    const Result<bool> row = each_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    Result<void> called = call(each_.text(0), each_.bytes(1));
    if (!called) {
      each_.reset();
      return called;
    }
  }
}

Result<void> Entities::restore(GroupId group, std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (read_only_) {
    seen_as_of_[group] = sequence;
    return {};
  }
  if (Result<void> begun = begin(); !begun) return begun;
  Result<void> dropped = drop_.run(group, sequence);
  if (!dropped) return fail(dropped.error());
  return {};
}

Result<void> Entities::commit() {
  const std::lock_guard lock(mutex_);
  if (failed_) return tl::unexpected(*failed_);
  if (!database_.is_in_transaction()) return {};
  if (Result<void> committed = database_.execute("COMMIT"); !committed) {
    return fail(committed.error());
  }
  // Between two transactions, since only then can the log begin anew.
  if (database_.log_pages() > log_pages_max) database_.checkpoint();
  return shrink();
}

// Gives pages back to the disk once they are more than a third of the file.
Result<void> Entities::shrink() {
  const Result<std::int64_t> free = database_.number("PRAGMA freelist_count");
  const Result<std::int64_t> all = free ? database_.number("PRAGMA page_count") : free;
  if (!all) return fail(all.error());
  if (*free < free_pages_min || 3 * *free < *all) return {};
  const std::string sql = fmt::format("PRAGMA incremental_vacuum({})", *free / share_returned);
  if (Result<void> done = database_.execute(sql.c_str()); !done) return fail(done.error());
  return {};
}

Result<void> Entities::forget(GroupId group, std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (Result<void> begun = begin(); !begun) return begun;
  std::uint64_t& from = forgotten_.try_emplace(group, 0).first->second;
  Result<void> done = forget_replaced_.run(group, from, sequence);
  if (done) done = forget_returned_.run(group, from, sequence);
  if (!done) return fail(done.error());
  from = sequence;
  return {};
}

Result<std::uint64_t> Entities::count() {
  const std::lock_guard lock(mutex_);
  Result<Statement> groups = database_.prepare("SELECT DISTINCT group_id FROM entities");
  if (!groups) return tl::unexpected(groups.error());
  std::uint64_t sum = 0;
  while (true) {
    const Result<bool> more = groups->next();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return sum;
    const auto group = static_cast<GroupId>(groups->whole(0));
    count_.query(group, limit(group));
    const Result<bool> row = count_.next();
    if (!row) return tl::unexpected(row.error());
    sum += static_cast<std::uint64_t>(count_.whole(0));
    count_.reset();
  }
}

}  // namespace retimu
