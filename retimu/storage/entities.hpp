// SPDX-License-Identifier: Apache-2.0
// Evicted entities, in a database file of their own so that alerts never wait for them.
//
// Rows are versions: (group, entity, sequence) with a state says that the entity went out at that
// sequence, one without a state that it came back. The newest row of an entity is what holds. All
// of it lies in one open transaction, which Snapshots commits just before it commits a pointer;
// hence
//   - a crash loses only rows younger than the last snapshots, which the replay makes again,
//   - rows of groups that were not part of that snapshot may be too young: restore() drops them,
//   - what an older row says is needed until the oldest kept snapshot has a newer one: forget().
#ifndef RETIMU_STORAGE_ENTITIES_HPP
#define RETIMU_STORAGE_ENTITIES_HPP

#include "retimu/core/store.hpp"
#include "retimu/storage/sqlite.hpp"

#include <map>
#include <mutex>
#include <optional>

namespace retimu {

class Entities final : public EntityStore {
 public:
  static Result<std::unique_ptr<Entities>> open(Database database, bool read_only);

  Result<void> put(GroupId group, std::string_view entity, std::uint64_t sequence,
                   Bytes state) override;
  Result<std::optional<std::vector<std::byte>>> get(GroupId group, std::string_view entity,
                                                    std::uint64_t sequence) override;
  Result<void> each(GroupId group, const EntityCall& call) override;

  // Makes the group what it was before event `sequence`; 0: empty. Read-only: looks at it so.
  Result<void> restore(GroupId group, std::uint64_t sequence);
  // What was put and taken so far stays from now on.
  Result<void> commit();
  // No snapshot before `sequence` will be asked for again: frees what only those needed.
  Result<void> forget(GroupId group, std::uint64_t sequence);
  Result<std::uint64_t> count();  // of entities in the store

 private:
  explicit Entities(Database database, bool read_only)
      : database_(std::move(database)), read_only_(read_only) {}
  Result<void> prepare();
  Result<void> begin();
  Result<void> shrink();
  Result<void> fail(const Error& error);
  std::int64_t limit(GroupId group) const;

  std::mutex mutex_;
  Database database_;
  const bool read_only_;
  Statement put_, take_, get_, each_, count_, drop_, forget_replaced_, forget_returned_;
  std::optional<Error> failed_;
  std::map<GroupId, std::uint64_t> forgotten_;   // below it nothing is left to forget
  std::map<GroupId, std::uint64_t> seen_as_of_;  // read-only: rows from there on do not exist
};

}  // namespace retimu

#endif
