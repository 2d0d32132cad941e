// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/teller.hpp"

#include "retimu/engine/lateness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace retimu {

namespace {

constexpr std::size_t pending_max = 1'000;
constexpr std::size_t muted_max = 1'000'000;
constexpr std::size_t entities_named = 10;
constexpr std::size_t name_bytes_max = 64 * 1024;

// Alerts of one entity at one time stay in the order in which they came: an old episode ends before
// a new one begins.
bool precedes(const Alert& a, const Alert& b) {
  if (a.sequence != b.sequence) return a.sequence < b.sequence;
  if (a.time != b.time) return a.time < b.time;
  return a.entity < b.entity;
}

}  // namespace

Teller::Teller(TellerOptions options)
    : budget_per_day_(options.budget_per_day),
      seed_(options.seed),
      worked_on_(std::move(options.maintenance)),
      has_incidents_(options.incidents.has_value()),
      correlator_(options.incidents.value_or(CorrelatorOptions())) {}

bool Teller::take_token(Time time) {
  return budget_per_day_ <= 0 || bucket_.take(clock_ == time_none ? time : clock_, budget_per_day_);
}

void Teller::hold(const Alert& alert, std::string by) {
  held_.push_back({alert.sequence, alert.time, alert.change, alert.entity, std::move(by)});
}

bool Teller::may_tell(const Alert& alert) {
  // A rule has no p, and passes by the budget.
  const bool is_rule = alert.change == Change::raised && !alert.log10_p;
  if (budget_per_day_ <= 0 || is_rule) return true;
  if (alert.change == Change::raised) {
    if (take_token(alert.time)) return true;
    ++held_back_;
    hold(alert, "the budget");
    if (pending_.size() < pending_max || pending_.contains(alert.entity)) {
      ++pending_[alert.entity];
    } else {
      ++pending_others_;
    }
    if (muted_.size() >= muted_max) muted_.erase(muted_.begin());
    muted_.push_back(alert.id);
    return false;
  }
  const auto muted = std::ranges::find(muted_, alert.id);
  if (muted == muted_.end()) return true;
  if (alert.change == Change::resolved) muted_.erase(muted);
  hold(alert, "the budget");
  return false;
}

void Teller::summarise(Time time, std::uint64_t sequence, std::vector<Alert>& told) {
  std::uint64_t count = pending_others_;
  for (const auto& [entity, episodes] : pending_) count += episodes;
  if (count == 0) return;
  std::vector<std::pair<std::string, std::uint64_t>> most(pending_.begin(), pending_.end());
  std::ranges::stable_sort(most, std::ranges::greater{},
                           [](const auto& one) { return one.second; });
  std::string names;
  for (std::size_t i = 0; i < std::min(most.size(), entities_named); ++i) {
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", most[i].first, most[i].second);
  }
  if (most.size() > entities_named || pending_others_ > 0) names += ", …";
  Alert summary;
  const std::uint64_t high = mix(seed_, static_cast<std::uint64_t>(time));
  summary.id = {high, mix(high, held_back_)};
  summary.change = Change::summary;
  summary.time = time;
  summary.onset = day_ == time_none ? time : day_;
  summary.severity = Severity::indeterminate;
  summary.lead = "budget";
  summary.sequence = sequence;
  summary.sentence =
      fmt::format("{} more {} held back by the budget of {} a day: {}", count,
                  count == 1 ? "episode was" : "episodes were", budget_per_day_, names);
  told.push_back(std::move(summary));
  pending_.clear();
  pending_others_ = 0;
}

void Teller::pass_day(Time time, std::uint64_t sequence, std::vector<Alert>& told) {
  if (budget_per_day_ <= 0) return;
  clock_ = time;
  const Time start = floor_to(time, day);
  if (start == day_) return;
  // A clock that was set back ends no day.
  if (day_ != time_none && start > day_) summarise(start, sequence, told);
  day_ = start;
}

void Teller::correlate(Alert& alert, std::vector<Alert>& told) {
  alert.told_by = correlator_.take(alert);
  const bool is_told = alert.told_by || may_tell(alert);
  of_incidents_.clear();
  const std::optional<AlertId> told_by = correlator_.tell(
      alert, is_told, [&] { return take_token(alert.time); }, of_incidents_);
  if (!alert.told_by) alert.told_by = told_by;
  if (is_told) told.push_back(alert);
  std::ranges::move(of_incidents_, std::back_inserter(told));
}

