// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/health_watch.hpp"

#include "retimu/core/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace retimu {

namespace {

constexpr Duration trouble_wait = 30 * second;  // of a source or sink
constexpr Duration pause_wait = 15 * minute;
constexpr Duration gone_wait = 30 * second;   // before it is resolved
constexpr Duration jump_max = 5 * second;     // of the wall clock in between two looks
constexpr Duration jump_shown = 10 * minute;  // how long a jump counts as a condition
constexpr Duration count_interval = minute;
constexpr std::uint64_t rejected_min = 100;  // in count_interval
constexpr double rejected_share = 0.05;
// A source gives only what cannot be read: so much of it in a row, or some over so long.
constexpr std::uint64_t unreadable_many = 20;
constexpr std::uint64_t unreadable_some = 3;
constexpr Duration unreadable_wait = 10 * minute;
// A silence is told after as long as its source is given, and so many times the longest usual gap,
// of one that gave something in so many looks. A gap that was told counts by a part of it: what
// falls silent each night is told once.
constexpr double silence_times = 20;
constexpr std::uint64_t silence_after = 10;
constexpr Duration gap_forgets = 35 * hour;  // time constant, a half-life of a day
constexpr Duration told_gap_part = 8;

// That nothing can be kept is told past what keeps it, and a pause past the order, which stands
// still.
bool is_told_past_all(std::string_view what) {
  return what == "journal" || what == "storage" || what == "state" || what.starts_with("paused");
}

}  // namespace

void HealthWatch::see(const std::string& what, bool holds, Severity severity, Duration wait,
                      std::string sentence) {
  seen_[what] = true;
  const auto at = conditions_.find(what);
  if (at == conditions_.end() && !holds) return;
  Condition& condition = conditions_[what];
  if (at == conditions_.end()) adopt(what, condition);
  if (condition.holds != holds) {
    condition.holds = holds;
    condition.since = steady_;
  }
  if (!holds) return;
  condition.sentence = std::move(sentence);
  condition.severity = severity;
  condition.wait = wait;
}

void HealthWatch::adopt(const std::string& what, Condition& condition) {
  const auto same =
      std::ranges::find(adopted_, hash(what), [](const Alert& a) { return a.id.high; });
  if (same == adopted_.end()) return;
  condition.told = std::move(*same);
  adopted_.erase(same);
}

bool HealthWatch::is_open(const std::string& what) const {
  const auto open = conditions_.find(what);
  return (open != conditions_.end() && open->second.told) ||
         std::ranges::find(adopted_, hash(what), [](const Alert& a) { return a.id.high; }) !=
             adopted_.end();
}

// Of the last whole minute.
void HealthWatch::see_rejected(const HealthFacts& facts) {
  if (counted_at_ == time_none || steady_ - counted_at_ >= count_interval) {
    const std::uint64_t rejected = facts.rejected - rejected_, records = facts.records - records_;
    many_rejected_ =
        counted_at_ != time_none && rejected >= rejected_min &&
        static_cast<double>(rejected) > rejected_share * static_cast<double>(rejected + records);
    rejected_sentence_ =
        fmt::format("{} of {} records of the last minute could not be read; see dead_letters.jsonl",
                    rejected, rejected + records);
    some_lost_ = counted_at_ != time_none && facts.lost > lost_;
    lost_sentence_ = fmt::format(
        "{} messages of the last minute were lost: they came faster than they could be taken",
        facts.lost - lost_);
    counted_at_ = steady_;
    records_ = facts.records;
    rejected_ = facts.rejected;
    lost_ = facts.lost;
  }
  see("dead letters", many_rejected_, Severity::warning, 0, rejected_sentence_);
  see("lost", some_lost_, Severity::major, 0, lost_sentence_);
}

