// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_simulation.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/span.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace retimu {

namespace {

constexpr double lost_share = 0.001;  // of the readings never came
constexpr Duration usual_alarm_open = minute;

Result<void> check(const WorldOptions& options) {
  if (options.entities < 10 || options.entities > 10'000) {
    return failure(Fault::usage, "entities must be 10 to 10000, not {}", options.entities);
  }
  return check_span(options.hours, options.interval);
}

// As syslog counts, of the facility of daemons.
int priority_of(Severity severity) {
  constexpr int daemons = 3 * 8;
  switch (severity) {
    case Severity::critical: return daemons + 2;
    case Severity::major: return daemons + 3;
    case Severity::minor:
    case Severity::warning: return daemons + 4;
    default: return daemons + 6;
  }
}

void append_reading(std::string& to, Time time, const EntityModel& model,
                    std::span<const double> row) {
  const auto out = std::back_inserter(to);
  fmt::format_to(out, "{{\"ts\":{},\"host\":\"{}\"", time / second, model.name());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ColumnKind& column = model.kind().columns[i];
    fmt::format_to(out, ",\"{}\":{:.{}f}", column.name, model.limited(i, row[i]), column.decimals);
  }
  to += "}\n";
}

void append_log(std::string& to, const WorldNote& note, std::string_view name, Noise& noise) {
  fmt::format_to(std::back_inserter(to), "<{}>{} {} {}[{}]: ", priority_of(note.line.level),
                 format_time(note.time), name, note.line.program, 300 + hash(name) % 5'000);
  append_log_text(to, note.line.text, note.peer, noise);
  to += '\n';
}

void append_alarm(std::string& to, const WorldNote& note, std::string_view name) {
  fmt::format_to(std::back_inserter(to),
                 "{{\"ts\":\"{}\",\"host\":\"{}\",\"alarm_code\":\"{}\",\"severity\":\"{}\","
                 "\"text\":\"{}\"}}\n",
                 format_time(note.time), name, note.code, name_of(note.severity), note.line.text);
}

// What an entity writes though nothing is wrong: times between two are exponential.
class UsualNotes {
 public:
  UsualNotes(std::size_t entity, const EntityModel& model, std::uint64_t seed, Time begin)
      : entity_(entity),
        kind_(world_kind(model.kind().name)),
        noise_(mix(seed, hash(model.name()) + 1)) {
    for (const UsualLine& usual : kind_.lines) line_due_.push_back(begin + gap(usual.an_hour));
    for (const UsualAlarm& usual : kind_.alarms) alarm_due_.push_back(begin + gap(usual.an_hour));
  }

  void append(std::vector<WorldNote>& to, Time until) {
    for (std::size_t i = 0; i < line_due_.size(); ++i) {
      for (Time& due = line_due_[i]; due < until; due += gap(kind_.lines[i].an_hour)) {
        to.push_back({due, entity_, kind_.lines[i].line, {}, {}, {}});
      }
    }
    for (std::size_t i = 0; i < alarm_due_.size(); ++i) {
      const UsualAlarm& usual = kind_.alarms[i];
      const LogText text{Severity::warning, {}, usual.text};
      for (Time& due = alarm_due_[i]; due < until; due += usual_alarm_open + gap(usual.an_hour)) {
        const Time time = floor_to(due, second);
        to.push_back({time, entity_, text, usual.code, Severity::warning, {}});
        to.push_back({time + usual_alarm_open, entity_, text, usual.code, Severity::cleared, {}});
      }
    }
  }

 private:
  Duration gap(double an_hour) {
    const double hours = noise_.exponential() / an_hour;
    return millisecond + static_cast<Duration>(hours * 3'600'000) * millisecond;
  }

  std::size_t entity_;
  const WorldKind& kind_;
  Noise noise_;
  std::vector<Time> line_due_, alarm_due_;
};

}  // namespace

class WorldMaker::Clockwork {
 public:
  Clockwork(const WorldOptions& options, World world, std::vector<PlannedWorldFault> plans,
            Time begin, Time end)
      : world_(std::move(world)),
        plans_(std::move(plans)),
        end_(end),
        noise_(mix(options.seed, hash("world"))),
        faults_of_(world_.entities.size()) {
    for (PlannedWorldFault& plan : plans_) {
      plan.append_notes(fault_notes_, world_);
      for (const std::size_t entity : plan.entities()) faults_of_[entity].push_back(&plan);
    }
    for (std::size_t i = 0; i < world_.entities.size(); ++i) {
      usual_.emplace_back(i, world_.entities[i], options.seed, begin);
    }
    std::ranges::stable_sort(fault_notes_, {}, &WorldNote::time);
  }

