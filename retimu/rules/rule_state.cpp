// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/rule_state.hpp"

#include <algorithm>
#include <new>

namespace retimu {

std::size_t RuleBook::bytes(std::size_t /*columns*/) const {
  return rules_.empty() ? 0 : sizeof(State);
}

void RuleBook::create(void* at, std::size_t /*columns*/, std::uint64_t /*seed*/) const {
  if (!rules_.empty()) new (at) State();
}

void RuleBook::destroy(void* at, std::size_t /*columns*/) const {
  if (!rules_.empty()) static_cast<State*>(at)->~State();
}

void RuleBook::grow(void* to, std::size_t /*columns_to*/, void* from,
                    std::size_t /*columns_from*/) const {
  if (rules_.empty()) return;
  State* source = static_cast<State*>(from);
  new (to) State(std::move(*source));
  source->~State();
}

std::size_t RuleBook::allocated_bytes_max() const {
  std::size_t bytes = 0;
  for (const Compiled& rule : compiled_) {
    bytes += sizeof(Held) + rule.columns.size() * (sizeof(Track) + sizeof(std::uint32_t)) +
             rule.condition.windows().size() * sizeof(RuleWindow);
  }
  return bytes == 0 ? 0 : bytes + sizeof(Part);
}

// One rule of `from`, appended to `to` as it is after the visit; one that the book does not know is
// read past. Whether it is the same rule as before.
bool RuleBook::visit_rule(const Part& from, std::size_t index, Part& to,
                          StateVisitor& visitor) const {
  const bool has_own = index < from.held.size();
  Held held = has_own ? from.held[index] : Held{};
  const Compiled* own = has_own ? &compiled_[held.rule] : nullptr;
  const std::size_t own_tracks = has_own ? own->columns.size() : 0;
  const std::size_t own_windows = has_own ? own->condition.windows().size() : 0;
  const std::size_t first_track = held.first_track, first_window = held.first_window;
  std::uint64_t key = has_own ? own->key : 0;
  auto phase = static_cast<std::uint8_t>(held.phase);
  visitor.cell("rule", key);
  visitor.cell("phase", phase);
  visitor.cell("since", held.since);
  visitor.cell("last_true", held.last_true);
  visitor.cell("due", held.due);
  if (phase > static_cast<std::uint8_t>(Held::Phase::open)) visitor.refuse();
  held.first_track = static_cast<std::uint32_t>(to.tracks.size());
  held.first_window = static_cast<std::uint32_t>(to.windows.size());
  const std::size_t tracks = visitor.count("columns", own_tracks, rule_columns_max);
  for (std::size_t i = 0; i < tracks; ++i) {
    to.tracks.push_back(i < own_tracks ? from.tracks[first_track + i] : Track{});
    to.tracks.back().visit(visitor);
  }
  const std::size_t windows = visitor.count("windows", own_windows, rule_windows_max);
  for (std::size_t i = 0; i < windows; ++i) {
    to.windows.push_back(i < own_windows ? from.windows[first_window + i] : RuleWindow{});
    to.windows.back().visit(visitor);
  }
  const auto found = std::ranges::find(compiled_, key, &Compiled::key);
  if (visitor.failed() || found == compiled_.end() || found->columns.size() != tracks ||
      found->condition.windows().size() != windows) {
    to.tracks.resize(held.first_track);
    to.windows.resize(held.first_window);
    return false;
  }
  held.rule = static_cast<std::uint16_t>(found - compiled_.begin());
  held.phase = static_cast<Held::Phase>(phase);
  held.is_new = has_own && held.is_new;
  to.held.push_back(held);
  return &*found == own;
}

// A reader meets the rules that were stored, which may be others than those that the state has.
void RuleBook::visit(void* at, std::size_t /*columns*/, StateVisitor& visitor) const {
  if (rules_.empty()) return;
  State& state = *static_cast<State*>(at);
  (void)visitor.version(1);
  visitor.cell("clock", state.clock);
  const Part none;
  const Part& before = state.part == nullptr ? none : *state.part;
  auto after = std::make_unique<Part>();
  const std::size_t count = visitor.count("rules", before.held.size(), rules_max);
  bool is_same = count == before.held.size();
  for (std::size_t i = 0; i < count && !visitor.failed(); ++i) {
    if (!visit_rule(before, i, *after, visitor)) is_same = false;
  }
  if (is_same) {
    after->slots = before.slots;
    after->columns_seen = before.columns_seen;
  } else {
    after->slots.assign(after->tracks.size(), no_slot);
    state.is_matched = false;
  }
  state.due = after->due();
  state.part = after->held.empty() ? nullptr : std::move(after);
}

}  // namespace retimu
