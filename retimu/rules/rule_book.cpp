// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/rule_book.hpp"

#include "retimu/rules/rule_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace retimu {

Result<std::unique_ptr<RuleBook>> RuleBook::make(std::vector<Rule> rules, Columns& columns) {
  if (rules.size() > rules_max) {
    return failure(Fault::usage, "{} rules, at most {}: entity patterns make one of several",
                   rules.size(), rules_max);
  }
  std::unique_ptr<RuleBook> book(new RuleBook());
  std::set<std::string_view> names;
  for (const Rule& rule : rules) {
    if (!names.insert(rule.name).second) {
      return failure(Fault::usage, "two rules are named \"{}\"; give each a name of its own",
                     rule.name);
    }
    Result<Condition> condition = Condition::compile(rule.expr);
    if (!condition) {
      return failure(Fault::usage, "rule \"{}\": {}", rule.name, condition.error().message);
    }
    Compiled compiled;
    for (const std::string& name : condition->columns()) {
      const std::optional<ColumnId> id = columns.intern(name);
      if (!id) {
        return failure(Fault::usage,
                       "rule \"{}\": column \"{}\" is one too many, or its name is "
                       "longer than 4,096 bytes",
                       rule.name, name);
      }
      compiled.columns.push_back(*id);
    }
    compiled.stale = stale_of(rule);
    compiled.key = hash(
        fmt::format("{}\n{}\n{}\n{}", rule.name, condition->text(), rule.hold, compiled.stale));
    compiled.condition = std::move(*condition);
    book->compiled_.push_back(std::move(compiled));
  }
  book->rules_ = std::move(rules);
  return book;
}

std::unique_ptr<RuleBook::Part> RuleBook::part_of(std::span<const std::uint16_t> rules) const {
  if (rules.empty()) return nullptr;
  auto part = std::make_unique<Part>();
  std::size_t tracks = 0, windows = 0;
  for (const std::uint16_t rule : rules) {
    Held& held = part->held.emplace_back();
    held.rule = rule;
    held.first_track = static_cast<std::uint32_t>(tracks);
    held.first_window = static_cast<std::uint32_t>(windows);
    tracks += compiled_[rule].columns.size();
    windows += compiled_[rule].condition.windows().size();
  }
  part->tracks.resize(tracks);
  part->windows.resize(windows);
  part->slots.assign(tracks, no_slot);
  return part;
}

void RuleBook::match(State& state, std::string_view entity) const {
  state.is_matched = true;
  std::vector<std::uint16_t> rules;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (applies_to(rules_[i], entity)) rules.push_back(static_cast<std::uint16_t>(i));
  }
  const std::unique_ptr<Part> before = std::move(state.part);
  state.part = part_of(rules);
  if (before == nullptr || state.part == nullptr) return;
  for (Held& held : state.part->held) {
    const auto old = std::ranges::find(before->held, held.rule, &Held::rule);
    if (old == before->held.end()) continue;
    const Compiled& rule = compiled_[held.rule];
    const std::size_t columns = rule.columns.size(), windows = rule.condition.windows().size();
    std::ranges::copy(before->tracks_of(*old, columns),
                      state.part->tracks_of(held, columns).begin());
    std::ranges::copy(before->windows_of(*old, windows),
                      state.part->windows_of(held, windows).begin());
    const Held fresh = held;
    held = *old;
    held.first_track = fresh.first_track;
    held.first_window = fresh.first_window;
  }
}

void RuleBook::find_slots(Part& part, const EntityView& view) const {
  if (part.columns_seen == view.columns.size()) return;
  part.columns_seen = view.columns.size();
  for (const Held& held : part.held) {
    for (std::size_t i = 0; i < compiled_[held.rule].columns.size(); ++i) {
      std::uint32_t& slot = part.slots[held.first_track + i];
      if (slot != no_slot) continue;  // slots never move
      const auto found = std::ranges::find(view.columns, compiled_[held.rule].columns[i]);
      if (found == view.columns.end()) continue;
      slot = static_cast<std::uint32_t>(found - view.columns.begin());
    }
  }
}

// Whether there were readings of its columns in the event, or, for a rule that is new to the
// entity, in the row.
bool RuleBook::take(Part& part, Held& held, const EntityView& view) const {
  const Compiled& rule = compiled_[held.rule];
  const std::span<Track> tracks = part.tracks_of(held, rule.columns.size());
  const bool is_whole_row = view.present.size() == view.columns.size();
  const bool is_new = std::exchange(held.is_new, false);
  bool has_taken = false;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const std::uint32_t slot = part.slots[held.first_track + i];
    if (slot == no_slot || view.updated[slot] == time_none) continue;
    if (!is_whole_row && !is_new && !std::ranges::binary_search(view.present, slot)) continue;
    const Time time = view.updated[slot];
    if (time < tracks[i].time) continue;  // late
    tracks[i].take(view.latest[slot], time);
    has_taken = true;
    const std::span<const WindowNeed> needs = rule.condition.windows();
    for (std::size_t w = 0; w < needs.size(); ++w) {
      if (needs[w].column != i) continue;
      part.windows[held.first_window + w].take(view.latest[slot], time, needs[w].length);
    }
  }
  return has_taken;
}