void Teller::hand_on(Alert& alert, std::vector<Alert>& told) {
  if (has_incidents_) {
    correlate(alert, told);
  } else if (may_tell(alert)) {
    told.push_back(std::move(alert));
  }
}

void Teller::pass(const Mark& mark, std::vector<Alert>& told) {
  pass_day(mark.time, mark.sequence, told);
  released_.clear();
  worked_on_.pass(mark.time, mark.sequence, released_);
  for (Alert& alert : released_) hand_on(alert, told);
  if (has_incidents_) correlator_.pass(mark.time, mark.sequence, told);
}

// What the pipeline has to say of itself is within no budget and part of no incident.
void Teller::tell_sources(const Mark& mark, std::vector<Alert>& told) {
  for (const SourceChange& change : mark.sources) {
    Alert alert = source_alert(change, mark.sequence);
    if (!worked_on_.takes(alert)) told.push_back(std::move(alert));
  }
}

void Teller::gather(Round& round) {
  gathered_.clear();
  departures_.clear();
  for (ShardOutput& output : round.outputs) {
    std::ranges::move(output.alerts, std::back_inserter(gathered_));
    output.alerts.clear();
    for (const Departure& one : output.departures) departures_.push_back(&one);
  }
  std::ranges::stable_sort(gathered_, precedes);
  std::ranges::sort(departures_, {}, [](const Departure* one) { return one->sequence; });
}

void Teller::tell(Round& round, std::vector<Alert>& told) {
  gather(round);
  held_.clear();
  std::size_t mark = 0, departure = 0;
  // Before the event that a mark stands before.
  const auto see_departures = [&](std::uint64_t before) {
    for (; departure < departures_.size() && departures_[departure]->sequence < before;
         ++departure) {
      if (departures_[departure]->sequence >= sequence_) correlator_.see(*departures_[departure]);
    }
  };
  const auto pass_marks = [&](std::uint64_t sequence) {
    for (; mark < round.marks.size() && round.marks[mark].sequence <= sequence; ++mark) {
      const Mark& at = round.marks[mark];
      see_departures(at.sequence);
      if (at.sequence < sequence_) continue;
      tell_sources(at, told);
      if (at.request && at.request->kind == Control::Kind::maintenance) {
        const auto asked = read_maintenance_request(at.request->body);
        if (asked) worked_on_.ask(*asked, at.time);
      }
      if (at.request) wall_ = read_wall(*at.request).value_or(wall_);
      tell_health(at, told);
      if (at.is_tick) pass(at, told);
    }
    see_departures(sequence == UINT64_MAX ? sequence : sequence + 1);
  };
  for (Alert& alert : gathered_) {
    pass_marks(alert.sequence);
    if (alert.sequence < sequence_) continue;
    time_ = alert.time;
    if (worked_on_.takes(alert)) {
      const std::string_view reason = worked_on_.reason(alert.entity, alert.time);
      hold(alert, fmt::format("maintenance{}{}", reason.empty() ? "" : ": ", reason));
    } else {
      hand_on(alert, told);
    }
  }
  pass_marks(UINT64_MAX);
  sequence_ = std::max(sequence_, round.sequence_next);
}

void Teller::finish(std::vector<Alert>& told) {
  if (budget_per_day_ > 0 && time_ != time_none) summarise(time_, sequence_, told);
}

void Teller::visit(StateVisitor& visitor) {
  const std::uint32_t version = visitor.version(5);
  visitor.cell("clock", clock_);
  bucket_.visit(visitor);
  visitor.cell("sequence", sequence_);
  visitor.cell("day", day_);
  visitor.cell("time", time_);
  visitor.cell("held_back", held_back_);
  visitor.cell("pending_others", pending_others_);
  std::vector<std::pair<std::string, std::uint64_t>> pending(pending_.begin(), pending_.end());
  pending.resize(visitor.count("pending", pending.size(), pending_max));
  for (auto& [entity, episodes] : pending) {
    entity.resize(visitor.count("entity", entity.size(), name_bytes_max));
    visitor.cells("entity", std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(entity.data()),
                                                    entity.size()));
    visitor.cell("episodes", episodes);
  }
  pending_ = {pending.begin(), pending.end()};
  muted_.resize(visitor.count("muted", muted_.size(), muted_max));
  for (AlertId& id : muted_) {
    visitor.cell("high", id.high);
    visitor.cell("low", id.low);
  }
  if (version < 3) return;
  correlator_.visit(visitor);
  worked_on_.visit(visitor);
  if (version >= 4) visit_health(visitor);
  if (version >= 5) visitor.cell("wall", wall_);
}

}  // namespace retimu
