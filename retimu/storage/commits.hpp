// SPDX-License-Identifier: Apache-2.0
// What must be kept at once: alerts, controls, and the state of the stage that tells.
#ifndef RETIMU_STORAGE_COMMITS_HPP
#define RETIMU_STORAGE_COMMITS_HPP

#include "retimu/core/store.hpp"
#include "retimu/storage/sqlite.hpp"

namespace retimu {

struct CommitOptions {
  bool sync = false;              // on the disk before commit() returns
  std::uint64_t alerts_max = 0;   // rows kept that every sink has
  std::uint64_t waiting_max = 0;  // rows that some sink does not have yet
};

class Commits {
 public:
  static Result<std::unique_ptr<Commits>> open(Database database, CommitOptions options,
                                               bool read_only);
  Result<void> commit(const Commit& commit);
  Result<std::vector<std::byte>> teller();
  Result<std::vector<LoggedControl>> controls(std::uint64_t sequence_from);
  Result<std::vector<AdmittedRun>> admitted(std::uint64_t sequence_from);
  Result<void> know(std::span<const Partition> partitions);
  Result<std::vector<Partition>> known();

 private:
  Commits(Database database, CommitOptions options, bool read_only)
      : database_(std::move(database)), options_(options), read_only_(read_only) {}
  Result<void> prepare();
  Result<void> write(const Commit& commit);
  Result<void> write_control(const LoggedControl& control);
  Result<void> write_admitted(const Commit& commit);
  Result<void> prune_outbox();
  Result<std::int64_t> number(Statement& statement);

  Database database_;
  const CommitOptions options_;
  const bool read_only_;
  std::vector<std::byte> runs_;  // as bytes
  Statement insert_alert_, insert_control_, same_control_, write_teller_, read_teller_,
      read_controls_, newest_, oldest_, slowest_, slowest_name_, prune_, insert_admitted_,
      read_admitted_, insert_partition_, read_partitions_;
};

}  // namespace retimu

#endif
