// SPDX-License-Identifier: Apache-2.0
// What an entity remembers of the rules that apply to it.
#ifndef RETIMU_RULES_RULE_STATE_HPP
#define RETIMU_RULES_RULE_STATE_HPP

#include "retimu/rules/rule_book.hpp"

#include <algorithm>

namespace retimu {

inline constexpr std::uint32_t no_slot = UINT32_MAX;

struct RuleBook::Held {
  enum class Phase : std::uint8_t { idle, pending, open };

  std::uint16_t rule = 0;
  Phase phase = Phase::idle;
  bool is_new = true;                               // has not seen the entity's row yet
  std::uint32_t first_track = 0, first_window = 0;  // of its own in the part
  Time since = time_none;      // pending or open: since when the condition has been true
  Time last_true = time_none;  // when it was last seen true
  Time due = never;            // when it is to be evaluated without an event
};

// Rules in the order of the book, each with its own columns and windows.
struct RuleBook::Part {
  std::vector<Held> held;
  std::vector<Track> tracks;
  std::vector<RuleWindow> windows;
  std::vector<std::uint32_t> slots;  // [tracks] in the entity's row
  std::size_t columns_seen = 0;      // of that row, when slots were looked up

  std::span<Track> tracks_of(const Held& one, std::size_t count) {
    return {tracks.data() + one.first_track, count};
  }
  std::span<const Track> tracks_of(const Held& one, std::size_t count) const {
    return {tracks.data() + one.first_track, count};
  }
  std::span<RuleWindow> windows_of(const Held& one, std::size_t count) {
    return {windows.data() + one.first_window, count};
  }
  std::span<const RuleWindow> windows_of(const Held& one, std::size_t count) const {
    return {windows.data() + one.first_window, count};
  }
  Time due() const {
    Time first = never;
    for (const Held& one : held) first = std::min(first, one.due);
    return first;
  }
};

struct RuleBook::State {
  Time clock = time_none;      // of the last event
  Time due = never;            // the first of all rules
  bool is_matched = false;     // by the entity's name, which only events bring
  std::unique_ptr<Part> part;  // null where no rule applies
};

}  // namespace retimu

#endif