// What an earlier process told stays open until something can be read.
void HealthWatch::see_unreadable(const HealthFacts& facts) {
  for (const HealthFacts::Reading& reading : facts.readings) {
    Unreadable& run =
        unreadable_.try_emplace(reading.name, Unreadable{0, 0, steady_}).first->second;
    if (reading.records != run.records) run = {reading.records, reading.rejected, steady_};
    const std::uint64_t count = reading.rejected - run.rejected;
    if (count == 0) run.since = steady_;
    const Duration held = steady_ - run.since;
    const std::string what = "unreadable " + reading.name;
    const bool is_told = is_open(what) && reading.records == 0;
    const bool is_long = count >= unreadable_some && held >= unreadable_wait;
    see(what, is_told || is_long || count >= unreadable_many, Severity::major, 0,
        fmt::format("nothing that {} gives can be read: {} records in {}, and none that could be; "
                    "see dead_letters.jsonl",
                    reading.name, count, format_duration(floor_to(held, second) + second)));
  }
}

// Where nothing can be taken, time does not count. What an earlier process told stays open until
// something comes.
void HealthWatch::see_silence(const HealthFacts& facts) {
  const Duration passed = looked_at_ == time_none ? 0 : steady_ - looked_at_;
  looked_at_ = steady_;
  const bool is_full = facts.unread_bytes * 2 > facts.unread_bytes_max;
  const bool is_taking = facts.journal.empty() && facts.storage.empty() && !is_full;
  for (const HealthFacts::Named& source : facts.sources) {
    Stream& stream = streams_[source.name];
    if (!is_taking && stream.last != time_none) stream.last += passed;
    const Duration gap = stream.last == time_none ? 0 : steady_ - stream.last;
    const auto usual = static_cast<double>(stream.longest_gap);
    const auto due = std::max(source.silent_after, static_cast<Duration>(silence_times * usual));
    const bool is_due = source.silent_after > 0 && stream.times >= silence_after && gap > due;
    const double kept = 1 - static_cast<double>(passed) / static_cast<double>(gap_forgets);
    stream.longest_gap = static_cast<Duration>(usual * std::max(kept, 0.0));
    const bool comes = source.bytes != stream.bytes;
    if (comes) {
      ++stream.times;
      stream.bytes = source.bytes;
      stream.last = steady_;
      stream.longest_gap = std::max(stream.longest_gap, is_due ? gap / told_gap_part : gap);
    }
    const std::string what = "silence of " + source.name;
    const bool was_told = source.silent_after > 0 && is_open(what);
    const bool is_silent =
        stream.times == 0 ? was_told : is_due && !comes && source.trouble.empty();
    see(what, is_silent && !source.is_ended, Severity::major, 0,
        fmt::format("{} has fallen silent: nothing has come from it for {}, and before it sent at "
                    "least every {}",
                    source.name, format_duration(floor_to(gap, second)),
                    format_duration(floor_to(static_cast<Duration>(usual), second) + second)));
  }
}

void HealthWatch::see_clock(const HealthFacts& facts) {
  const Time offset = facts.wall - facts.steady;
  const Duration by = offset_ ? offset - *offset_ : 0;
  offset_ = offset;
  if (by > jump_max || by < -jump_max) {
    jump_ = {steady_, fmt::format("the clock of this machine was set {} by {}",
                                  by > 0 ? "forward" : "back", format_duration(by > 0 ? by : -by))};
  }
  const bool holds = jump_ && steady_ - jump_->first < jump_shown;
  see("clock", holds, Severity::warning, 0, holds ? jump_->second : "");
}

Alert HealthWatch::raise(const std::string& what, const Condition& condition) const {
  Alert alert;
  alert.id = {hash(what), mix(hash(what), static_cast<std::uint64_t>(wall_))};
  alert.change = Change::raised;
  alert.entity = own_entity;
  alert.time = alert.onset = wall_;
  alert.severity = condition.severity;
  alert.lead = is_told_past_all(what) ? storage_lead : health_lead;
  alert.sentence = condition.sentence;
  return alert;
}

