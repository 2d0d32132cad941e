// SPDX-License-Identifier: Apache-2.0
// How a running pipeline is doing: each number is written by one of its threads and read by
// whoever looks after it. Cost: a few relaxed stores a round.
#ifndef RETIMU_ENGINE_VITALS_HPP
#define RETIMU_ENGINE_VITALS_HPP

#include "retimu/core/time.hpp"
#include "retimu/engine/latency.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

inline Time steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Of a sink, as its deliverer knows it.
struct SinkVitals {
  std::string name, trouble;    // why it takes nothing now; empty: it does
  std::uint64_t waiting = 0;    // rows of the outbox that it has not got
  std::uint64_t delivered = 0;  // alerts, by this process
  std::uint64_t failures = 0;   // calls that failed
};

// Of a file or live source, what the reading thread had of it.
struct SourceVitals {
  std::uint32_t number = 0;  // of Position::partition
  std::string name;
  std::uint64_t records = 0, rejected = 0;
};

class Vitals {
 public:
  using Count = std::atomic<std::uint64_t>;
  using Moment = std::atomic<Time>;  // of the steady clock; time_none: never

  static constexpr std::array quantiles = {0.5, 0.9, 0.99, 0.999};
  struct Latencies {
    std::array<std::int64_t, quantiles.size()> nanoseconds{};  // of `quantiles`
    std::uint64_t count = 0;                                   // events
    double sum = 0;                                            // seconds
  };

  // the reading thread's
  Count records = 0, rejected = 0;
  Moment read_at = time_none;    // it went on
  Moment record_at = time_none;  // something came
  Moment watermark = time_none;  // of event time
  std::atomic<bool> is_reading = false, is_caught_up = false;
  std::atomic<bool> is_paused = false;  // a person wants nothing to be read
  Count dispatched = 0;                 // rounds
  // the committing thread's
  Count committed = 0;  // rounds
  Moment committed_at = time_none;
  Count raised = 0, updated = 0, resolved = 0, summaries = 0;  // told
  Count incidents = 0, held_back = 0, dead_letters_left_out = 0, stale = 0;
  Count commit_failures = 0, open_incidents = 0;
  // the snapshot thread's
  Count snapshots = 0, snapshot_failures = 0;
  Moment snapshot_at = time_none;
  // of the shards
  Count entities = 0, evicted = 0, open_episodes = 0;

  // Why what is found, or learned, cannot be kept now; empty: it can.
  void set_storage(std::string trouble) { set(storage_, std::move(trouble)); }
  void set_state(std::string trouble) { set(state_, std::move(trouble)); }
  std::string storage() const { return get(storage_); }
  std::string state() const { return get(state_); }
  // A record of a source could not be read. Of more than reasons_max of a source the later ones are
  // counted as "other"; of more than rejected_max in all under no source, too.
  void count_rejected(const std::string& source, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (const auto known = rejected_of_.find({source, reason}); known != rejected_of_.end()) {
      ++known->second;
      return;
    }
    std::size_t reasons = 0;
    for (auto at = rejected_of_.lower_bound({source, ""});
         at != rejected_of_.end() && at->first.first == source; ++at) {
      ++reasons;
    }
    const bool is_full = rejected_of_.size() >= rejected_max;
    ++rejected_of_[{is_full ? "" : source, is_full || reasons >= reasons_max ? "other" : reason}];
  }
  static constexpr std::size_t rejected_max = 100, reasons_max = 10;
  using RejectedKey = std::pair<std::string, std::string>;  // source, reason
  std::map<RejectedKey, std::uint64_t> rejected_of() const { return get(rejected_of_); }
  // By number; sources only come to it.
  void set_sources(const std::vector<SourceVitals>& sources) {
    const std::lock_guard lock(mutex_);
    if (sources_.size() != sources.size()) sources_ = sources;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      sources_[i].records = sources[i].records;
      sources_[i].rejected = sources[i].rejected;
    }
  }
  std::vector<SourceVitals> sources() const { return get(sources_); }
  void set_sinks(std::vector<SinkVitals> sinks) { set(sinks_, std::move(sinks)); }
  std::vector<SinkVitals> sinks() const { return get(sinks_); }
  void set_latencies(const Latencies& latencies) { set(latencies_, latencies); }
  Latencies latencies() const { return get(latencies_); }

 private:
  template <class T>
  void set(T& to, T value) {
    const std::lock_guard lock(mutex_);
    to = std::move(value);
  }
  template <class T>
  T get(const T& from) const {
    const std::lock_guard lock(mutex_);
    return from;
  }

  mutable std::mutex mutex_;
  std::string storage_, state_;
  std::vector<SinkVitals> sinks_;
  std::vector<SourceVitals> sources_;
  std::map<RejectedKey, std::uint64_t> rejected_of_;
  Latencies latencies_;
};

}  // namespace retimu

#endif
