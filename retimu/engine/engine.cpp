// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/engine.hpp"

#include "retimu/engine/positions.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t batches_max = 6;
constexpr std::size_t rounds_max = 12;
constexpr auto read_wait = std::chrono::milliseconds(100);
constexpr auto report_wait = std::chrono::milliseconds(100);
constexpr auto requests_interval = std::chrono::seconds(1);
constexpr auto progress_interval = std::chrono::milliseconds(500);

using Clock = std::chrono::steady_clock;

AdmissionOptions admission_options(const EngineOptions& options, const EngineParts& parts) {
  return {.budget_per_day = parts.pipeline.budget_per_day,
          .train_rows = options.train_rows,
          .jump_max = options.jump_max,
          .shards = options.shards,
          .encodes_logs = has(parts.pipeline.judged(), Modality::logs),
          .silence_times = parts.pipeline.silence_times,
          .source_name =
              [&source = parts.source](std::uint32_t partition) {
                return source.describe({partition, 0});
              },
          .compares_peers = parts.pipeline.compares_peers(),
          .fleet = {.columns = parts.pipeline.columns,
                    .counters = parts.pipeline.counters,
                    .interval = parts.pipeline.has_row_times ? tick_interval : peers_interval,
                    .entities_max = parts.pipeline.entities_max,
                    .columns_max = parts.pipeline.columns_max}};
}

}  // namespace

Engine::Engine(const EngineOptions& options, EngineParts parts)
    : options_(options),
      parts_(std::move(parts)),
      admission_(admission_options(options_, parts_)),
      teller_({.budget_per_day = parts_.pipeline.budget_per_day,
               .seed = parts_.pipeline.seed,
               .maintenance = parts_.pipeline.maintenance,
               .incidents = options.incidents}),
      free_batches_(batches_max),
      free_rounds_(rounds_max),
      dispatched_(rounds_max),
      lateness_(options.stale_after),
      vitals_(parts_.vitals != nullptr ? *parts_.vitals : own_vitals_) {
  const bool records = parts_.recorder != nullptr;
  for (std::size_t i = 0; i < options_.shards; ++i) {
    shards_.push_back(std::make_unique<Shard>(
        ShardOptions{i, options_.shards, records, parts_.judgements != nullptr}, parts_.pipeline,
        parts_.evicted, entity_count_, board_));
  }
  for (std::size_t i = 0; i < batches_max; ++i) {
    batch_pool_.push_back(std::make_unique<SharedBatch>(options_.events_per_read_max));
    batch_pool_.back()->batch.keep_origins = records;
    free_batches_.send(batch_pool_.back().get());
  }
  for (std::size_t i = 0; i < rounds_max; ++i) {
    round_pool_.push_back(std::make_unique<Round>(options_.shards, options_.events_per_read_max));
    free_rounds_.send(round_pool_.back().get());
  }
}

Engine::~Engine() = default;

bool Engine::is_stopping() const {
  return has_failed_.load(std::memory_order_relaxed) ||
         (parts_.stop != nullptr && parts_.stop->load(std::memory_order_relaxed));
}

SharedBatch* Engine::take_batch() {
  SharedBatch* shared = *free_batches_.receive();
  shared->batch.clear();
  return shared;
}

Round* Engine::take_round() {
  Round* round = *free_rounds_.receive();
  round->clear();
  return round;
}

// ---- reading

Result<void> Engine::read_all(Source& source, bool is_training) {
  for (Read state = Read::open; state == Read::open && !is_stopping();) {
    if (!is_training) look_for_requests();
    if (!is_training) look_for_health();
    if (summary_.reload) break;
    if (is_paused_) {
      note_read({});
      std::this_thread::sleep_for(read_wait);
      continue;
    }
    SharedBatch* shared = take_batch();
    // What is judged again ends a batch: a request enters behind it, and a pause begins there.
    const std::uint64_t known = std::max(replay_until_, logged_until_);
    std::size_t events_max = options_.events_per_read_max;
    if (!is_training && admission_.sequence() < known) {
      events_max = std::min<std::uint64_t>(events_max, known - admission_.sequence());
    }
    Result<Read> read = source.read(shared->batch, events_max, read_wait);
    if (!read) {
      free_batches_.send(shared);
      return tl::unexpected(read.error());
    }
    state = *read;
    note_read(shared->batch);
    if (!is_training) note_lateness(shared->batch);
    if (Result<void> admitted = admit(*shared, is_training); !admitted) return admitted;
    if (parts_.progress && Clock::now() >= progress_due_) {
      progress_due_ = Clock::now() + progress_interval;
      parts_.progress(source.report(), alerts_told_.load(std::memory_order_relaxed));
    }
  }
  return {};
}

