// SPDX-License-Identifier: Apache-2.0
// The committing thread: takes the rounds in order once all shards are done with them, tells,
// commits, and hands on.
#include "retimu/core/fail_point.hpp"
#include "retimu/engine/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t runs_max = 64 * 1024;  // of the admitted order, then they are committed
constexpr int storage_looks = 10;            // in between two tries, whether to stop
constexpr auto storage_look_wait = std::chrono::milliseconds(100);

}  // namespace

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
    note_committed();
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

// Where there is no room all wait for it: the source is not read, and what is told already goes
// out.
template <class Step>
Result<void> Engine::keep(const Step& step) {
  for (bool is_first = true;; is_first = false) {
    Result<void> done = step();
    const bool waits = !done && options_.waits_for_storage && done.error().fault == Fault::system;
    if (!waits) {
      if (!is_first && done) vitals_.set_storage({});
      return done;
    }
    vitals_.commit_failures.fetch_add(1, std::memory_order_relaxed);
    vitals_.set_storage(done.error().message);
    if (is_first && parts_.note) {
      parts_.note({done.error().fault, done.error().message + "; it is tried every second"});
    }
    for (int look = 0; look < storage_looks; ++look) {
      if (is_stopping()) {
        return failure(Fault::system, "{}; what was not kept is read again by the next start",
                       done.error().message);
      }
      std::this_thread::sleep_for(storage_look_wait);
    }
  }
}

Result<void> Engine::commit(Round& round) {
  for (const ShardOutput& output : round.outputs) {
    if (output.error) return tl::unexpected(*output.error);
  }
  told_.clear();
  const Time wall = teller_.wall();
  teller_.tell(round, told_);
  if (round.is_end && !summary_.was_stopped) teller_.finish(told_);
  mark_stale(round, wall);
  log_controls(round);
  note_order(round);
  if (Result<void> kept = keep_judgements(round); !kept) return kept;
  // A snapshot must not be ahead of the admitted order, nor of what the budget held back.
  if (parts_.store != nullptr && (!told_.empty() || !controls_.empty() ||
                                  round.snapshot != nullptr || runs_.size() >= runs_max)) {
    teller_state_.clear();
    StateWriter writer(teller_state_);
    teller_.visit(writer);
    const Commit commit{told_, controls_, teller_state_, runs_from_, runs_};
    Result<void> done = keep([&] { return parts_.store->commit(commit); });
    if (!done) return done;
    runs_.clear();
  }
  note_takeover(round);
  if (Result<void> done = finish_requests(round); !done) return done;
  count(round);
  if (Result<void> handed = hand_over(told_); !handed) return handed;
  if (Result<void> done = reject(round); !done) return done;
  if (parts_.recorder != nullptr && round.shared != nullptr && !round.is_training) {
    if (Result<void> done = parts_.recorder->record(round, told_); !done) return done;
  }
  if (round.shared != nullptr) {
    const auto waited =
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - round.polled).count();
    summary_.latency.add(waited, round.last - round.first);
    latency_sum_ +=
        static_cast<double>(waited) * 1e-9 * static_cast<double>(round.last - round.first);
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
                           mark.boundary->time,
                           Control::Kind::budget,
                           {body, body + sizeof *mark.control}});
    }
    if (mark.request) {
      controls_.push_back({mark.sequence, mark.time, mark.request->kind, mark.request->body});
    }
  }
}

// A group decides; that nobody is told of it is known here alone, and not any more when the round
// is judged again: so this comes before the commit.
Result<void> Engine::keep_judgements(Round& round) {
  if (parts_.judgements == nullptr) return {};
  if (!teller_.held().empty()) note_held(round);
  for (const ShardOutput& output : round.outputs) {
    Result<void> kept = keep([&] { return parts_.judgements->add(output.judgements); });
    if (!kept) return kept;
  }
  return {};
}

void Engine::note_held(Round& round) {
  for (ShardOutput& output : round.outputs) {
    for (Judgement& one : output.judgements) {
      if (one.change == Change::none) continue;
      const std::span<const HeldBack> held = teller_.held();
      auto at = std::ranges::lower_bound(held, one.sequence, {}, &HeldBack::sequence);
      for (; at != held.end() && at->sequence == one.sequence; ++at) {
        if (at->time != one.time || at->change != one.change || at->entity != one.entity) continue;
        one.held_back = at->by;
        break;
      }
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
  delivered_.clear();
  std::ranges::copy_if(told, std::back_inserter(delivered_),
                       [](const Alert& alert) { return !alert.told_by; });
  if (delivered_.empty()) return {};
  for (NamedSink& sink : *parts_.sinks) {
    if (Result<void> done = sink.sink->deliver(delivered_); !done) return done;
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
    if (Result<void> done = keep([&] { return parts_.rejected(rejected); }); !done) return done;
  }
  return {};
}

void Engine::count(const Round& round) {
  for (const Alert& alert : told_) {
    if (alert.incident != nullptr) {
      summary_.incidents += alert.change == Change::raised ? 1 : 0;
      continue;
    }
    if (alert.told_by) {
      summary_.told_by_incidents += alert.change == Change::raised ? 1 : 0;
      continue;
    }
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
    summary_.records += std::holds_alternative<Tick>(events[i].payload) ? 0 : 1;
  }
}

}  // namespace retimu
