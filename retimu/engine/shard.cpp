// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/shard.hpp"

namespace retimu {

namespace {
constexpr std::size_t rounds_waiting_max = 16;
// Events ahead, of the three steps in which an entity is fetched.
constexpr std::size_t place_distance = 8, entity_distance = 4, memory_distance = 1;
}  // namespace

Shard::Shard(const ShardOptions& options, const Pipeline& pipeline, EntityStore* evicted,
             EntityCount& count, ReportBoard& board)
    : options_(options),
      factory_(pipeline),
      judge_(pipeline),
      board_(board),
      rounds_(rounds_waiting_max) {
  for (std::size_t i = options.index; i < group_count; i += options.count) {
    groups_[i] = std::make_unique<Group>(static_cast<GroupId>(i), pipeline, factory_, judge_,
                                         evicted, count);
  }
}

Result<void> Shard::restore(GroupId id, Bytes state, std::uint64_t sequence) {
  Group& group = *this->group(id);
  if (Result<void> loaded = group.load(state); !loaded) return loaded;
  restored_[static_cast<std::size_t>(id)] = sequence;
  const Group::Reported reported = group.last_report();
  if (reported.boundary.time != time_none) board_.add(reported.boundary, reported.sums, 1);
  return {};
}

void Shard::start() {
  thread_ = std::thread([this] {
    while (const std::optional<Round*> round = rounds_.receive()) {
      run(**round);
      if ((*round)->remaining.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        (*round)->remaining.notify_all();
      }
    }
  });
}

void Shard::join() {
  rounds_.close();
  if (thread_.joinable()) thread_.join();
}

void Shard::add_to(ShardCounts& counts) const {
  counts.duplicates += counts_.duplicates;
  counts.late += counts_.late;
  for (const auto& group : groups_) {
    if (group == nullptr) continue;
    counts.entities += group->entities();
    counts.left_out += group->left_out();
    counts.bytes += group->bytes();
  }
}

void Shard::prefetch(const Round& round, std::size_t at) {
  const std::vector<std::uint32_t>& work = round.work[options_.index];
  const auto each = [&](std::size_t distance, const auto& what) {
    if (at + distance >= work.size() || (work[at + distance] & mark_bit) != 0) return;
    const std::uint64_t hash = round.shared->batch.events[work[at + distance]].entity.hash;
    what(*groups_[static_cast<std::size_t>(group_of(hash))], hash);
  };
  each(place_distance, [](const Group& group, std::uint64_t hash) { group.prefetch_place(hash); });
  each(entity_distance,
       [](const Group& group, std::uint64_t hash) { group.prefetch_entity(hash); });
  each(memory_distance, [this](const Group& group, std::uint64_t hash) {
    judge_.read_ahead(group.memory_of(hash));
  });
}

void Shard::run(Round& round) {
  ShardOutput& output = round.outputs[options_.index];
  const std::vector<std::uint32_t>& work = round.work[options_.index];
  judge_.keep_judgements(options_.keeps_judgements ? &output.judgements : nullptr);
  judge_.keep_departures(&output.departures);
  for (std::size_t i = 0; i < work.size() && !output.error; ++i) {
    prefetch(round, i);
    if ((work[i] & mark_bit) != 0) {
      apply(round.marks[work[i] & ~mark_bit], output);
    } else {
      judge(round, work[i], output);
    }
  }
  const bool is_saved = round.snapshot != nullptr && round.snapshot->group != fleet_group;
  if (!is_saved || output.error) return;
  const auto id = static_cast<std::size_t>(round.snapshot->group);
  if (id % options_.count == options_.index) groups_[id]->save(round.snapshot->state);
}

void Shard::judge(Round& round, std::uint32_t index, ShardOutput& output) {
  const Event& event = round.shared->batch.events[index];
  const auto id = static_cast<std::size_t>(group_of(event.entity.hash));
  if (event.sequence < restored_[id]) return;
  Result<Verdict> verdict = groups_[id]->judge(event, clock_, output.alerts);
  if (!verdict) {
    output.error = verdict.error();
    return;
  }
  counts_.duplicates += verdict->is_duplicate ? 1 : 0;
  counts_.late += verdict->is_late ? 1 : 0;
  if (options_.records_verdicts) round.verdicts[index - round.first] = *verdict;
}

// What a person asked for, as far as it is of the group.
void Shard::grant(Group& group, const Mark& mark, ShardOutput& output) {
  const std::vector<std::byte>& body = mark.request->body;
  const auto is_here = [&](std::string_view entity) {
    return group_of(make_name(entity).hash) == group.id();
  };
  if (mark.request->kind == Control::Kind::confirmation) {
    const std::optional<Confirmation> fault = read_confirmation(body);
    if (!fault || !is_here(fault->entity)) return;
    Result<void> done =
        group.unlearn(make_name(fault->entity), fault->from, fault->to, mark.sequence);
    if (!done) output.error = done.error();
  } else if (mark.request->kind == Control::Kind::false_alarm) {
    const std::optional<FalseAlarm> alarm = read_false_alarm(body);
    if (alarm && is_here(alarm->entity)) group.tolerate(*alarm, mark.time);
  } else if (mark.request->kind == Control::Kind::maintenance) {
    const std::optional<MaintenanceRequest> request = read_maintenance_request(body);
    if (request) group.maintain(*request, mark.time);
  } else if (mark.model != nullptr) {
    const Bytes model = mark.model->state.groups[static_cast<std::size_t>(group.id())];
    Result<void> done = group.take_over(model, mark.sequence, output.taken_over);
    if (!done) output.error = done.error();
  }
}

void Shard::apply(const Mark& mark, ShardOutput& output) {
  if (mark.is_tick) clock_ = mark.time;
  if (mark.peers != nullptr) set_peers(mark.peers);
  FleetSums sums;
  std::size_t reported = 0;
  for (std::size_t i = options_.index; i < group_count; i += options_.count) {
    if (mark.sequence < restored_[i]) continue;
    Group& group = *groups_[i];
    group.merge(mark.merges);
    for (const SourceChange& change : mark.sources) group.hear(change);
    if (mark.is_tick && group.waits()) group.tick(mark.time, mark.sequence, output.alerts);
    if (mark.boundary) {
      sums += group.report(*mark.boundary);
      ++reported;
    }
    if (mark.control) group.control(*mark.control);
    if (mark.request) grant(group, mark, output);
  }
  if (mark.boundary) board_.add(*mark.boundary, sums, reported);
}

}  // namespace retimu
