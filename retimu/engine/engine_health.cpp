// SPDX-License-Identifier: Apache-2.0
// What the engine says of how it is doing, and how it goes on where nothing can be kept.
#include "retimu/core/wall_clock.hpp"
#include "retimu/engine/engine.hpp"
#include "retimu/engine/reading_tally.hpp"

#include <algorithm>

namespace retimu {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t sources_counted_max = 1'000;  // of more, the first ones
constexpr Duration latencies_interval = second;
constexpr auto retry_wait = std::chrono::milliseconds(1'000);

}  // namespace

// The teller's state, as restored, is that of all that was logged: what enters now comes after it.
void Engine::look_for_health() {
  if (parts_.health == nullptr || !is_past_replay()) return;
  for (const Alert& alert : parts_.health->take()) admission_.ask(health_request(alert));
}

void Engine::note_read(const Batch& batch) {
  const Time now = steady_now();
  vitals_.is_reading.store(true, std::memory_order_relaxed);
  vitals_.read_at.store(now, std::memory_order_relaxed);
  vitals_.watermark.store(admission_.watermark(), std::memory_order_relaxed);
  vitals_.is_caught_up.store(is_past_replay(), std::memory_order_relaxed);
  vitals_.entities.store(entity_count_.now, std::memory_order_relaxed);
  vitals_.evicted.store(entity_count_.evicted, std::memory_order_relaxed);
  vitals_.open_episodes.store(entity_count_.open, std::memory_order_relaxed);
  const auto ticks = std::ranges::count_if(
      batch.events, [](const Event& event) { return std::holds_alternative<Tick>(event.payload); });
  const std::size_t records = batch.events.size() - static_cast<std::size_t>(ticks);
  if (records + batch.rejected.size() == 0) return;
  vitals_.record_at.store(now, std::memory_order_relaxed);
  vitals_.records.fetch_add(records, std::memory_order_relaxed);
  vitals_.rejected.fetch_add(batch.rejected.size(), std::memory_order_relaxed);
  count_by_source(batch);
  for (const Rejected& one : batch.rejected) {
    vitals_.count_rejected(parts_.source.describe(one.position), reason_label(one.reason));
  }
}

SourceVitals* Engine::read_of(std::uint32_t source) {
  if (last_read_ < read_of_.size() && read_of_[last_read_].number == source) {
    return &read_of_[last_read_];
  }
  auto at = std::ranges::lower_bound(read_of_, source, {}, &SourceVitals::number);
  if (at == read_of_.end() || at->number != source) {
    if (read_of_.size() == sources_counted_max) return nullptr;
    at = read_of_.insert(at, {source, parts_.source.describe({source, 0})});
  }
  last_read_ = static_cast<std::size_t>(at - read_of_.begin());
  return &*at;
}

// What an earlier process judged already was counted by it.
void Engine::count_by_source(const Batch& batch) {
  if (!is_past_replay()) return;
  for (const Event& event : batch.events) {
    if (std::holds_alternative<Tick>(event.payload)) continue;
    if (SourceVitals* source = read_of(event.position.partition)) ++source->records;
  }
  for (const Rejected& one : batch.rejected) {
    if (SourceVitals* source = read_of(one.position.partition)) ++source->rejected;
  }
  vitals_.set_sources(read_of_);
}

// A cycle that was not whole counts as none: more is kept of what the source sent. The fleet waits
// until every group was saved again, so that one is kept that is older than each of them.
void Engine::begin_snapshots_anew() {
  const GroupId group = *snapshotter_->failed();
  snapshotter_->try_again();
  snapshot_due_ = Clock::now() + std::max(options_.snapshot_interval, retry_wait);
  left_to_save_ = 0;
  saved_since_fleet_ = group == fleet_group ? group_count : 0;
  if (group != fleet_group) next_to_save_ = static_cast<std::size_t>(group);
  if (!cycle_positions_.empty()) cycle_positions_.pop_back();
}

void Engine::fail_snapshot(const Error& error) {
  if (!options_.waits_for_storage || error.fault != Fault::system) return fail(error);
  if (vitals_.state().empty() && parts_.note) {
    parts_.note({error.fault, error.message + "; the snapshot is tried again"});
  }
  vitals_.set_state(error.message);
}

// It enters with the next tick of the batch, before which nothing was judged late for long.
void Engine::note_lateness(const Batch& batch) {
  if (options_.stale_after <= 0 || !options_.waits_for_storage || !is_past_replay()) return;
  const Time now = wall_clock();
  if (lateness_.is_to_be_told(batch.arrivals, now)) admission_.ask(wall_request(now));
}

// By when the record came that it rests on, or was judged, where that was long after. Both stand in
// the journal and in the admitted order, so that a replay says the same. `wall`: as it last entered
// the order before the round.
void Engine::mark_stale(const Round& round, Time wall) {
  if (options_.stale_after <= 0 || round.shared == nullptr) return;
  const Batch& batch = round.shared->batch;
  const std::uint64_t first =
      round.first < batch.events.size() ? batch.events[round.first].sequence : 0;
  const auto arrived = [&](std::uint64_t sequence) {
    const std::uint64_t at = round.first + (sequence < first ? 0 : sequence - first);
    Time time = arrived_;
    for (const Arrival& arrival : batch.arrivals) {
      if (arrival.from > at) break;
      time = arrival.time;
    }
    return time;
  };
  for (Alert& alert : told_) {
    Time known = wall;
    for (const Mark& mark : round.marks) {
      if (mark.sequence > alert.sequence) break;
      if (mark.request) known = read_wall(*mark.request).value_or(known);
    }
    const Time arrival = arrived(alert.sequence);
    const Time came = arrival == time_none ? time_none : std::max(arrival, known);
    alert.is_stale = came != time_none && came - alert.time > options_.stale_after;
    vitals_.stale.fetch_add(alert.is_stale ? 1 : 0, std::memory_order_relaxed);
  }
  if (round.last > round.first) arrived_ = arrived(batch.events[round.last - 1].sequence);
}

void Engine::note_committed() {
  const Time now = steady_now();
  vitals_.committed.fetch_add(1, std::memory_order_relaxed);
  vitals_.committed_at.store(now, std::memory_order_relaxed);
  vitals_.raised.store(summary_.raised, std::memory_order_relaxed);
  vitals_.updated.store(summary_.updated, std::memory_order_relaxed);
  vitals_.resolved.store(summary_.resolved, std::memory_order_relaxed);
  vitals_.incidents.store(summary_.incidents, std::memory_order_relaxed);
  vitals_.held_back.store(summary_.held_back, std::memory_order_relaxed);
  vitals_.open_incidents.store(teller_.open_incidents(), std::memory_order_relaxed);
  if (now - latencies_at_ < latencies_interval) return;
  latencies_at_ = now;
  Vitals::Latencies latencies;
  for (std::size_t i = 0; i < Vitals::quantiles.size(); ++i) {
    latencies.nanoseconds[i] = summary_.latency.quantile(Vitals::quantiles[i]);
  }
  latencies.count = summary_.latency.count();
  latencies.sum = latency_sum_;
  vitals_.set_latencies(latencies);
}

}  // namespace retimu
