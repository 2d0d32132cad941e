// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/database_file.hpp"

#include "retimu/storage/file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

namespace retimu {

const DatabaseFormat commits_format = {"retimu.sqlite", 0x52544D43, 3, R"sql(
  CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE outbox(row INTEGER PRIMARY KEY, id BLOB NOT NULL, revision INTEGER NOT NULL,
                      sequence INTEGER NOT NULL, alert TEXT NOT NULL, UNIQUE(id, revision));
  CREATE TABLE sinks(name TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE controls(sequence INTEGER NOT NULL, kind INTEGER NOT NULL, time INTEGER NOT NULL,
                        body BLOB NOT NULL, PRIMARY KEY(sequence, kind)) WITHOUT ROWID;
  CREATE TABLE admitted(sequence INTEGER PRIMARY KEY, events INTEGER NOT NULL, runs BLOB NOT NULL);
  CREATE TABLE partitions(number INTEGER PRIMARY KEY, name BLOB NOT NULL, mark TEXT NOT NULL);
  CREATE TABLE teller(one INTEGER PRIMARY KEY CHECK(one = 1), state BLOB NOT NULL);
  CREATE TABLE snapshots(group_id INTEGER NOT NULL, sequence INTEGER NOT NULL,
                         segment INTEGER NOT NULL, offset INTEGER NOT NULL,
                         length INTEGER NOT NULL, checksum INTEGER NOT NULL,
                         PRIMARY KEY(group_id, sequence)) WITHOUT ROWID;
)sql"};

// A row without a state says that the entity was taken back at that sequence.
const DatabaseFormat entities_format = {"entities.sqlite", 0x52544D45, 1, R"sql(
  CREATE TABLE entities(row INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, entity BLOB NOT NULL,
                        sequence INTEGER NOT NULL, state BLOB);
  CREATE UNIQUE INDEX entities_by_name ON entities(group_id, entity, sequence);
  CREATE INDEX entities_by_sequence ON entities(group_id, sequence);
)sql"};

namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t header_bytes = 100;
constexpr std::size_t version_at = 60,
                      application_id_at = 68;  // big-endian, see sqlite.org/fileformat
constexpr std::uint64_t checked_whole_bytes_max = 32UL * 1024 * 1024;

std::uint32_t big_endian(const std::vector<std::byte>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i)
    value = value << 8U | static_cast<std::uint32_t>(bytes[i]);
  return value;
}

Result<void> check_identity(const std::string& path, const DatabaseFormat& format,
                            std::uint32_t application_id, std::uint32_t version) {
  if (application_id != format.application_id) {
    return failure(Fault::corrupt,
                   "{} is a database of another program and was left as it is; name another "
                   "data_dir",
                   path);
  }
  if (version < format.version) {
    return failure(
        Fault::corrupt,
        "{} has format {} of an unreleased RETIMU, and this program knows format {}; move "
        "data_dir away to begin anew",
        path, version, format.version);
  }
  if (version > format.version) {
    return failure(Fault::corrupt,
                   "{} has format {}, and this program knows formats up to {}; use the newer "
                   "RETIMU that wrote it",
                   path, version, format.version);
  }
  return {};
}

Result<void> check_pages(Database& database, const std::string& path, std::string_view pragma) {
  Result<Statement> check = database.prepare(pragma);
  if (!check) return tl::unexpected(check.error());
  const Result<bool> row = check->next();
  if (!row) return tl::unexpected(row.error());
  if (!*row || check->text(0) == "ok") return {};
  std::string found = check->text(0);
  std::ranges::replace(found, '\n', ' ');
  return failure(
      Fault::corrupt,
      "{} is damaged ({}); restore data_dir from a backup, or move it away to begin anew", path,
      found);
}

Result<void> check_pages(Database& database, const std::string& path,
                         const DatabaseFormat& format) {
  if (bytes_of_file(path) <= checked_whole_bytes_max) {
    return check_pages(database, path, "PRAGMA quick_check(1)");
  }
  if (&format != &commits_format) return {};
  for (const char* table : {"about", "sinks", "teller", "snapshots"}) {
    Result<void> checked =
        check_pages(database, path, fmt::format("PRAGMA quick_check({})", table));
    if (!checked) return checked;
  }
  return {};
}

}  // namespace

std::string database_path(const std::string& folder, const DatabaseFormat& format) {
  return folder + "/" + format.name;
}

Result<void> create_database(const std::string& folder, const DatabaseFormat& format) {
  const std::string path = database_path(folder, format);
  const std::string unfinished = path + ".new";
  for (const char* end : {"", "-journal", "-wal", "-shm"}) {
    if (Result<void> removed = remove_file(unfinished + end); !removed) return removed;
  }
  {
    // SQLite would not tell why it cannot create a file.
    const Result<File> created = File::open(unfinished, O_WRONLY | O_CREAT | O_EXCL);
    if (!created) return tl::unexpected(created.error());
    Result<Database> database = Database::open(unfinished, Database::Mode::write);
    if (!database) return tl::unexpected(database.error());
    const std::string sql = fmt::format(
        "PRAGMA auto_vacuum = INCREMENTAL; BEGIN; {} PRAGMA application_id = {}; PRAGMA "
        "user_version = {}; COMMIT; "
        "PRAGMA journal_mode = WAL",
        format.schema, format.application_id, format.version);
    if (Result<void> made = database->execute(sql.c_str()); !made) return made;
  }
  if (Result<void> renamed = rename_file(unfinished, path); !renamed) return renamed;
  return sync_folder(folder);
}

Result<void> check_header(const std::string& path, const DatabaseFormat& format) {
  Result<File> file = File::open(path, O_RDONLY);
  if (!file) return tl::unexpected(file.error());
  const Result<std::vector<std::byte>> header = file->read(0, header_bytes);
  if (!header) return tl::unexpected(header.error());
  if (header->size() < header_bytes || std::memcmp(header->data(), magic.data(), 16) != 0) {
    return failure(Fault::corrupt,
                   "{} is not a store of RETIMU, or its beginning is damaged; it was left as it "
                   "is: restore data_dir from a backup, or name another one",
                   path);
  }
  return check_identity(path, format, big_endian(*header, application_id_at),
                        big_endian(*header, version_at));
}

Result<Database> open_database(const std::string& folder, const DatabaseFormat& format,
                               Database::Mode mode) {
  const std::string path = database_path(folder, format);
  Result<Database> database = Database::open(path, mode);
  if (!database) return database;
  const Result<std::int64_t> application_id = database->number("PRAGMA application_id");
  if (!application_id) return tl::unexpected(application_id.error());
  const Result<std::int64_t> version = database->number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  Result<void> checked = check_identity(path, format, static_cast<std::uint32_t>(*application_id),
                                        static_cast<std::uint32_t>(*version));
  if (checked) checked = check_pages(*database, path, format);
  if (!checked) return tl::unexpected(checked.error());
  return database;
}

Result<Database::Mode> reading_mode(const std::string& path, bool has_writer) {
  if (has_writer) return Database::Mode::read;
  if (bytes_of_file(path + "-wal") == 0) return Database::Mode::read_closed;
  const Result<bool> has_index = file_exists(path + "-shm");
  if (!has_index) return tl::unexpected(has_index.error());
  if (*has_index) return Database::Mode::read_abandoned;
  return failure(Fault::system,
                 "{}-shm is missing, without which {}-wal cannot be read and left as it is; start "
                 "the pipeline once, or copy the whole data_dir again",
                 path, path);
}

}  // namespace retimu
