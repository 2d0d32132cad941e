// SPDX-License-Identifier: Apache-2.0
// The main path: source, admission, shards, teller, commit, outbox, sinks. The calling thread reads
// and admits; shards judge; one thread commits in order; one delivers. Restart = newest snapshot of
// each group + replay.
#ifndef RETIMU_ENGINE_ENGINE_HPP
#define RETIMU_ENGINE_ENGINE_HPP

#include "retimu/core/source.hpp"
#include "retimu/engine/admission.hpp"
#include "retimu/engine/deliverer.hpp"
#include "retimu/engine/health_monitor.hpp"
#include "retimu/engine/latency.hpp"
#include "retimu/engine/lateness.hpp"
#include "retimu/engine/learned_state.hpp"
#include "retimu/engine/model_shelf.hpp"
#include "retimu/engine/shard.hpp"
#include "retimu/engine/snapshotter.hpp"
#include "retimu/engine/teller.hpp"
#include "retimu/engine/vitals.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace retimu {

// Sees everything in admitted order, on the committing thread; `told` are the round's alerts that
// were told.
struct Recorder : Interface {
  virtual Result<void> record(const Round& round, std::span<const Alert> told) = 0;
};

// Takes records that could not be read, once each, on the committing thread.
using RejectedHandler = std::function<Result<void>(const Rejected&)>;