// Rounds of one batch: one, unless a control has to wait for the groups' reports in between.
Result<void> Engine::admit(SharedBatch& shared, bool is_training) {
  const Batch& batch = shared.batch;
  if (batch.events.empty() && batch.rejected.empty()) {
    free_batches_.send(&shared);
    if (!is_training) save_meanwhile();
    return {};
  }
  const Clock::time_point polled = Clock::now();
  shared.rounds.store(1, std::memory_order_relaxed);  // the reader's own hold
  for (std::size_t first = 0;;) {
    Round* round = take_round();
    round->shared = &shared;
    round->polled = polled;
    round->is_training = is_training;
    first = admission_.admit(*round, first, is_training);
    if (Result<void> fetched = fetch_models(*round); !fetched) {
      free_rounds_.send(round);
      release(shared);
      return fetched;
    }
    const bool is_last = first >= batch.events.size();
    if (is_last && !is_training) plan_snapshot(*round);
    dispatch(round);
    if (is_last) break;
    if (Result<void> waited = wait_for_report(); !waited) {
      release(shared);
      return waited;
    }
  }
  release(shared);
  return {};
}

// What was judged before is judged again as it was: nothing new enters there.
bool Engine::is_past_replay() const {
  return admission_.sequence() >= std::max(replay_until_, logged_until_);
}

void Engine::look_for_requests() {
  if (parts_.requests == nullptr || Clock::now() < requests_due_) return;
  if (!is_past_replay()) return;
  requests_due_ = Clock::now() + requests_interval;
  Result<std::vector<Request>> waiting = parts_.requests->waiting();
  if (!waiting) {
    if (parts_.note) parts_.note(waiting.error());
    return;
  }
  note_pause(is_paused(*waiting));
  ask(std::move(*waiting));
}

void Engine::ask(std::vector<Request> waiting) {
  for (Request& request : waiting) {
    if (asked_.contains(request.name)) continue;
    const auto carried_out = std::ranges::find(parts_.carried_out, request.name, &Request::name);
    if (carried_out != parts_.carried_out.end()) request = *carried_out;
    const std::optional<Operation> operation =
        request.kind == Control::Kind::operation ? read_operation(request.body) : std::nullopt;
    if (operation && operation->action == Operation::Action::reload &&
        carried_out == parts_.carried_out.end()) {
      reload(request, *operation);
      if (summary_.reload) return;
      continue;
    }
    if (request.kind == Control::Kind::model && !may_take_over(request)) continue;
    asked_.insert(request.name);
    admission_.ask(std::move(request));
  }
}

// What is refused waits no longer.
void Engine::reload(Request& request, const Operation& operation) {
  if (parts_.reload && parts_.reload(operation)) {
    summary_.reload = std::move(request);
    return;
  }
  const Result<void> done = parts_.requests->done(request.name);
  if (!done && parts_.note) parts_.note(done.error());
}

void Engine::note_pause(bool is_paused) {
  vitals_.is_paused.store(is_paused, std::memory_order_relaxed);
  if (is_paused == std::exchange(is_paused_, is_paused) || !parts_.note) return;
  parts_.note({Fault::usage, is_paused ? "paused: nothing is read until `retimu control DATA_DIR "
                                         "--resume`; what live sources send waits in the journal"
                                       : "goes on reading after a pause"});
}

