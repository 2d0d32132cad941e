// SPDX-License-Identifier: Apache-2.0
// The unit that travels: a stretch of the admitted order with everything that shards and the
// committer add to it. Shards work on a round side by side, each on its own groups; the committer
// takes rounds in order. Nothing that is said depends on where rounds begin and end.
#ifndef RETIMU_ENGINE_ROUND_HPP
#define RETIMU_ENGINE_ROUND_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/departure.hpp"
#include "retimu/core/judgement.hpp"
#include "retimu/core/peers.hpp"
#include "retimu/core/request.hpp"
#include "retimu/core/store.hpp"
#include "retimu/engine/boundary.hpp"
#include "retimu/engine/entity.hpp"
#include "retimu/engine/model.hpp"
#include "retimu/engine/source_watch.hpp"
#include "retimu/text/templates.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace retimu {

// Takes the memory of `count` elements from the system now: a list that comes to need it late makes
// the process grow late.
template <class T>
void make_room(std::vector<T>& list, std::size_t count) {
  list.resize(count);
  list.clear();
}

// Empties it and gives back what more than `kept` elements took.
template <class T>
void empty(std::vector<T>& list, std::size_t kept) {
  if (list.capacity() > kept) {
    list = {};
    list.reserve(kept);
  }
  list.clear();
}

// Read from the source at once; several rounds may look at parts of it.
struct SharedBatch {
  SharedBatch() = default;
  explicit SharedBatch(std::size_t events_max) {
    make_room(batch.events, events_max);
    make_room(batch.arrivals, events_max);
  }

  Batch batch;
  std::atomic<int> rounds{0};
};

// What stands before an event for all groups: first the tick, then the report, then the controls.
struct Mark {
  std::size_t before = 0;      // index of the event in the batch
  std::uint64_t sequence = 0;  // of that event
  Time time = 0;               // the clock passed it; if not a tick, that of the last one
  bool is_tick = false;
  std::optional<Boundary> boundary;  // groups report their sums as of it
  std::optional<BudgetControl> control;
  std::optional<Request> request;  // of a person
  std::vector<TemplateMerge> merges;
  std::vector<SourceChange> sources;         // before the tick
  std::shared_ptr<const PeerTable> peers{};  // what the fleet reads, from now on; null: as before
  std::shared_ptr<const Model> model{};      // that entities go on with, where that is asked
};

// A group as it is after a round, on its way to the store.
struct Snapshot {
  GroupId group{};
  std::uint64_t sequence = 0;        // first event that is not in it
  std::vector<std::byte> admission;  // state of the reader
  std::vector<std::byte> state;
  std::uint64_t attempt = 0;  // the snapshotter's
};

struct ShardOutput {
  std::vector<Alert> alerts;
  ReusedList<Departure> departures;
  std::vector<Judgement> judgements;  // of unusual events
  TakenOver taken_over;               // of a model
  std::optional<Error> error;
};

// In a shard's work list: an index into the batch's events, or, with this bit, into the round's
// marks.
inline constexpr std::uint32_t mark_bit = 0x80000000U;

struct Round {
  // Alerts, judgements and departures of a shard: seldom more, and they hold text.
  static constexpr std::size_t told_kept = 16, departures_kept = 64;

  Round() = default;
  Round(std::size_t shards, std::size_t events_max) : work(shards), outputs(shards) {
    for (auto& list : work) make_room(list, 2 * events_max);  // with marks
    for (ShardOutput& output : outputs) {
      make_room(output.alerts, told_kept);
      make_room(output.judgements, told_kept);
      output.departures.resize(departures_kept);
      for (Departure& departure : output.departures) departure.signals.resize(signal_changes_max);
      output.departures.clear();
    }
  }

  SharedBatch* shared = nullptr;
  std::size_t first = 0, last = 0;  // events of the batch
  std::vector<Mark> marks;
  std::vector<std::vector<std::uint32_t>> work;  // by shard, in admitted order
  std::vector<Verdict> verdicts;                 // by event - first; empty unless recorded
  std::vector<ShardOutput> outputs;              // by shard
  std::uint64_t sequence_next = 0;               // after this round
  Snapshot* snapshot = nullptr;                  // to be filled; the snapshotter's
  bool is_end = false;                           // no event comes after it
  bool is_training = false;                      // of the source that only teaches: not recorded
  std::chrono::steady_clock::time_point polled;
  std::atomic<int> remaining{0};  // shards not done

  void clear() {
    shared = nullptr;
    first = last = 0;
    marks.clear();
    for (auto& list : work) list.clear();
    verdicts.clear();
    for (ShardOutput& output : outputs) {
      empty(output.alerts, told_kept);
      output.departures.clear(departures_kept);
      empty(output.judgements, told_kept);
      output.taken_over = {};
      output.error.reset();
    }
    snapshot = nullptr;
    is_end = is_training = false;
  }
};

}  // namespace retimu

#endif
