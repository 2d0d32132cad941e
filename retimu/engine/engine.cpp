// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/engine.hpp"

#include "retimu/core/fail_point.hpp"
#include "retimu/engine/positions.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t batches_max = 6;
constexpr std::size_t rounds_max = 12;
constexpr std::size_t runs_max = 64 * 1024;  // of the admitted order, then they are committed
constexpr auto read_wait = std::chrono::milliseconds(100);
constexpr auto report_wait = std::chrono::milliseconds(100);
constexpr auto requests_interval = std::chrono::seconds(1);
constexpr auto progress_interval = std::chrono::milliseconds(500);

using Clock = std::chrono::steady_clock;

AdmissionOptions admission_options(const EngineOptions& options, const EngineParts& parts) {
  return {parts.pipeline.budget_per_day, options.train_rows, options.jump_max, options.shards};
}

}  // namespace

Engine::Engine(const EngineOptions& options, EngineParts parts)
    : options_(options),
      parts_(std::move(parts)),
      admission_(admission_options(options_, parts_)),
      teller_(parts_.pipeline.budget_per_day, parts_.pipeline.seed),
      free_batches_(batches_max),
      free_rounds_(rounds_max),
      dispatched_(rounds_max) {
  const bool records = parts_.recorder != nullptr;
  for (std::size_t i = 0; i < options_.shards; ++i) {
    shards_.push_back(std::make_unique<Shard>(ShardOptions{i, options_.shards, records},
                                              parts_.pipeline, parts_.evicted, entity_count_,
                                              board_));
  }
  for (std::size_t i = 0; i < batches_max; ++i) {
    batch_pool_.push_back(std::make_unique<SharedBatch>());
    batch_pool_.back()->batch.keep_origins = records;
    free_batches_.send(batch_pool_.back().get());
  }
  for (std::size_t i = 0; i < rounds_max; ++i) {
    round_pool_.push_back(std::make_unique<Round>());
    round_pool_.back()->work.resize(options_.shards);
    round_pool_.back()->outputs.resize(options_.shards);
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
    SharedBatch* shared = take_batch();
    Result<Read> read = source.read(shared->batch, options_.events_per_read_max, read_wait);
    if (!read) {
      free_batches_.send(shared);
      return tl::unexpected(read.error());
    }
    state = *read;
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
void Engine::look_for_requests() {
  if (parts_.requests == nullptr || Clock::now() < requests_due_) return;
  if (admission_.sequence() < std::max(replay_until_, logged_until_)) return;
  requests_due_ = Clock::now() + requests_interval;
  Result<std::vector<Request>> waiting = parts_.requests->waiting();
  if (!waiting) {
    if (parts_.note) parts_.note(waiting.error());
    return;
  }
  for (Request& request : *waiting) {
    if (asked_.insert(request.name).second) admission_.ask(std::move(request));
  }
}

Result<void> Engine::wait_for_report() {
  const std::optional<Time> boundary = admission_.awaited();
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
  dispatched_.send(round);
}

// A snapshot cycle takes one group a round, so that no round is held up by all of them; none while
// the disk is behind.
void Engine::plan_snapshot(Round& round) {
  if (snapshotter_ == nullptr) return;
  if (left_to_save_ == 0) {
    if (Clock::now() < snapshot_due_) return;
    snapshot_due_ = Clock::now() + options_.snapshot_interval;
    left_to_save_ = group_count;
  }
  if (Snapshot* snapshot = snapshotter_->try_take()) save_next_group(round, snapshot);
}

void Engine::save_next_group(Round& round, Snapshot* snapshot) {
  snapshot->group = static_cast<GroupId>(next_to_save_);
  next_to_save_ = (next_to_save_ + 1) % group_count;
  --left_to_save_;
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
  left_to_save_ = snapshotter_ == nullptr ? 0 : group_count;
  bool is_first = true;
  do {
    if (is_stopping() && deadline == Clock::time_point::max()) {  // now, or while it is written
      deadline = Clock::now() + options_.stop_time_max;
      if (snapshotter_ != nullptr) snapshotter_->set_deadline(deadline);
    }
    Round* last = take_round();
    last->sequence_next = admission_.sequence();
    last->is_end = std::exchange(is_first, false);
    if (left_to_save_ > 0) save_next_group(*last, snapshotter_->take());
    dispatch(last);
  } while (left_to_save_ > 0 && Clock::now() < deadline);
}

void Engine::release(SharedBatch& shared) {
  if (shared.rounds.fetch_sub(1, std::memory_order_acq_rel) == 1) free_batches_.send(&shared);
}

// ---- committing

void Engine::commit_all() {
  while (const std::optional<Round*> next = dispatched_.receive()) {
    Round* round = *next;
    for (int left = round->remaining.load(std::memory_order_acquire); left > 0;
         left = round->remaining.load(std::memory_order_acquire)) {
      round->remaining.wait(left, std::memory_order_acquire);
    }
    if (!has_failed_.load(std::memory_order_relaxed)) {
      if (Result<void> done = commit(*round); !done) fail(done.error());
    }
    if (round->snapshot != nullptr) snapshotter_->drop(round->snapshot);  // it was not committed
    if (round->shared != nullptr) release(*round->shared);
    free_rounds_.send(round);
  }
}

// The first one counts; everything stops reading and nothing more is committed.
void Engine::fail(const Error& error) {
  const std::lock_guard lock(failure_mutex_);
  if (failure_) failure_ = tl::unexpected(error);
  has_failed_.store(true, std::memory_order_relaxed);
}

Result<void> Engine::commit(Round& round) {
  for (const ShardOutput& output : round.outputs) {
    if (output.error) return tl::unexpected(*output.error);
  }
  told_.clear();
  teller_.tell(round, told_);
  if (round.is_end && !summary_.was_stopped) teller_.finish(told_);
  log_controls(round);
  note_order(round);
  // A snapshot must not be ahead of the admitted order, nor of what the budget held back.
  if (parts_.store != nullptr && (!told_.empty() || !controls_.empty() ||
                                  round.snapshot != nullptr || runs_.size() >= runs_max)) {
    teller_state_.clear();
    StateWriter writer(teller_state_);
    teller_.visit(writer);
    const Commit commit{told_, controls_, teller_state_, runs_from_, runs_};
    if (Result<void> done = parts_.store->commit(commit); !done) return done;
    runs_.clear();
  }
  if (Result<void> done = finish_requests(round); !done) return done;
  count(round);
  if (Result<void> handed = hand_over(told_); !handed) return handed;
  if (Result<void> done = reject(round); !done) return done;
  if (parts_.recorder != nullptr && round.shared != nullptr && !round.is_training) {
    if (Result<void> done = parts_.recorder->record(round, told_); !done) return done;
  }
  if (round.shared != nullptr) {
    const auto waited = std::chrono::nanoseconds(Clock::now() - round.polled).count();
    summary_.latency.add(waited, round.last - round.first);
  }
  if (round.snapshot != nullptr) snapshotter_->write(std::exchange(round.snapshot, nullptr));
  return {};
}

void Engine::log_controls(const Round& round) {
  controls_.clear();
  for (const Mark& mark : round.marks) {
    if (mark.control) {
      const auto* body = reinterpret_cast<const std::byte*>(&*mark.control);
      controls_.push_back({mark.sequence,
                           *mark.boundary,
                           Control::Kind::budget,
                           {body, body + sizeof *mark.control}});
    }
    if (mark.request) {
      controls_.push_back({mark.sequence, mark.time, Control::Kind::confirmation,
                           to_bytes(mark.request->confirmation)});
    }
  }
}

// They are logged: a restart finds them there, and they need not wait any more.
Result<void> Engine::finish_requests(const Round& round) {
  for (const Mark& mark : round.marks) {
    if (!mark.request || mark.request->name.empty() || parts_.requests == nullptr) continue;
    fail_point("request.before_done");
    if (Result<void> done = parts_.requests->done(mark.request->name); !done) return done;
  }
  return {};
}

// The interleaving of partitions, as far as an earlier process has not logged it.
void Engine::note_order(const Round& round) {
  if (parts_.store == nullptr || round.shared == nullptr || round.is_training) return;
  const std::vector<Event>& events = round.shared->batch.events;
  for (std::size_t i = round.first; i < round.last; ++i) {
    if (events[i].sequence < logged_until_) continue;
    const std::uint32_t partition = events[i].position.partition;
    if (runs_.empty()) runs_from_ = events[i].sequence;
    if (runs_.empty() || runs_.back().partition != partition || runs_.back().count == UINT32_MAX) {
      runs_.push_back({partition, 0});
    }
    ++runs_.back().count;
  }
}

Result<void> Engine::hand_over(std::span<const Alert> told) {
  if (told.empty() || parts_.sinks == nullptr) return {};
  alerts_told_.fetch_add(told.size(), std::memory_order_relaxed);
  if (deliverer_ != nullptr) {
    deliverer_->wake();
    return {};
  }
  for (NamedSink& sink : *parts_.sinks) {
    if (Result<void> done = sink.sink->deliver(told); !done) return done;
  }
  return {};
}

// The records that could not be read stand with the round before whose events they came; the last
// round of a batch takes the rest.
Result<void> Engine::reject(const Round& round) {
  if (!parts_.rejected || round.shared == nullptr || round.is_training) return {};
  const Batch& batch = round.shared->batch;
  const bool is_rest = round.last == batch.events.size();
  for (const Rejected& rejected : batch.rejected) {
    const bool is_here =
        rejected.before >= round.first && (rejected.before < round.last || is_rest);
    if (!is_here) continue;
    if (Result<void> done = parts_.rejected(rejected); !done) return done;
  }
  return {};
}

void Engine::count(const Round& round) {
  for (const Alert& alert : told_) {
    summary_.raised += alert.change == Change::raised ? 1 : 0;
    summary_.updated += alert.change == Change::updated ? 1 : 0;
    summary_.resolved += alert.change == Change::resolved ? 1 : 0;
  }
  summary_.held_back = teller_.held_back();
  if (round.shared == nullptr) return;
  const std::vector<Event>& events = round.shared->batch.events;
  for (std::size_t i = round.first; i < round.last; ++i) {
    summary_.trained += events[i].training ? 1 : 0;
    summary_.replayed += events[i].sequence < replay_until_ ? 1 : 0;
  }
  summary_.records += round.last - round.first;
}

// ---- running

Result<EngineSummary> Engine::run() {
  if (Result<void> restored = restore(); !restored) return tl::unexpected(restored.error());
  if (parts_.store != nullptr && parts_.sinks != nullptr) {
    deliverer_ = std::make_unique<Deliverer>(*parts_.store, *parts_.sinks, parts_.note);
    if (Result<void> resumed = deliverer_->resume(); !resumed) {
      return tl::unexpected(resumed.error());
    }
    deliverer_->start();
  }
  if (parts_.store != nullptr) {
    snapshotter_ =
        std::make_unique<Snapshotter>(*parts_.store, [this](const Error& error) { fail(error); });
  }
  snapshot_due_ = Clock::now() + options_.snapshot_interval;
  progress_due_ = Clock::now() + progress_interval;
  for (auto& shard : shards_) shard->start();
  committer_ = std::thread([this] { commit_all(); });

  Result<void> done;
  if (parts_.training != nullptr) done = read_all(*parts_.training, true);
  if (done) done = read_all(parts_.source, false);
  summary_.was_stopped = is_stopping();
  if (done) end_rounds();
  for (auto& shard : shards_) shard->rounds().close();
  for (auto& shard : shards_) shard->join();
  dispatched_.close();
  committer_.join();
  if (snapshotter_ != nullptr) snapshotter_->finish();
  const Result<void> delivered = deliverer_ != nullptr ? deliverer_->finish() : Result<void>();
  if (!failure_) return tl::unexpected(failure_.error());
  if (!done) return tl::unexpected(done.error());
  if (!delivered) return tl::unexpected(delivered.error());
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
