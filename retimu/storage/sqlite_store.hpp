// SPDX-License-Identifier: Apache-2.0
// The store of one pipeline in one folder:
//
//   data_dir/lock              one process at a time
//   data_dir/retimu.sqlite     alerts, cursors of sinks, controls, pointers to snapshots
//   data_dir/entities.sqlite   evicted entities
//   data_dir/segments/*.seg    snapshots of groups
//
// docs/formats.md has all of it in bytes.
#ifndef RETIMU_STORAGE_SQLITE_STORE_HPP
#define RETIMU_STORAGE_SQLITE_STORE_HPP

#include "retimu/core/store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct StoreOptions {
  std::string data_dir;              // created if missing, in a folder that exists
  std::string pipeline_fingerprint;  // kept by a new store; for others see check_fingerprint()
  bool exactly_once = false;  // a commit is on the disk when it returns; else a power cut (not
                              // a crash of the process) may take the last ones
  bool read_only = false;     // creates and changes nothing, and works while a process writes
  // The sinks of the pipeline: one that is new is told what comes from now on, one that is not
  // named any more is forgotten. None: as they were. Where another configuration wrote the store,
  // they count from set_fingerprint() on.
  std::optional<std::vector<std::string>> sinks;
  std::uint64_t alerts_max = 1'000'000;    // kept after every sink has them; >= 1
  std::uint64_t waiting_max = 10'000'000;  // that a sink may be behind; then commits fail
  std::uint64_t segment_bytes_max = 256UL * 1024 * 1024;
};

// May be used by three threads at once: one that commits, one that takes snapshots, one that
// delivers; and entities() by any. A commit waits for no other of them longer than a small write
// takes.
class SqliteStore final : public Store {
 public:
  ~SqliteStore() override;

  Result<void> commit(const Commit& commit) override;
  Result<void> snapshot(GroupId group, std::uint64_t sequence, Bytes admission,
                        Bytes state) override;
  Result<std::optional<StoredGroup>> restore(GroupId group,
                                             std::uint64_t sequence_max = UINT64_MAX) override;
  Result<std::vector<std::byte>> teller() override;
  Result<std::vector<LoggedControl>> controls(std::uint64_t sequence_from) override;
  Result<std::vector<AdmittedRun>> admitted(std::uint64_t sequence_from) override;
  Result<void> know(std::span<const Partition> partitions) override;
  Result<std::vector<Partition>> known() override;
  Result<std::vector<OutboxRow>> outbox(std::string_view sink, std::size_t count_max) override;
  Result<void> delivered(std::string_view sink, std::int64_t row) override;
  Result<std::int64_t> find(AlertId id, std::uint32_t revision) override;
  Result<std::uint64_t> waiting(std::string_view sink) override;
  Result<StoreSummary> summary() override;

  EntityStore& entities();
  Result<std::string> newest(AlertId id);  // last revision of an alert, to_json(); empty if unknown
  Result<std::string> oldest(AlertId id);  // the first that was told
  Result<std::string> fingerprint();       // summary().pipeline, without counting the rest
  // The store belongs to this configuration from now on.
  Result<void> set_fingerprint(std::string_view fingerprint);
  // Which model it began with, in the words of set_model(); empty: none. Safe as outbox() is.
  Result<std::string> model();
  Result<void> set_model(std::string_view model);

 private:
  friend Result<std::unique_ptr<SqliteStore>> open_store(const StoreOptions& options);
  struct Parts;
  explicit SqliteStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Fault::usage: data_dir is a file, or its parent or, read-only, the store is missing.
// Fault::system: another process has it, permissions, disk. Fault::corrupt: a file there is not
// ours, damaged or of a newer format; none is touched then.
Result<std::unique_ptr<SqliteStore>> open_store(const StoreOptions& options);

// Fault::usage if another configuration wrote the store; its state does not fit then.
Result<void> check_fingerprint(const StoreSummary& summary, std::string_view fingerprint,
                               std::string_view data_dir);
Result<void> check_fingerprint(std::string_view written, std::string_view fingerprint,
                               std::string_view data_dir);

}  // namespace retimu

#endif