void RuleBook::set_back(Part& part, Time now) const {
  for (Held& held : part.held) {
    const Condition& condition = compiled_[held.rule].condition;
    for (std::size_t i = 0; i < compiled_[held.rule].columns.size(); ++i) {
      Track& track = part.tracks[held.first_track + i];
      if (track.time == time_none || track.time <= now) continue;
      track = Track{};
      for (std::size_t w = 0; w < condition.windows().size(); ++w) {
        if (condition.windows()[w].column == i) part.windows[held.first_window + w].forget();
      }
    }
    if (held.phase == Held::Phase::pending && held.since > now) held.phase = Held::Phase::idle;
    if (held.phase == Held::Phase::open) held.since = std::min(held.since, now);
    held.last_true = std::min(held.last_true, now);
    held.due = now;  // when everything is looked at anew
  }
}

void RuleBook::tell(const Part& part, const Held& held, Change change, Time now,
                    std::vector<RuleChange>& to) const {
  const Compiled& rule = compiled_[held.rule];
  RuleChange& told = to.emplace_back();
  told.rule = held.rule;
  told.change = change;
  told.time = std::max(now, held.since);
  told.onset = held.since;
  if (change == Change::resolved) told.ended = held.last_true;
  const std::span<const Track> tracks = part.tracks_of(held, rule.columns.size());
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    told.values.push_back({rule.columns[i], tracks[i].value, tracks[i].time});
  }
}

void RuleBook::evaluate(Part& part, Held& held, Time now, std::vector<RuleChange>& to) const {
  const Compiled& rule = compiled_[held.rule];
  const std::span<const Track> tracks = part.tracks_of(held, rule.columns.size());
  const Condition::Outcome outcome = rule.condition.evaluate(
      tracks, part.windows_of(held, rule.condition.windows().size()), now, rule.stale);
  held.due = outcome.changes;
  if (outcome.truth == TruthValue::is_true) {
    held.last_true = now;
    if (held.phase == Held::Phase::idle) {
      held.phase = Held::Phase::pending;
      held.since = now;
    }
    if (held.phase == Held::Phase::pending && between(held.since, now) >= rules_[held.rule].hold) {
      held.phase = Held::Phase::open;
      tell(part, held, Change::raised, now, to);
    }
  } else if (held.phase == Held::Phase::pending) {
    held.phase = Held::Phase::idle;
  } else if (held.phase == Held::Phase::open && outcome.truth == TruthValue::is_false) {
    tell(part, held, Change::resolved, now, to);
    held.phase = Held::Phase::idle;
  }
  if (held.phase != Held::Phase::pending) return;
  held.due = std::min(held.due, add_saturated(held.since, rules_[held.rule].hold));
  for (const Track& track : tracks) {
    const Time stale = add_saturated(add_saturated(track.time, rule.stale), 1);
    if (track.time != time_none && stale > now) held.due = std::min(held.due, stale);
  }
}

void RuleBook::wake(void* at, Time now, std::vector<RuleChange>& to) const {
  State& state = *static_cast<State*>(at);
  while (state.due <= now && state.due != never) {
    for (Held& held : state.part->held) {
      if (held.due == state.due) evaluate(*state.part, held, state.due, to);
    }
    // Each evaluation makes the next one later.
    const Time next = state.part->due();
    RETIMU_ASSERT(next > state.due);
    state.due = next;
  }
}

void RuleBook::update(void* at, std::string_view entity, const EntityView& view, Time now,
                      std::vector<RuleChange>& to) const {
  State& state = *static_cast<State*>(at);
  if (state.is_matched && state.part == nullptr) return;
  if (now < state.clock && state.part != nullptr) {
    set_back(*state.part, now);
    state.due = now;
  }
  wake(at, now, to);
  state.clock = now;
  if (!state.is_matched) match(state, entity);
  if (state.part == nullptr) return;
  Part& part = *state.part;
  find_slots(part, view);
  for (Held& held : part.held) {
    if (take(part, held, view)) evaluate(part, held, now, to);
  }
  state.due = part.due();
}

std::optional<Time> RuleBook::wake_time(const void* at) const {
  const State& state = *static_cast<const State*>(at);
  return state.due == never ? std::nullopt : std::optional(state.due);
}

bool RuleBook::holds(const void* at) const {
  const State& state = *static_cast<const State*>(at);
  return state.part != nullptr && std::ranges::any_of(state.part->held, [](const Held& held) {
           return held.phase != Held::Phase::idle;
         });
}

TruthValue RuleBook::truth(const void* at, std::size_t rule, Time now) const {
  const State& state = *static_cast<const State*>(at);
  if (state.part == nullptr) return TruthValue::unknown;
  const Part& part = *state.part;
  for (const Held& held : part.held) {
    if (held.rule != rule) continue;
    const Compiled& one = compiled_[rule];
    const std::size_t windows = one.condition.windows().size();
    return one.condition
        .evaluate(part.tracks_of(held, one.columns.size()), part.windows_of(held, windows), now,
                  one.stale)
        .truth;
  }
  return TruthValue::unknown;
}

}  // namespace retimu
