// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/judgements.hpp"

#include "retimu/storage/database_file.hpp"
#include "retimu/storage/file.hpp"
#include "retimu/storage/folder_lock.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr DatabaseFormat judgements_format = {
    "judgements.sqlite", 0x52544A31, 1,
    "CREATE TABLE judgements(row INTEGER PRIMARY KEY, entity BLOB NOT NULL, time INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, modality INTEGER NOT NULL, body TEXT NOT NULL);"
    "CREATE UNIQUE INDEX judgements_place ON judgements(entity, time, sequence, modality);"};
constexpr std::int64_t prune_every = 10'000;  // rows

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

}  // namespace

Result<std::unique_ptr<JudgementLog>> JudgementLog::open(const std::string& folder,
                                                         bool read_only) {
  const std::string path = database_path(folder, judgements_format);
  const Result<bool> exists = file_exists(path);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) {
    if (read_only) return std::unique_ptr<JudgementLog>();
    if (Result<void> made = create_database(folder, judgements_format); !made) {
      return tl::unexpected(made.error());
    }
  }
  Database::Mode mode = Database::Mode::write;
  if (read_only) {
    const Result<bool> has_writer = FolderLock::is_taken(folder);
    if (!has_writer) return tl::unexpected(has_writer.error());
    const Result<Database::Mode> reading = reading_mode(path, *has_writer);
    if (!reading) return tl::unexpected(reading.error());
    mode = *reading;
  } else if (Result<void> ours = check_header(path, judgements_format); !ours) {
    return tl::unexpected(ours.error());
  }
  Result<Database> database = Database::open(path, mode);
  if (!database) return tl::unexpected(database.error());
  std::unique_ptr<JudgementLog> log(new JudgementLog(std::move(*database)));
  if (Result<void> prepared = log->prepare(read_only); !prepared) {
    return tl::unexpected(prepared.error());
  }
  return log;
}

Result<void> JudgementLog::prepare(bool read_only) {
  FirstError error;
  if (!read_only) {
    if (Result<void> set = database_.execute("PRAGMA synchronous = OFF"); !set) return set;
    error.assign(insert_, database_.prepare(
                              "INSERT OR IGNORE INTO judgements(entity, time, sequence, modality,"
                              " body) VALUES(?1, ?2, ?3, ?4, ?5)"));
    error.assign(prune_, database_.prepare("DELETE FROM judgements WHERE row <= (SELECT max(row)"
                                           " FROM judgements) - ?1"));
  }
  error.assign(before_, database_.prepare("SELECT body FROM judgements WHERE entity = ?1 AND"
                                          " time <= ?2 ORDER BY time DESC, sequence DESC LIMIT"
                                          " ?3"));
  error.assign(after_, database_.prepare("SELECT body FROM judgements WHERE entity = ?1 AND"
                                         " time > ?2 ORDER BY time, sequence LIMIT ?3"));
  return error.result();
}

Result<void> JudgementLog::add(std::span<const Judgement> judgements) {
  if (judgements.empty()) return {};
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  for (const Judgement& one : judgements) {
    const auto modality = static_cast<std::uint32_t>(one.modality);
    Result<void> written =
        insert_.run(bytes_of(one.entity), one.time, one.sequence, modality, to_json(one));
    if (!written) return written;
  }
  since_pruned_ += static_cast<std::int64_t>(judgements.size());
  if (since_pruned_ >= prune_every) {
    since_pruned_ = 0;
    if (Result<void> pruned = prune_.run(count_max); !pruned) return pruned;
  }
  Result<void> done = transaction->commit();
  constexpr int log_pages_max = 1'024;
  if (done && database_.log_pages() > log_pages_max) database_.checkpoint();
  return done;
}

Result<std::vector<std::string>> JudgementLog::near(std::string_view entity, Time time,
                                                    std::size_t count) {
  std::vector<std::string> found;
  for (Statement* statement : {&before_, &after_}) {
    statement->query(bytes_of(entity), time, std::uint64_t{count});
    while (true) {
      const Result<bool> row = statement->next();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      found.push_back(statement->text(0));
    }
    if (statement == &before_) std::ranges::reverse(found);
  }
  return found;
}

}  // namespace retimu
