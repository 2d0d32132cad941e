// SPDX-License-Identifier: Apache-2.0
// Commits are small and at once, snapshots large and rare: restart = newest snapshot of each group
// + replay.
#ifndef RETIMU_CORE_STORE_HPP
#define RETIMU_CORE_STORE_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/interface.hpp"
#include "retimu/core/source.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

using Bytes = std::span<const std::byte>;

struct LoggedControl {
  std::uint64_t sequence = 0;
  Time time = 0;
  Control::Kind kind{};
  std::vector<std::byte> body;
};

// One transaction: all of it or nothing.
struct Commit {
  std::span<const Alert> alerts;  // those whose (id, revision) is known already are ignored
  std::span<const LoggedControl> controls;
  Bytes teller{};  // state of the stage that tells, as of the last alert; empty: unchanged
  // The interleaving of partitions from event `sequence` on; none: unchanged. Without it a restart
  // could not tell in which order files were read that have grown since.
  std::uint64_t sequence = 0;
  std::span<const AdmittedRun> admitted{};
};

struct StoredGroup {
  std::uint64_t sequence = 0;        // first event that is not in the state
  std::vector<std::byte> admission;  // the reader's state at that sequence
  std::vector<std::byte> state;
  std::string note;  // why an older snapshot than the newest is used; empty: nothing to say
};

struct OutboxRow {
  std::int64_t row = 0;  // grows by the order of telling
  std::string alert;     // to_json()
};

struct StoreSummary {
  std::string pipeline;  // fingerprint of the configuration that wrote it
  std::uint64_t alerts = 0, controls = 0, evicted = 0;
  std::uint64_t bytes_on_disk = 0;
};

// Called by the committing thread, except where a function says otherwise.
struct Store : Interface {
  virtual Result<void> commit(const Commit& commit) = 0;

  // Both safe from a second thread; commits do not wait for them. What was told and logged of the
  // events below `sequence` must be committed before. One that is not newer than the newest is
  // left out: a replay has not come that far yet.
  virtual Result<void> snapshot(GroupId group, std::uint64_t sequence, Bytes admission,
                                Bytes state) = 0;
  // The newest whose sequence is not above `sequence_max`; of fleet_group the newest three are
  // kept, of others two.
  virtual Result<std::optional<StoredGroup>> restore(GroupId group,
                                                     std::uint64_t sequence_max = UINT64_MAX) = 0;

  virtual Result<std::vector<std::byte>> teller() = 0;  // empty: none yet
  virtual Result<std::vector<LoggedControl>> controls(std::uint64_t sequence_from) = 0;
  // The admitted order from `sequence_from` on, as far as it was committed.
  virtual Result<std::vector<AdmittedRun>> admitted(std::uint64_t sequence_from) = 0;

  // Partitions of the source, so that a later process knows them again; known() gives all.
  virtual Result<void> know(std::span<const Partition> partitions) = 0;
  virtual Result<std::vector<Partition>> known() = 0;

  // Outbox, one cursor a sink; safe from a second thread. delivered() sets the cursor to `row`,
  // back as well; find() is the row of an alert told before, 0 if unknown.
  virtual Result<std::vector<OutboxRow>> outbox(std::string_view sink, std::size_t count_max) = 0;
  virtual Result<void> delivered(std::string_view sink, std::int64_t row) = 0;
  virtual Result<std::int64_t> find(AlertId id, std::uint32_t revision) = 0;
  virtual Result<std::uint64_t> waiting(std::string_view sink) = 0;  // rows behind its cursor

  virtual Result<StoreSummary> summary() = 0;
};

// Entities that were evicted from memory; safe from several threads, each its own groups; a group
// is asked for by Store::restore() first. `sequence` is that of the event in hand, which made room
// or brought the entity back. A snapshot with sequence S holds what happened at sequences below S,
// and restore() makes the store what it was then: an entity evicted at S or later is gone from it,
// one taken back at S or later is in it again. After an error of put() or get() every later call
// and every snapshot fails, too: start again from the last snapshot.
struct EntityStore : Interface {
  virtual Result<void> put(GroupId group, std::string_view entity, std::uint64_t sequence,
                           Bytes state) = 0;
  // Takes the entity back: from now on the store has none of that name, until the next put().
  virtual Result<std::optional<std::vector<std::byte>>> get(GroupId group, std::string_view entity,
                                                            std::uint64_t sequence) = 0;
  // Every entity of the group that is in the store, ordered by the bytes of its name; takes none
  // back. The first error of `call` ends it and is returned. `call` must not use this store.
  using EntityCall = std::function<Result<void>(std::string_view entity, Bytes state)>;
  virtual Result<void> each(GroupId group, const EntityCall& call) = 0;
};

}  // namespace retimu

#endif
