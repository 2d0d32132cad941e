// SPDX-License-Identifier: Apache-2.0
// The alerts as sinks see them: rows in the order of telling, and a cursor for each sink.
#ifndef RETIMU_STORAGE_OUTBOX_HPP
#define RETIMU_STORAGE_OUTBOX_HPP

#include "retimu/core/store.hpp"
#include "retimu/storage/sqlite.hpp"

#include <array>
#include <mutex>
#include <string>
#include <vector>

namespace retimu {

// As stored: the high half first, each with its highest byte first, so that rows sort as the text.
std::array<std::byte, 16> id_bytes(AlertId id);

class Outbox {
 public:
  // `write_mutex` is held while `database` writes.
  static Result<std::unique_ptr<Outbox>> open(Database database, std::mutex& write_mutex,
                                              bool read_only);
  // These are the sinks from now on: one not seen before is told what comes from here on, one that
  // is not among them is forgotten.
  Result<void> use(const std::vector<std::string>& sinks);

  // A sink that use() did not name is told all that is kept.
  Result<std::vector<OutboxRow>> rows(std::string_view sink, std::size_t count_max);
  Result<void> delivered(std::string_view sink, std::int64_t row);
  Result<std::int64_t> find(AlertId id, std::uint32_t revision);
  Result<std::uint64_t> waiting(std::string_view sink);
  Result<std::string> newest(AlertId id);  // its last revision, to_json(); empty if unknown
  Result<std::string> oldest(AlertId id);  // its first one that was told

  Result<std::string> about(std::string_view name);
  Result<void> set_about(std::string_view name, std::string_view value);
  Result<std::int64_t> number(std::string_view sql) { return database_.number(sql); }

 private:
  Result<std::string> one(Statement& statement, AlertId id);
  Outbox(Database database, std::mutex& write_mutex, bool read_only)
      : database_(std::move(database)), write_mutex_(write_mutex), read_only_(read_only) {}
  Result<void> prepare();

  Database database_;
  std::mutex& write_mutex_;
  const bool read_only_;
  Statement rows_, deliver_, find_, waiting_, newest_, oldest_, about_, set_about_;
};

}  // namespace retimu

#endif