void HealthWatch::resolve(Alert alert, Time ended, std::vector<Alert>& changes) const {
  alert.revision = 2;
  alert.change = Change::resolved;
  alert.time = wall_;
  alert.ended = ended;
  alert.severity = Severity::cleared;
  alert.sentence = "over: " + alert.sentence;
  changes.push_back(std::move(alert));
}

std::vector<Alert> HealthWatch::look(const HealthFacts& facts) {
  wall_ = facts.wall;
  steady_ = facts.steady;
  seen_.clear();
  for (const HealthFacts::Named& source : facts.sources) {
    see("source " + source.name, !source.trouble.empty(), Severity::major, trouble_wait,
        fmt::format("nothing comes from {}: {}", source.name, source.trouble));
  }
  for (const HealthFacts::Named& sink : facts.sinks) {
    see("sink " + sink.name, !sink.trouble.empty(), Severity::critical, trouble_wait,
        fmt::format("alerts do not reach {}: {}", sink.name, sink.trouble));
  }
  see("journal", !facts.journal.empty(), Severity::critical, 0,
      "what live sources send cannot be kept and is refused: " + facts.journal);
  see("storage", !facts.storage.empty(), Severity::critical, 0,
      "what is found cannot be kept, and nothing more is judged until it can: " + facts.storage);
  see("state", !facts.state.empty(), Severity::critical, 0,
      "what was learned cannot be kept, a restart would have to read all since then again: " +
          facts.state);
  const bool is_full = facts.unread_bytes * 2 > facts.unread_bytes_max;
  see("paused", facts.is_paused, Severity::warning, pause_wait,
      "it is paused: nothing is judged until `retimu control DATA_DIR --resume`");
  see("paused for too long", facts.is_paused && is_full, Severity::major, trouble_wait,
      fmt::format("{} MiB that live sources sent wait, as it is paused; soon more is refused",
                  facts.unread_bytes >> 20U));
  see("backlog", is_full && !facts.is_paused, Severity::major, trouble_wait,
      fmt::format("{} MiB that live sources sent wait to be judged; they come faster than they can "
                  "be judged",
                  facts.unread_bytes >> 20U));
  see_silence(facts);
  see_rejected(facts);
  see_unreadable(facts);
  see_clock(facts);
  for (const std::string& detector : facts.detectors) {
    see("detector " + detector, true, Severity::major, 0,
        fmt::format("{} does not flag what it must, see `retimu check`", detector));
  }
  std::vector<Alert> changes;
  for (auto at = conditions_.begin(); at != conditions_.end();) {
    auto& [what, condition] = *at;
    if (!seen_.contains(what) && condition.holds) {  // a source or sink that is gone
      condition.holds = false;
      condition.since = steady_;
    }
    const Duration held = steady_ - condition.since;
    if (condition.holds && !condition.told && held >= condition.wait) {
      condition.told = raise(what, condition);
      changes.push_back(*condition.told);
    }
    if (!condition.holds && condition.told && held >= gone_wait) {
      resolve(std::move(*condition.told), wall_ - held, changes);
      condition.told.reset();
    }
    at = !condition.holds && !condition.told ? conditions_.erase(at) : std::next(at);
  }
  if (began_ == time_none) began_ = steady_;
  if (steady_ - began_ >= gone_wait) {
    for (Alert& alert : adopted_) resolve(std::move(alert), wall_, changes);
    adopted_.clear();
  }
  return changes;
}

Request health_request(const Alert& alert) {
  const std::string json = to_json(alert);
  Request request;
  request.kind = Control::Kind::health;
  request.body.resize(json.size());
  std::memcpy(request.body.data(), json.data(), json.size());
  return request;
}

std::optional<Alert> read_health(std::span<const std::byte> body) {
  Result<Alert> alert = parse_alert({reinterpret_cast<const char*>(body.data()), body.size()});
  if (!alert || alert->entity != own_entity) return std::nullopt;
  return std::move(*alert);
}

}  // namespace retimu
