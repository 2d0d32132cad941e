// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/sqlite_store.hpp"

#include "retimu/storage/commits.hpp"
#include "retimu/storage/database_file.hpp"
#include "retimu/storage/folder_lock.hpp"
#include "retimu/storage/outbox.hpp"
#include "retimu/storage/snapshots.hpp"

#include <mutex>

namespace retimu {

namespace {

// How to open the two files.
struct Modes {
  Database::Mode main = Database::Mode::write, entities = Database::Mode::write;
};

}  // namespace

// Three connections to retimu.sqlite, one a thread. SQLite would let writers wait in steps of
// milliseconds, so they queue at `write_mutex` instead. Order of locking: snapshots or outbox
// first.
struct SqliteStore::Parts {
  Result<void> open(const StoreOptions& options, Modes modes);
  Result<void> use_sinks();
  Result<void> adopt(std::string_view fingerprint);

  std::string folder;
  std::optional<FolderLock> lock;  // released last
  std::mutex write_mutex, snapshot_mutex, outbox_mutex;
  std::unique_ptr<Commits> commits;    // guarded by write_mutex
  std::unique_ptr<Entities> entities;  // has its own
  std::unique_ptr<Snapshots> snapshots;
  std::unique_ptr<Outbox> outbox;
  std::optional<std::vector<std::string>> sinks;
};

namespace {

constexpr const char* pipeline_key = "pipeline";
constexpr const char* model_key = "model";

std::string segments_folder(const std::string& folder) { return folder + "/segments"; }

// What is left of a store whose main file is gone must not be taken for a new one.
Result<void> refuse_remains(const std::string& folder) {
  const std::string main = database_path(folder, commits_format);
  const std::string entities = database_path(folder, entities_format);
  const Result<std::vector<std::string>> segments = list_folder(segments_folder(folder));
  if (!segments) return tl::unexpected(segments.error());
  std::string found = segments->empty() ? "" : segments_folder(folder) + "/" + segments->front();
  for (const std::string& log : {main + "-wal", main + "-journal", entities + "-wal"}) {
    const Result<bool> exists = file_exists(log);
    if (!exists) return tl::unexpected(exists.error());
    if (*exists) found = log;
  }
  if (found.empty()) return {};
  return failure(Fault::corrupt,
                 "{} is missing, but {} that belongs to it is there; put the file back, or move {} "
                 "away to begin anew",
                 main, found, folder);
}

// The main file comes last: without it there is no store yet.
Result<void> create_missing(const std::string& folder) {
  const std::string entities = database_path(folder, entities_format);
  const Result<bool> has_main = file_exists(database_path(folder, commits_format));
  const Result<bool> has_entities = has_main ? file_exists(entities) : has_main;
  if (!has_entities) return tl::unexpected(has_entities.error());
  if (!*has_main) {
    if (Result<void> none = refuse_remains(folder); !none) return none;
    if (!*has_entities) {
      if (Result<void> made = create_database(folder, entities_format); !made) return made;
    }
    if (Result<void> checked = check_header(entities, entities_format); !checked) return checked;
    if (Result<void> made = create_database(folder, commits_format); !made) return made;
  }
  return create_folder(segments_folder(folder));
}

Result<void> require_store(const std::string& folder) {
  const std::string main = database_path(folder, commits_format);
  const Result<bool> exists = file_exists(main);
  if (!exists) return tl::unexpected(exists.error());
  if (*exists) return {};
  return failure(Fault::usage, "{} holds no store of RETIMU: {} is missing", folder, main);
}

Result<void> check_files(const std::string& folder) {
  Result<void> ours = check_header(database_path(folder, commits_format), commits_format);
  if (!ours) return ours;
  const std::string entities = database_path(folder, entities_format);
  const Result<bool> exists = file_exists(entities);
  if (!exists) return tl::unexpected(exists.error());
  if (*exists) return check_header(entities, entities_format);
  return failure(Fault::corrupt,
                 "{} is missing, and with it entities that were not in memory; restore {} from a "
                 "backup, or move it away to begin anew",
                 entities, folder);
}

// Finds out how to open the files, and that they are there and ours.
Result<Modes> prepare_reading(const std::string& folder) {
  if (Result<void> found = require_store(folder); !found) return tl::unexpected(found.error());
  const Result<bool> has_writer = FolderLock::is_taken(folder);
  if (!has_writer) return tl::unexpected(has_writer.error());
  // Closing a file that this process has open otherwise would release SQLite's locks on it.
  if (!*has_writer) {
    if (Result<void> ours = check_files(folder); !ours) return tl::unexpected(ours.error());
  }
  const auto main = reading_mode(database_path(folder, commits_format), *has_writer);
  if (!main) return tl::unexpected(main.error());
  const auto entities = reading_mode(database_path(folder, entities_format), *has_writer);
  if (!entities) return tl::unexpected(entities.error());
  return Modes{*main, *entities};
}

Result<FolderLock> prepare_writing(const std::string& folder) {
  if (Result<void> made = create_folder(folder); !made) return tl::unexpected(made.error());
  Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return lock;
  Result<void> ready = create_missing(folder);
  if (ready) ready = check_files(folder);
  if (!ready) return tl::unexpected(ready.error());
  return lock;
}

// Opens a connection and gives it to `open`, which makes a part of it.
template <class Part, class Open>
Result<void> open_part(std::unique_ptr<Part>& to, Result<Database> database, const Open& open) {
  if (!database) return tl::unexpected(database.error());
  Result<std::unique_ptr<Part>> part = open(std::move(*database));
  if (!part) return tl::unexpected(part.error());
  to = std::move(*part);
  return {};
}

}  // namespace

Result<void> SqliteStore::Parts::open(const StoreOptions& options, Modes modes) {
  const bool read_only = options.read_only;
  const std::string main = database_path(folder, commits_format);
  Result<void> done =
      open_part(entities, open_database(folder, entities_format, modes.entities),
                [&](Database database) { return Entities::open(std::move(database), read_only); });
  if (!done) return done;
  const CommitOptions limits{options.exactly_once, options.alerts_max, options.waiting_max};
  done = open_part(
      commits, open_database(folder, commits_format, modes.main),
      [&](Database database) { return Commits::open(std::move(database), limits, read_only); });
  if (!done) return done;
  done = open_part(snapshots, Database::open(main, modes.main), [&](Database database) {
    return Snapshots::open(segments_folder(folder), std::move(database), *entities, write_mutex,
                           options.segment_bytes_max, read_only);
  });
  if (!done) return done;
  done = open_part(outbox, Database::open(main, modes.main), [&](Database database) {
    return Outbox::open(std::move(database), write_mutex, read_only);
  });
  if (!done || read_only) return done;
  sinks = options.sinks;
  const Result<std::string> written = outbox->about(pipeline_key);
  if (!written) return tl::unexpected(written.error());
  if (written->empty()) return adopt(options.pipeline_fingerprint);
  // A configuration that may yet be refused must not make the other one's sinks forgotten.
  return *written == options.pipeline_fingerprint ? use_sinks() : done;
}

Result<void> SqliteStore::Parts::use_sinks() {
  return sinks ? outbox->use(*sinks) : Result<void>();
}

Result<void> SqliteStore::Parts::adopt(std::string_view fingerprint) {
  Result<void> set = outbox->set_about(pipeline_key, fingerprint);
  return set ? use_sinks() : set;
}

Result<std::unique_ptr<SqliteStore>> open_store(const StoreOptions& options) {
  RETIMU_ASSERT(options.alerts_max >= 1);
  auto parts = std::make_unique<SqliteStore::Parts>();
  parts->folder = options.data_dir;
  Modes modes;
  if (options.read_only) {
    const Result<Modes> reading = prepare_reading(options.data_dir);
    if (!reading) return tl::unexpected(reading.error());
    modes = *reading;
  } else {
    Result<FolderLock> lock = prepare_writing(options.data_dir);
    if (!lock) return tl::unexpected(lock.error());
    parts->lock = std::move(*lock);
  }
  if (Result<void> opened = parts->open(options, modes); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Result<void> check_fingerprint(const StoreSummary& summary, std::string_view fingerprint,
                               std::string_view data_dir) {
  return check_fingerprint(summary.pipeline, fingerprint, data_dir);
}

Result<void> check_fingerprint(std::string_view written, std::string_view fingerprint,
                               std::string_view data_dir) {
  if (written == fingerprint) return {};
  return failure(Fault::usage,
                 "{} holds the state of another configuration, which this one would lose; name "
                 "another data_dir, or move that one away to begin anew",
                 data_dir);
}

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteStore::~SqliteStore() = default;

EntityStore& SqliteStore::entities() { return *parts_->entities; }

Result<void> SqliteStore::commit(const Commit& commit) {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->commit(commit);
}

Result<void> SqliteStore::snapshot(GroupId group, std::uint64_t sequence, Bytes admission,
                                   Bytes state) {
  const std::lock_guard lock(parts_->snapshot_mutex);
  return parts_->snapshots->write(group, sequence, admission, state);
}

Result<std::optional<StoredGroup>> SqliteStore::restore(GroupId group, std::uint64_t sequence_max) {
  const std::lock_guard lock(parts_->snapshot_mutex);
  return parts_->snapshots->restore(group, sequence_max);
}

Result<std::vector<std::byte>> SqliteStore::teller() {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->teller();
}

Result<std::vector<LoggedControl>> SqliteStore::controls(std::uint64_t sequence_from) {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->controls(sequence_from);
}

Result<std::vector<AdmittedRun>> SqliteStore::admitted(std::uint64_t sequence_from) {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->admitted(sequence_from);
}

Result<void> SqliteStore::know(std::span<const Partition> partitions) {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->know(partitions);
}

Result<std::vector<Partition>> SqliteStore::known() {
  const std::lock_guard lock(parts_->write_mutex);
  return parts_->commits->known();
}

Result<std::vector<OutboxRow>> SqliteStore::outbox(std::string_view sink, std::size_t count_max) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->rows(sink, count_max);
}

Result<void> SqliteStore::delivered(std::string_view sink, std::int64_t row) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->delivered(sink, row);
}

Result<std::int64_t> SqliteStore::find(AlertId id, std::uint32_t revision) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->find(id, revision);
}

