// SPDX-License-Identifier: Apache-2.0
// Restart: the newest snapshot of each group, then the admitted order from the earliest of them on.
#include "retimu/engine/engine.hpp"
#include "retimu/engine/positions.hpp"

#include <algorithm>

namespace retimu {

Result<void> Engine::restore() {
  if (parts_.store == nullptr) {
    admission_.use_logged(std::move(parts_.controls));
    return parts_.learned != nullptr ? begin_with(*parts_.learned) : Result<void>();
  }
  if (Result<void> same = recognise(); !same) return same;
  std::optional<StoredGroup> earliest;
  bool is_everywhere = true;
  for (std::size_t i = 0; i < group_count; ++i) {
    const auto id = static_cast<GroupId>(i);
    Result<std::optional<StoredGroup>> stored = parts_.store->restore(id);
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored) {
      if (is_everywhere) next_to_save_ = i;
      is_everywhere = false;
      continue;
    }
    if (!(*stored)->note.empty() && parts_.note) {
      parts_.note({Fault::corrupt, (*stored)->note});
    }
    const std::uint64_t sequence = (*stored)->sequence;
    if (Result<void> loaded = restore_group(id, (*stored)->state, sequence); !loaded) return loaded;
    replay_until_ = std::max(replay_until_, sequence);
    if (!earliest || sequence < earliest->sequence) {
      earliest = std::move(**stored);
      if (is_everywhere) next_to_save_ = i;
    }
  }
  Result<std::vector<std::byte>> teller = parts_.store->teller();
  if (!teller) return tl::unexpected(teller.error());
  if (!teller->empty()) {
    StateReader reader(*teller);
    teller_.visit(reader);
    if (!reader.finished()) {
      return failure(Fault::corrupt,
                     "the stored state of the budget is damaged; restore data_dir "
                     "from a backup or start with an empty one");
    }
  }
  Result<std::optional<StoredGroup>> newest = parts_.store->restore(fleet_group);
  if (!newest) return tl::unexpected(newest.error());
  if (*newest) {
    // Until one is found that is no newer than the groups, none of these is saved: the next restart
    // would have none either.
    fleet_saved_at_ = groups_wait_until_ = (*newest)->sequence;
    saved_since_fleet_ = 0;
  }
  if (!earliest || !is_everywhere) return replay_from(0);
  Result<std::optional<StoredGroup>> fleet = parts_.store->restore(fleet_group, earliest->sequence);
  if (!fleet) return tl::unexpected(fleet.error());
  // None: no log line nor reading had come by then.
  if (*fleet) {
    groups_wait_until_ = 0;
    if (!(*fleet)->note.empty() && parts_.note) parts_.note({Fault::corrupt, (*fleet)->note});
    if (Result<void> loaded = admission_.load_fleet((*fleet)->state); !loaded) return loaded;
    earliest = std::move(**fleet);
  }
  StateReader reader(earliest->admission);
  admission_.visit(reader);
  const std::vector<Position> positions = read_positions(reader);
  if (!reader.finished()) {
    return failure(Fault::corrupt,
                   "the stored position of the source is damaged; restore data_dir "
                   "from a backup or start with an empty one");
  }
  // None: nothing was read yet, and a source begins where it would have.
  if (!positions.empty()) {
    if (Result<void> sought = parts_.source.seek(positions); !sought) return sought;
    // Snapshots that an earlier process wrote are all that a later one needs.
    if (Result<void> done = parts_.source.forget(positions); !done) return done;
  }
  for (auto& shard : shards_) {
    shard->set_clock(admission_.ticked());
    shard->set_peers(admission_.peers());
  }
  return replay_from(earliest->sequence);
}

Result<void> Engine::restore_group(GroupId id, Bytes state, std::uint64_t sequence) {
  Shard& shard = *shards_[static_cast<std::size_t>(id) % options_.shards];
  if (Result<void> loaded = shard.restore(id, state, sequence); !loaded) return loaded;
  for (const std::string& name : shard.group(id)->rewarmed()) {
    if (!std::ranges::count(summary_.rewarmed, name)) summary_.rewarmed.push_back(name);
  }
  return {};
}

Result<void> Engine::begin_with(const LearnedState& learned) {
  for (std::size_t i = 0; i < group_count; ++i) {
    const auto id = static_cast<GroupId>(i);
    if (Result<void> loaded = restore_group(id, learned.groups[i], learned.sequence); !loaded) {
      return loaded;
    }
  }
  if (!learned.fleet.empty()) {
    if (Result<void> loaded = admission_.load_fleet(learned.fleet); !loaded) return loaded;
  }
  StateReader reader(learned.admission);
  admission_.visit(reader);
  if (!reader.finished()) {
    return failure(Fault::corrupt, "the model's state of the reader is damaged; train it again");
  }
  for (auto& shard : shards_) {
    shard->set_clock(admission_.ticked());
    shard->set_peers(admission_.peers());
  }
  return {};
}

LearnedState Engine::learned() {
  LearnedState learned;
  learned.sequence = admission_.sequence();
  StateWriter reader(learned.admission);
  admission_.visit(reader);
  if (admission_.has_fleet()) {
    StateWriter fleet(learned.fleet);
    admission_.visit_fleet(fleet);
  }
  for (std::size_t i = 0; i < group_count; ++i) {
    shards_[i % shards_.size()]->group(static_cast<GroupId>(i))->save(learned.groups[i]);
  }
  return learned;
}

// What was read before must still be there, and files that have gone are told once.
Result<void> Engine::recognise() {
  Result<std::vector<Partition>> known = parts_.store->known();
  if (!known) return tl::unexpected(known.error());
  if (Result<void> same = parts_.source.recognise(*known); !same) return same;
  const std::vector<Partition> now = parts_.source.partitions();
  for (const Partition& before : *known) {
    const bool is_there = std::ranges::count(now, before.number, &Partition::number) > 0;
    if (is_there || !parts_.note) continue;
    parts_.note({Fault::input, before.name + ": was read before and is not read any more"});
  }
  return parts_.store->know(now);
}

// A process that died just after it had logged a request, or could not remove it, left it waiting.
// The latter may be long ago, before all snapshots.
Result<void> Engine::drop_logged_requests() {
  if (parts_.requests == nullptr) return {};
  const Result<std::vector<Request>> waiting = parts_.requests->waiting();
  if (!waiting) {
    if (parts_.note) parts_.note(waiting.error());
    return {};
  }
  if (waiting->empty()) return {};
  const Result<std::vector<LoggedControl>> logged = parts_.store->controls(0);
  if (!logged) return tl::unexpected(logged.error());
  for (const Request& request : *waiting) {
    const bool is_logged = std::ranges::any_of(*logged, [&](const LoggedControl& one) {
      return one.kind == request.kind && is_same_request(one.kind, one.body, request.body);
    });
    if (!is_logged) continue;
    if (Result<void> done = parts_.requests->done(request.name); !done) return done;
  }
  return {};
}

Result<void> Engine::replay_from(std::uint64_t sequence) {
  Result<std::vector<LoggedControl>> controls = parts_.store->controls(sequence);
  if (!controls) return tl::unexpected(controls.error());
  if (Result<void> done = drop_logged_requests(); !done) return done;
  admission_.use_logged(std::move(*controls));
  Result<std::vector<AdmittedRun>> admitted = parts_.store->admitted(sequence);
  if (!admitted) return tl::unexpected(admitted.error());
  logged_until_ = sequence;
  for (const AdmittedRun& run : *admitted) logged_until_ += run.count;
  parts_.source.follow(std::move(*admitted));
  return {};
}

}  // namespace retimu
