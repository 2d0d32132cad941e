// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/source_watch.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/engine/sentence.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::uint64_t id_seed = 0x736F'7572'6365'0000;

}  // namespace

Alert source_alert(const SourceChange& change, std::uint64_t sequence) {
  Alert alert;
  const std::uint64_t high = mix(id_seed, std::uint64_t{change.source});
  alert.id = {high, mix(high, static_cast<std::uint64_t>(change.since))};
  alert.revision = change.is_silent ? 1 : 2;
  alert.change = change.is_silent ? Change::raised : Change::resolved;
  alert.entity = change.name;
  alert.time = change.time;
  alert.onset = change.since;
  if (!change.is_silent) alert.ended = change.time;
  alert.severity = Severity::major;
  alert.lead = "source";
  alert.sequence = sequence;
  AlertReason reason;
  reason.kind = ReasonKind::silence;
  reason.subject = "events";
  const auto seconds = [](Duration duration) {
    return static_cast<double>(duration) / static_cast<double>(second);
  };
  reason.observed = seconds(between(change.since, change.time));
  reason.expected_high = seconds(change.mean);
  alert.reasons.push_back(std::move(reason));
  alert.sentence = make_sentence(alert);
  return alert;
}

SourceWatch::Source* SourceWatch::find(std::uint32_t number) {
  if (last_ < sources_.size() && sources_[last_].number == number) return &sources_[last_];
  auto at = std::ranges::lower_bound(sources_, number, {}, &Source::number);
  if (at == sources_.end() || at->number != number) {
    if (sources_.size() >= sources_max) return nullptr;
    at = sources_.insert(at, Source());
    at->number = number;
  }
  last_ = static_cast<std::size_t>(at - sources_.begin());
  return &*at;
}

SourceChange SourceWatch::change_of(const Source& source, bool is_silent, Time time) const {
  return {source.number,
          is_silent,
          source.silent_since,
          time,
          static_cast<Duration>(source.events.mean),
          name_of_ ? name_of_(source.number) : std::string()};
}

std::optional<SourceChange> SourceWatch::come(const Event& event, Time clock) {
  if (times_ <= 0) return std::nullopt;
  Source* source = find(event.position.partition);
  if (source == nullptr) return std::nullopt;
  // What is a little late is no news of the clock.
  const bool is_late = source->events.last != time_none && event.time < source->events.last &&
                       source->silent_since == time_none;
  if (is_late && between(event.time, source->events.last) < minute) return std::nullopt;
  source->events.come(event.time);
  source->lag = clock == time_none || event.time >= clock ? 0 : between(event.time, clock);
  if (source->silent_since == time_none) return std::nullopt;
  SourceChange change = change_of(*source, false, std::max(event.time, source->silent_since));
  source->silent_since = time_none;
  return change;
}

std::vector<SourceChange> SourceWatch::look(Time clock, bool is_quiet) {
  std::vector<SourceChange> changes;
  if (sources_.size() < 2 && !is_quiet) return changes;
  for (Source& source : sources_) {
    const std::optional<Time> due = source.events.due(times_);
    if (!due || add_saturated(*due, source.lag) > clock) continue;
    source.events.is_silent = 1;
    source.silent_since = source.events.last;
    changes.push_back(change_of(source, true, *due));
  }
  return changes;
}

void SourceWatch::visit(StateVisitor& visitor) {
  bool is_valid = true;
  visit_list(visitor, "sources", sources_, sources_max, [&](Source& source) {
    visitor.cell("number", source.number);
    is_valid = source.events.visit(visitor) && is_valid;
    visitor.cell("lag", source.lag);
    visitor.cell("silent_since", source.silent_since);
  });
  last_ = 0;
  const bool is_ordered = std::ranges::is_sorted(sources_, std::ranges::less(), &Source::number);
  if (!is_valid || !is_ordered) visitor.refuse();
}

}  // namespace retimu