  // What happens until `until`, an interval later than the last time.
  Result<void> step(Time until, const WorldTakers& takers) {
    if (Result<void> taken = take_readings(until, takers); !taken) return taken;
    for (UsualNotes& usual : usual_) usual.append(notes_, until);
    for (; next_ < fault_notes_.size() && fault_notes_[next_].time < until; ++next_) {
      notes_.push_back(fault_notes_[next_]);
    }
    // Those of one time stay as they were made.
    std::ranges::stable_sort(notes_, {}, &WorldNote::time);
    const auto due = std::ranges::lower_bound(notes_, until, {}, &WorldNote::time);
    for (auto note = notes_.begin(); note != due; ++note) {
      if (Result<void> taken = take(*note, takers); !taken) return taken;
    }
    notes_.erase(notes_.begin(), due);
    return {};
  }

  const WorldCounts& counts() const { return counts_; }

 private:
  bool is_silent(std::size_t entity, Time time) const {
    return std::ranges::any_of(faults_of_[entity], [&](const PlannedWorldFault* fault) {
      return fault->is_silent(entity, time);
    });
  }

  Result<void> take_readings(Time until, const WorldTakers& takers) {
    std::array<double, plant_columns_max> values{};
    for (std::size_t i = 0; i < world_.entities.size(); ++i) {
      EntityModel& model = world_.entities[i];
      const Time time = model.next_time();
      if (time >= until) continue;
      const std::span<double> row(values.data(), model.kind().columns.size());
      model.next(row);
      for (PlannedWorldFault* fault : faults_of_[i]) fault->apply(i, model, time, row);
      const bool is_lost = noise_.uniform() < lost_share;
      if (is_lost || is_silent(i, time) || time >= end_) continue;
      line_.clear();
      append_reading(line_, time, model, row);
      if (Result<void> taken = takers.readings(line_); !taken) return taken;
      ++counts_.readings;
    }
    return {};
  }

  Result<void> take(const WorldNote& note, const WorldTakers& takers) {
    if (note.time >= end_) return {};
    const std::string& name = world_.entities[note.entity].name();
    line_.clear();
    if (!note.code.empty()) {
      append_alarm(line_, note, name);
      ++counts_.alarms;
      return takers.alarms(line_);
    }
    append_log(line_, note, name, noise_);
    if (is_silent(note.entity, note.time)) return {};
    ++counts_.lines;
    return takers.logs(line_);
  }

  World world_;
  std::vector<PlannedWorldFault> plans_;
  Time end_;
  Noise noise_;
  std::vector<std::vector<PlannedWorldFault*>> faults_of_;  // by entity
  std::vector<UsualNotes> usual_;                           // by entity
  std::vector<WorldNote> fault_notes_;                      // all, by time
  std::size_t next_ = 0;                                    // of them
  std::vector<WorldNote> notes_;                            // not written yet
  std::string line_;
  WorldCounts counts_;
};

Result<WorldMaker> WorldMaker::plan(const WorldOptions& options) {
  if (Result<void> checked = check(options); !checked) return tl::unexpected(checked.error());
  WorldSimulation simulation{options, simulation_begin, 0, {}, {}, {}};
  const Time begin = simulation.begin;
  simulation.end = begin + static_cast<Duration>(options.hours * 3'600) * second;
  World world = make_world(options.entities, options.seed, begin, options.interval);
  for (const auto& [from, to] : world.edges) {
    simulation.edges.emplace_back(world.entities[from].name(), world.entities[to].name());
  }
  auto plans = plan_world_faults(world, {.faults = options.faults,
                                         .seed = options.seed,
                                         .begin = begin,
                                         .end = simulation.end,
                                         .kinds = options.kinds});
  if (!plans) return tl::unexpected(plans.error());
  for (const PlannedWorldFault& plan : *plans) simulation.labels.push_back(plan.label());
  auto clockwork = std::make_unique<Clockwork>(options, std::move(world), std::move(*plans), begin,
                                               simulation.end);
  return WorldMaker(std::move(simulation), std::move(clockwork));
}

WorldMaker::WorldMaker(WorldSimulation simulation, std::unique_ptr<Clockwork> clockwork)
    : simulation_(std::move(simulation)),
      clockwork_(std::move(clockwork)),
      time_(simulation_.begin) {}
WorldMaker::WorldMaker(WorldMaker&& other) noexcept = default;
WorldMaker& WorldMaker::operator=(WorldMaker&& other) noexcept = default;
WorldMaker::~WorldMaker() = default;

Result<bool> WorldMaker::step(const WorldTakers& takers) {
  if (time_ >= simulation_.end) return false;
  time_ += simulation_.options.interval;
  const Result<void> stepped = clockwork_->step(time_, takers);
  if (!stepped) return tl::unexpected(stepped.error());
  simulation_.counts = clockwork_->counts();
  return true;
}

Result<WorldSimulation> simulate_world(const WorldOptions& options, const WorldTakers& takers) {
  Result<WorldMaker> maker = WorldMaker::plan(options);
  if (!maker) return tl::unexpected(maker.error());
  for (;;) {
    const Result<bool> stepped = maker->step(takers);
    if (!stepped) return tl::unexpected(stepped.error());
    if (!*stepped) return maker->simulation();
  }
}

}  // namespace retimu