Result<void> Engine::wait_for_report() {
  const std::optional<Boundary> boundary = admission_.awaited();
  RETIMU_ASSERT(boundary.has_value());
  while (!has_failed_.load(std::memory_order_relaxed)) {
    if (const std::optional<FleetSums> sums = board_.take(*boundary, report_wait)) {
      admission_.give_report(*sums);
      return {};
    }
  }
  return failure(Fault::internal, "stopped while waiting for the groups");
}

void Engine::dispatch(Round* round) {
  if (round->shared != nullptr) round->shared->rounds.fetch_add(1, std::memory_order_relaxed);
  if (parts_.recorder != nullptr) round->verdicts.resize(round->last - round->first);
  round->remaining.store(static_cast<int>(shards_.size()), std::memory_order_release);
  for (auto& shard : shards_) shard->rounds().send(round);
  vitals_.dispatched.fetch_add(1, std::memory_order_relaxed);
  dispatched_.send(round);
}

// A snapshot cycle takes the fleet and then one group a round, so that no round is held up by all
// of them; none while the disk is behind.
void Engine::plan_snapshot(Round& round) {
  if (snapshotter_ == nullptr || admission_.sequence() < groups_wait_until_) return;
  if (options_.waits_for_storage && snapshotter_->failed()) begin_snapshots_anew();
  if (left_to_save_ == 0) {
    if (Clock::now() < snapshot_due_) return;
    snapshot_due_ = Clock::now() + options_.snapshot_interval;
    left_to_save_ = group_count;
    cycle_begun_at_ = admission_.sequence();
    if (parts_.debug) parts_.debug(fmt::format("snapshots at record {}", admission_.sequence()));
    forget_read();
  }
  if (Snapshot* snapshot = snapshotter_->try_take()) save_next(round, snapshot);
}

// Nothing came: a cycle goes on, or begins where something was judged since the last one.
void Engine::save_meanwhile() {
  if (left_to_save_ == 0 && admission_.sequence() == cycle_begun_at_) return;
  Round* round = take_round();
  round->sequence_next = admission_.sequence();
  plan_snapshot(*round);
  round->snapshot != nullptr ? dispatch(round) : free_rounds_.send(round);
}

// A restart asks for nothing that was read before the snapshot cycle before the last whole one: two
// snapshots are kept of a group, and three of the fleet, at most one of which is younger than that.
void Engine::forget_read() {
  constexpr std::size_t cycles_kept = 4;
  cycle_positions_.push_back(parts_.source.positions());
  if (cycle_positions_.size() <= cycles_kept) return;
  if (Result<void> done = parts_.source.forget(cycle_positions_.front()); !done && parts_.note) {
    parts_.note(done.error());
  }
  cycle_positions_.pop_front();
}

// A restart needs what is known of the fleet as of no later than any of the groups: it comes first,
// from the first log line or reading on, and again once all groups have been saved since, however
// many processes that took: so of the few that are kept one is older than each group's.
void Engine::save_next(Round& round, Snapshot* snapshot) {
  if (saved_since_fleet_ >= group_count && admission_.has_fleet()) {
    saved_since_fleet_ = 0;
    fleet_saved_at_ = admission_.sequence();
    snapshot->group = fleet_group;
    StateWriter writer(snapshot->state);
    admission_.visit_fleet(writer);
  } else {
    snapshot->group = static_cast<GroupId>(next_to_save_);
    next_to_save_ = (next_to_save_ + 1) % group_count;
    --left_to_save_;
    if (admission_.sequence() >= fleet_saved_at_) ++saved_since_fleet_;
  }
  snapshot->sequence = admission_.sequence();
  StateWriter writer(snapshot->admission);
  admission_.visit(writer);
  write_positions(writer, parts_.source.positions());
  round.snapshot = snapshot;
}

