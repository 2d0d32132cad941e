// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/outbox.hpp"

#include "retimu/core/fail_point.hpp"

#include <algorithm>

namespace retimu {

namespace {
constexpr int log_pages_max = 1'000;  // 4 MiB
}

std::array<std::byte, 16> id_bytes(AlertId id) {
  std::array<std::byte, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::byte>(id.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::byte>(id.low >> (56 - 8 * i));
  }
  return bytes;
}

Result<std::unique_ptr<Outbox>> Outbox::open(Database database, std::mutex& write_mutex,
                                             bool read_only) {
  std::unique_ptr<Outbox> outbox(new Outbox(std::move(database), write_mutex, read_only));
  if (Result<void> prepared = outbox->prepare(); !prepared) {
    return tl::unexpected(prepared.error());
  }
  return outbox;
}

Result<void> Outbox::prepare() {
  if (!read_only_) {
    // NORMAL always: a cursor that a power cut loses tells an alert again, and a sink that can say
    // what it has got prevents that.
    Result<void> set = database_.execute("PRAGMA synchronous = NORMAL");
    if (!set) return set;
  }
  FirstError error;
  const auto prepare = [&](Statement& to, std::string_view sql) {
    error.assign(to, database_.prepare(sql));
  };
  prepare(rows_,
          "SELECT row, alert FROM outbox WHERE row >"
          " ifnull((SELECT row FROM sinks WHERE name = ?1), 0) ORDER BY row LIMIT ?2");
  prepare(deliver_, "INSERT OR REPLACE INTO sinks(name, row) VALUES(?1, ?2)");
  prepare(find_, "SELECT row FROM outbox WHERE id = ?1 AND revision = ?2");
  prepare(waiting_,
          "SELECT max(0, ifnull((SELECT max(row) FROM outbox), 0) -"
          " ifnull((SELECT row FROM sinks WHERE name = ?1), 0))");
  prepare(newest_, "SELECT alert FROM outbox WHERE id = ?1 ORDER BY revision DESC LIMIT 1");
  prepare(oldest_, "SELECT alert FROM outbox WHERE id = ?1 ORDER BY revision LIMIT 1");
  prepare(about_, "SELECT value FROM about WHERE name = ?1");
  prepare(set_about_, "INSERT OR REPLACE INTO about(name, value) VALUES(?1, ?2)");
  return error.result();
}

Result<void> Outbox::use(const std::vector<std::string>& sinks) {
  const std::lock_guard lock(write_mutex_);
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  Result<Statement> known = database_.prepare("SELECT name FROM sinks");
  if (!known) return tl::unexpected(known.error());
  std::vector<std::string> gone;
  while (true) {
    const Result<bool> row = known->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (std::ranges::find(sinks, known->text(0)) == sinks.end()) gone.push_back(known->text(0));
  }
  Result<Statement> forget = database_.prepare("DELETE FROM sinks WHERE name = ?1");
  if (!forget) return tl::unexpected(forget.error());
  for (const std::string& sink : gone) {
    if (Result<void> forgotten = forget->run(sink); !forgotten) return forgotten;
  }
  Result<Statement> add = database_.prepare(
      "INSERT INTO sinks(name, row) SELECT ?1, ifnull(max(row), 0) FROM outbox"
      " WHERE true ON CONFLICT DO NOTHING");
  if (!add) return tl::unexpected(add.error());
  for (const std::string& sink : sinks) {
    if (Result<void> added = add->run(sink); !added) return added;
  }
  return transaction->commit();
}

Result<std::vector<OutboxRow>> Outbox::rows(std::string_view sink, std::size_t count_max) {
  std::vector<OutboxRow> result;
  rows_.query(sink, static_cast<std::int64_t>(count_max));
  while (true) {
    const Result<bool> row = rows_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return result;
    result.push_back({rows_.whole(0), rows_.text(1)});
  }
}

Result<void> Outbox::delivered(std::string_view sink, std::int64_t row) {
  RETIMU_ASSERT(!read_only_);
  fail_point("outbox.before_cursor");
  {
    const std::lock_guard lock(write_mutex_);
    if (Result<void> written = deliver_.run(sink, row); !written) return written;
  }
  fail_point("outbox.after_cursor");
  // Here rather than in a commit, so that alerts do not wait for it.
  if (database_.log_pages() > log_pages_max) database_.checkpoint();
  return {};
}

Result<std::string> Outbox::newest(AlertId id) { return one(newest_, id); }
Result<std::string> Outbox::oldest(AlertId id) { return one(oldest_, id); }

Result<std::string> Outbox::one(Statement& statement, AlertId id) {
  const std::array<std::byte, 16> bytes = id_bytes(id);
  statement.query(Bytes(bytes));
  const Result<bool> row = statement.next();
  std::string found = row && *row ? statement.text(0) : std::string();
  statement.reset();
  if (!row) return tl::unexpected(row.error());
  return found;
}

Result<std::int64_t> Outbox::find(AlertId id, std::uint32_t revision) {
  const std::array<std::byte, 16> bytes = id_bytes(id);
  find_.query(Bytes(bytes), revision);
  const Result<bool> row = find_.next();
  const std::int64_t found = row && *row ? find_.whole(0) : 0;
  find_.reset();
  if (!row) return tl::unexpected(row.error());
  return found;
}

Result<std::uint64_t> Outbox::waiting(std::string_view sink) {
  waiting_.query(sink);
  const Result<bool> row = waiting_.next();
  const std::int64_t found = row && *row ? waiting_.whole(0) : 0;
  waiting_.reset();
  if (!row) return tl::unexpected(row.error());
  return static_cast<std::uint64_t>(found);
}

Result<std::string> Outbox::about(std::string_view name) {
  about_.query(name);
  const Result<bool> row = about_.next();
  std::string value = row && *row ? about_.text(0) : std::string();
  about_.reset();
  if (!row) return tl::unexpected(row.error());
  return value;
}

Result<void> Outbox::set_about(std::string_view name, std::string_view value) {
  const std::lock_guard lock(write_mutex_);
  return set_about_.run(name, value);
}

}  // namespace retimu