struct EngineOptions {
  std::size_t shards = 1;
  std::size_t events_per_read_max = 2'048;
  std::uint64_t train_rows = 0;
  Duration jump_max = hour;
  std::chrono::milliseconds snapshot_interval{60'000};
  std::chrono::milliseconds stop_time_max{1'200};  // for the last snapshot when asked to stop
  std::optional<CorrelatorOptions> incidents{};    // none: each alert is told for itself
  // It reads what comes live: a full disk stops the reading until there is room, else it ends the
  // run.
  bool waits_for_storage = false;
  Duration stale_after = 0;  // of what comes live; 0: nothing is stale
};

struct EngineParts {
  const Pipeline& pipeline;
  Source& source;
  Source* training = nullptr;             // read first; only teaches
  const LearnedState* learned = nullptr;  // what it begins with, where there is no store
  Store* store = nullptr;                 // null: nothing is kept, sinks are served at once
  EntityStore* evicted = nullptr;
  Judgements* judgements = nullptr;  // what was thought of unusual events goes there
  Requests* requests = nullptr;      // of people; needs a store, which logs them
  // A reload is asked for: true ends the engine, so that another one goes on; false refuses it.
  // Called by the reading thread. Empty: refused.
  std::function<bool(const Operation&)> reload{};
  std::vector<Request> carried_out{};     // reloads before this engine, logged if they still wait
  std::vector<LoggedControl> controls{};  // of a recording, where there is no store
  ModelShelf* models = nullptr;           // that people ask for; null: none may be
  HealthMonitor* health = nullptr;        // what the pipeline has to say of itself
  Vitals* vitals = nullptr;               // is kept up to date
  std::vector<NamedSink>* sinks = nullptr;
  Recorder* recorder = nullptr;
  RejectedHandler rejected{};                // may be empty
  const std::atomic<bool>* stop = nullptr;   // set from a signal handler: drain, snapshot, end
  std::function<void(const Error&)> note{};  // what goes wrong and is tried again
  std::function<void(const std::string&)> debug{};  // when a snapshot cycle begins
  std::function<void(const SourceReport&, std::uint64_t alerts)>
      progress{};  // at most twice a second
};

struct EngineSummary {
  std::uint64_t records = 0;  // admitted: judged, trained or known already
  std::uint64_t trained = 0;
  std::uint64_t replayed = 0;                           // judged by an earlier process, too
  std::uint64_t raised = 0, updated = 0, resolved = 0;  // told
  std::uint64_t incidents = 0;                          // of several entities, told
  std::uint64_t told_by_incidents = 0;                  // episodes that are not among those raised
  std::uint64_t held_back = 0;  // episodes, by the budget, since the pipeline began
  ShardCounts counts;
  std::uint64_t evicted = 0, forgotten = 0;  // entities, times: to the store, or for want of one
  bool was_stopped = false;                  // by `stop` or a reload, not by the end of the input
  std::optional<Request> reload;             // it ended for this; another engine is to go on
  bool is_paused = false;                    // a person wants nothing to be read for now
  std::vector<std::string> rewarmed;         // detectors whose stored state could not be used
  Latency latency;  // poll return to commit (to sinks without a store), by event
};

class Engine {
 public:
  Engine(const EngineOptions& options, EngineParts parts);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs to the end of the source or to `stop`. Everything that was committed stays so after an
  // error.
  Result<EngineSummary> run();
  // After run(): entities ordered by group and name.
  std::vector<EntityReport> describe();
  // After run(): a copy of all that was learned.
  LearnedState learned();

 private:
  // reader's thread
  Result<void> restore();
  Result<void> begin_with(const LearnedState& learned);
  Result<void> restore_group(GroupId id, Bytes state, std::uint64_t sequence);
  Result<void> recognise();
  Result<void> replay_from(std::uint64_t sequence);
  Result<void> drop_logged_requests();
  Result<void> read_all(Source& source, bool is_training);
  Result<void> admit(SharedBatch& shared, bool is_training);
  Result<void> wait_for_report();
  void look_for_requests();
  void ask(std::vector<Request> waiting);
  void reload(Request& request, const Operation& operation);
  void note_pause(bool is_paused);
  void note_lateness(const Batch& batch);
  bool may_take_over(const Request& request);
  Result<void> fetch_models(Round& round);
  void look_for_health();
  bool is_past_replay() const;
  void note_read(const Batch& batch);
  void count_by_source(const Batch& batch);
  SourceVitals* read_of(std::uint32_t source);
  void start_threads();
  void dispatch(Round* round);
  void plan_snapshot(Round& round);
  void save_meanwhile();
  void forget_read();
  void begin_snapshots_anew();
  void save_next(Round& round, Snapshot* snapshot);
  void end_rounds();
  bool is_stopping() const;
  SharedBatch* take_batch();
  Round* take_round();
  // committing thread
  void commit_all();
  Result<void> commit(Round& round);
  template <class Step>
  Result<void> keep(const Step& step);
  void mark_stale(const Round& round, Time wall);
  void note_committed();
  Result<void> hand_over(std::span<const Alert> told);
  Result<void> reject(const Round& round);
  Result<void> finish_requests(const Round& round);
  Result<void> keep_judgements(Round& round);
  void note_held(Round& round);
  void log_controls(const Round& round);
  void note_takeover(const Round& round);
  void note_order(const Round& round);
  void fail(const Error& error);
  void fail_snapshot(const Error& error);
  void count(const Round& round);
  // any
  void release(SharedBatch& shared);

  EngineOptions options_;
  EngineParts parts_;
  EntityCount entity_count_;
  ReportBoard board_;
  Admission admission_;
  Teller teller_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Deliverer> deliverer_;
  std::unique_ptr<Snapshotter> snapshotter_;

  std::vector<std::unique_ptr<SharedBatch>> batch_pool_;
  std::vector<std::unique_ptr<Round>> round_pool_;
  Channel<SharedBatch*> free_batches_;
  Channel<Round*> free_rounds_;
  Channel<Round*> dispatched_;
  std::thread committer_;

  std::size_t next_to_save_ = 0;      // group; the one that holds up a replay most comes first
  std::size_t left_to_save_ = 0;      // groups of the snapshot cycle under way
  std::uint64_t cycle_begun_at_ = 0;  // record at which the last one began
  std::deque<std::vector<Position>> cycle_positions_;  // of the source, when each cycle began
  std::size_t saved_since_fleet_ = group_count;        // groups, since the fleet
  std::uint64_t fleet_saved_at_ = 0;     // sequence of the newest that is kept of the fleet
  std::uint64_t groups_wait_until_ = 0;  // sequence; what is kept of the fleet is newer
  std::chrono::steady_clock::time_point snapshot_due_;
  std::chrono::steady_clock::time_point progress_due_;
  std::chrono::steady_clock::time_point requests_due_;
  std::set<std::string> asked_;  // names of requests that were handed to admission
  bool is_paused_ = false;       // nothing is read
  Lateness lateness_;
  std::uint64_t replay_until_ = 0;  // records below it were judged by an earlier process
  std::atomic<bool> has_failed_{false};
  std::atomic<std::uint64_t> alerts_told_{0};
  std::mutex failure_mutex_;
  Result<void> failure_;  // the first; read after all threads have ended
  Vitals own_vitals_;     // where nobody asks
  Vitals& vitals_;
  std::vector<SourceVitals> read_of_;  // the reading thread's, by number
  std::size_t last_read_ = 0;          // the one that was counted last
  Time arrived_ = time_none;           // what came last; the committing thread's
  Time latencies_at_ = 0;              // steady: when they were published
  double latency_sum_ = 0;             // seconds, of all events
  std::vector<Alert> told_;
  std::vector<Alert> delivered_;  // of them, without a store
  std::vector<std::byte> teller_state_;
  std::vector<LoggedControl> controls_;
  std::vector<AdmittedRun> runs_;   // of the admitted order, not committed yet
  std::uint64_t runs_from_ = 0;     // their first event
  std::uint64_t logged_until_ = 0;  // the order below it was committed by an earlier process
  EngineSummary summary_;
};

}  // namespace retimu

#endif
