// SPDX-License-Identifier: Apache-2.0
// A thread that runs some groups: takes rounds from its channel, judges its share, passes them on.
#ifndef RETIMU_ENGINE_SHARD_HPP
#define RETIMU_ENGINE_SHARD_HPP

#include "retimu/engine/channel.hpp"
#include "retimu/engine/group.hpp"
#include "retimu/engine/report_board.hpp"
#include "retimu/engine/round.hpp"

#include <array>
#include <memory>
#include <thread>
#include <utility>

namespace retimu {

struct ShardCounts {
  std::uint64_t duplicates = 0, late = 0;
  std::uint64_t left_out = 0;           // values beyond columns_max of the entities in memory
  std::size_t entities = 0, bytes = 0;  // in memory
};

struct ShardOptions {
  std::size_t index = 0, count = 1;
  bool records_verdicts = false;
  bool keeps_judgements = false;
};

class Shard {
 public:
  Shard(const ShardOptions& options, const Pipeline& pipeline, EntityStore* evicted,
        EntityCount& count, ReportBoard& board);

  // Before start(): takes a group's state; its events before `sequence` are skipped in a replay.
  Result<void> restore(GroupId group, Bytes state, std::uint64_t sequence);
  // The same: the last tick before the first event that comes.
  void set_clock(Time clock) { clock_ = clock; }
  // The same: what the fleet read then.
  void set_peers(std::shared_ptr<const PeerTable> peers) {
    peers_ = std::move(peers);
    judge_.set_peers(peers_.get());
  }
  void start();
  Channel<Round*>& rounds() { return rounds_; }
  void join();

  // After join() or before start().
  void add_to(ShardCounts& counts) const;
  Group* group(GroupId id) { return groups_[static_cast<std::size_t>(id)].get(); }

  void run(Round& round);  // one round, on the calling thread

 private:
  void judge(Round& round, std::uint32_t index, ShardOutput& output);
  static void grant(Group& group, const Mark& mark, ShardOutput& output);
  void apply(const Mark& mark, ShardOutput& output);
  void prefetch(const Round& round, std::size_t at);

  ShardOptions options_;
  EntityFactory factory_;
  Judge judge_;
  ReportBoard& board_;
  std::array<std::unique_ptr<Group>, group_count> groups_;  // null: another shard's
  std::array<std::uint64_t, group_count> restored_{};       // first sequence to be judged
  Time clock_ = time_none;  // of the last tick, also where a group skips it in a replay
  std::shared_ptr<const PeerTable> peers_;  // the same of what the fleet reads
  ShardCounts counts_;
  Channel<Round*> rounds_;
  std::thread thread_;
};

}  // namespace retimu

#endif