Result<std::string> SqliteStore::oldest(AlertId id) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->oldest(id);
}

Result<std::uint64_t> SqliteStore::waiting(std::string_view sink) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->waiting(sink);
}

Result<std::string> SqliteStore::newest(AlertId id) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->newest(id);
}

Result<std::string> SqliteStore::fingerprint() {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->about(pipeline_key);
}

Result<void> SqliteStore::set_fingerprint(std::string_view fingerprint) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->adopt(fingerprint);
}

Result<std::string> SqliteStore::model() {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->about(model_key);
}

Result<void> SqliteStore::set_model(std::string_view model) {
  const std::lock_guard lock(parts_->outbox_mutex);
  return parts_->outbox->set_about(model_key, model);
}

Result<StoreSummary> SqliteStore::summary() {
  StoreSummary summary;
  const std::scoped_lock lock(parts_->snapshot_mutex, parts_->outbox_mutex);
  const Result<std::string> pipeline = parts_->outbox->about(pipeline_key);
  if (!pipeline) return tl::unexpected(pipeline.error());
  summary.pipeline = *pipeline;
  FirstError error;
  std::int64_t alerts = 0, controls = 0;
  error.assign(alerts, parts_->outbox->number("SELECT count(*) FROM outbox"));
  error.assign(controls, parts_->outbox->number("SELECT count(*) FROM controls"));
  error.assign(summary.evicted, parts_->entities->count());
  if (Result<void> counted = error.result(); !counted) return tl::unexpected(counted.error());
  summary.alerts = static_cast<std::uint64_t>(alerts);
  summary.controls = static_cast<std::uint64_t>(controls);
  summary.bytes_on_disk = parts_->snapshots->bytes_on_disk();
  for (const DatabaseFormat* format : {&commits_format, &entities_format}) {
    const std::string path = database_path(parts_->folder, *format);
    summary.bytes_on_disk += bytes_of_file(path) + bytes_of_file(path + "-wal");
  }
  return summary;
}

}  // namespace retimu