// The last snapshot, a group a round: at no time are all of them in memory twice. What a stopped
// process has no time for is replayed by the next.
void Engine::end_rounds() {
  Clock::time_point deadline = Clock::time_point::max();
  const bool may_save = snapshotter_ != nullptr && admission_.sequence() >= groups_wait_until_;
  if (may_save && options_.waits_for_storage && snapshotter_->failed()) begin_snapshots_anew();
  left_to_save_ = may_save ? group_count : 0;
  bool is_first = true;
  do {
    if (is_stopping() && deadline == Clock::time_point::max()) {  // now, or while it is written
      deadline = Clock::now() + options_.stop_time_max;
      if (snapshotter_ != nullptr) snapshotter_->set_deadline(deadline);
    }
    Round* last = take_round();
    last->sequence_next = admission_.sequence();
    last->is_end = std::exchange(is_first, false);
    if (may_save && options_.waits_for_storage && snapshotter_->failed()) left_to_save_ = 0;
    if (left_to_save_ > 0) save_next(*last, snapshotter_->take());
    dispatch(last);
  } while (left_to_save_ > 0 && Clock::now() < deadline);
}

void Engine::release(SharedBatch& shared) {
  if (shared.rounds.fetch_sub(1, std::memory_order_acq_rel) == 1) free_batches_.send(&shared);
}

// ---- running

void Engine::start_threads() {
  if (parts_.store != nullptr) {
    const auto failed = [this](const Error& error) { fail_snapshot(error); };
    snapshotter_ = std::make_unique<Snapshotter>(*parts_.store, failed, &vitals_);
  }
  snapshot_due_ = Clock::now() + options_.snapshot_interval;
  progress_due_ = Clock::now() + progress_interval;
  for (auto& shard : shards_) shard->start();
  committer_ = std::thread([this] { commit_all(); });
  if (parts_.health == nullptr) return;
  std::function<void(const Alert&)> tell_now;
  if (deliverer_ != nullptr) {
    tell_now = [this](const Alert& alert) { deliverer_->tell_now(alert); };
  }
  parts_.health->start(teller_.open_health(), std::move(tell_now));
}

Result<EngineSummary> Engine::run() {
  if (Result<void> restored = restore(); !restored) return tl::unexpected(restored.error());
  if (!parts_.carried_out.empty() && parts_.note) {
    for (const std::string& name : summary_.rewarmed) {
      parts_.note({Fault::usage, name + " has no state that it could go on with: it learns anew"});
    }
  }
  if (parts_.store != nullptr && parts_.sinks != nullptr) {
    deliverer_ = std::make_unique<Deliverer>(*parts_.store, *parts_.sinks, parts_.note, &vitals_);
    if (Result<void> resumed = deliverer_->resume(); !resumed) {
      return tl::unexpected(resumed.error());
    }
    deliverer_->start();
  }
  start_threads();

  Result<void> done;
  if (parts_.training != nullptr) done = read_all(*parts_.training, true);
  if (done) done = read_all(parts_.source, false);
  summary_.was_stopped = is_stopping() || summary_.reload;
  summary_.is_paused = is_paused_;
  if (done) end_rounds();
  for (auto& shard : shards_) shard->rounds().close();
  for (auto& shard : shards_) shard->join();
  dispatched_.close();
  committer_.join();
  if (parts_.health != nullptr) parts_.health->stop();
  if (snapshotter_ != nullptr) snapshotter_->finish();
  const Result<void> delivered = deliverer_ != nullptr ? deliverer_->finish() : Result<void>();
  if (!failure_) return tl::unexpected(failure_.error());
  if (!done) return tl::unexpected(done.error());
  if (!delivered) return tl::unexpected(delivered.error());
  if (const std::string trouble = vitals_.state(); !trouble.empty()) {
    return failure(Fault::system, "{}; what came since the last snapshot is read again", trouble);
  }
  for (const auto& shard : shards_) shard->add_to(summary_.counts);
  (parts_.evicted != nullptr ? summary_.evicted : summary_.forgotten) = entity_count_.evicted;
  return std::move(summary_);
}

std::vector<EntityReport> Engine::describe() {
  std::vector<EntityReport> list;
  for (std::size_t i = 0; i < group_count; ++i) {
    std::vector<EntityReport> part =
        shards_[i % shards_.size()]->group(static_cast<GroupId>(i))->describe();
    list.insert(list.end(), std::make_move_iterator(part.begin()),
                std::make_move_iterator(part.end()));
  }
  return list;
}

}  // namespace retimu
