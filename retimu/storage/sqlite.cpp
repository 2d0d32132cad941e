// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

namespace retimu {

namespace {

// How long to wait for another program that reads or writes the file, such as the sqlite3 shell.
constexpr int busy_wait_milliseconds = 5'000;

std::string_view advice(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL: return "free some space on that disk and start again";
    case SQLITE_IOERR: return "see whether that disk is full or failing, then start again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "restore data_dir from a backup, or move it away to begin anew";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program holds it: end that one and start again";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return "give this user the right to write it, or name another data_dir";
    default: return "see to the disk and its permissions, then start again";
  }
}

tl::unexpected<Error> sqlite_failure(sqlite3* connection, int code) {
  const int primary = code & 0xFF;
  const char* file = sqlite3_db_filename(connection, "main");
  const int error_number = sqlite3_system_errno(connection);
  std::string what = sqlite3_errstr(code);
  if (primary == SQLITE_CANTOPEN && error_number == ENOENT) {
    // SQLite tried to create its log, then to read one, and kept the error of the second only.
    what = "a file beside it cannot be created: the disk is full, or this user may not write there";
  } else if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) {
    if (error_number != 0) what += ", " + system_message(error_number);
  } else if (primary == SQLITE_ERROR || primary == SQLITE_CONSTRAINT) {
    what = sqlite3_errmsg(connection);
  }
  const bool is_corrupt = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
  return failure(is_corrupt ? Fault::corrupt : Fault::system, "{}: {}; {}",
                 file == nullptr ? "the store" : file, what, advice(code));
}

// The path as part of a URI.
std::string escaped(const std::string& path) {
  std::string result;
  for (const char byte : path) {
    if (byte == '%' || byte == '?' || byte == '#') {
      result += fmt::format("%{:02x}", static_cast<unsigned>(byte));
    } else {
      result += byte;
    }
  }
  return result;
}

int note_log_pages(void* pages, sqlite3* /*connection*/, const char* /*name*/, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::reset() {
  bound_ = SQLITE_OK;
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

void Statement::bind(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  if (bound_ == SQLITE_OK) bound_ = code;
}

void Statement::bind(int index, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  const int code =
      sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (bound_ == SQLITE_OK) bound_ = code;
}

void Statement::bind(int index, Bytes bytes) {
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  const int code = sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC);
  if (bound_ == SQLITE_OK) bound_ = code;
}

Result<bool> Statement::next() {
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  if (bound_ != SQLITE_OK) {
    const int code = std::exchange(bound_, SQLITE_OK);
    reset();
    return sqlite_failure(connection, code);
  }
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const int result = sqlite3_reset(statement_.get());
  if (code == SQLITE_DONE) return false;
  return sqlite_failure(connection, result != SQLITE_OK ? result : code);
}

std::int64_t Statement::whole(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const Bytes from = bytes(column);
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

Bytes Statement::bytes(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<Database> Database::open(const std::string& path, Mode mode) {
  std::string uri = "file:" + escaped(path);
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Mode::write: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::read: flags |= SQLITE_OPEN_READONLY; break;
    case Mode::read_abandoned:
      flags |= SQLITE_OPEN_READONLY;
      uri += "?readonly_shm=1";
      break;
    case Mode::read_closed:
      flags |= SQLITE_OPEN_READONLY;
      uri += "?immutable=1";
      break;
  }
  Database database;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &connection, flags, nullptr);
  database.connection_.reset(connection);
  if (code != SQLITE_OK) {
    const std::string reason = code == SQLITE_CANTOPEN && connection != nullptr
                                   ? system_message(sqlite3_system_errno(connection))
                                   : sqlite3_errstr(code);
    return failure(Fault::system, "cannot open {}: {}; {}", path, reason, advice(code));
  }
  sqlite3_busy_timeout(connection, busy_wait_milliseconds);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  database.log_pages_ = std::make_unique<int>(0);
  sqlite3_wal_hook(connection, note_log_pages, database.log_pages_.get());
  // Debian's SQLite overwrites what is deleted with zeros, which costs writes and serves nothing
  // here.
  Result<void> set = database.execute(
      "PRAGMA secure_delete = OFF; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  if (!set) return tl::unexpected(set.error());
  return database;
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_failure(connection_.get(), code);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement;
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) return sqlite_failure(connection_.get(), code);
  return statement;
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  const Result<bool> row = statement->next();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->whole(0) : 0;
}

std::int64_t Database::rows_changed() const { return sqlite3_changes64(connection_.get()); }

bool Database::is_in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

void Database::checkpoint() {
  sqlite3_wal_checkpoint_v2(connection_.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  *log_pages_ = 0;
}

Result<Transaction> Transaction::begin(Database& database) {
  if (Result<void> begun = database.execute("BEGIN IMMEDIATE"); !begun) {
    return tl::unexpected(begun.error());
  }
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite has rolled back by itself after some errors; then this fails, which is right.
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace retimu
