// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/value_dumps.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <iterator>

namespace retimu {

namespace {

constexpr std::size_t values_min = 2;
constexpr std::size_t needed_usually = 8, needed_typed = 2, needed_shared = 2;

}  // namespace

void ValueDumps::find_values(std::span<const Item> items) {
  positions_.clear();
  for (std::uint32_t i = 1; i < items.size() && positions_.size() < values_max; ++i) {
    if (items[i].kind != ItemKind::mark && is_value(items, i)) positions_.push_back(i);
  }
}

std::uint32_t ValueDumps::find_dump(std::span<const Item> items) {
  std::uint64_t key = items.size();
  for (std::uint32_t i = 0, next = 0; i < items.size(); ++i) {
    const bool is_value = next < positions_.size() && positions_[next] == i;
    if (is_value) ++next;
    key = mix(key, is_value ? std::uint64_t{'='} : items[i].hash);
  }
  std::uint32_t at = by_key_.find(key);
  if (at != FlatMap::none || dumps_.size() >= dumps_max) return at;
  at = static_cast<std::uint32_t>(dumps_.size());
  dumps_.push_back({key, static_cast<std::uint32_t>(items.size()), {}, {}});
  for (const std::uint32_t position : positions_) {
    dumps_.back().values.push_back({.position = position, .words = {}});
  }
  by_key_.set(key, at);
  return at;
}

ValueDumps::Found ValueDumps::add(const Templates& templates, std::uint32_t member) {
  pairs_.clear();
  free_.clear();
  const std::span<const Item> items = templates.items(member);
  find_values(items);
  if (positions_.size() < values_min) return {};
  const std::uint32_t at = find_dump(items);
  if (at == FlatMap::none || dumps_[at].values.size() != positions_.size()) return {};
  if (dumps_[at].members.size() < members_max) dumps_[at].members.push_back(member);
  bool has_changed = false;
  for (std::size_t value = 0; value < positions_.size(); ++value) {
    if (add_word(at, value, items[positions_[value]])) has_changed = true;
  }
  for (const Value& value : dumps_[at].values) {
    if (value.is_free) free_.push_back(value.position);
  }
  if (has_changed || !free_.empty()) find_pairs(templates, dumps_[at], member);
  return {pairs_, free_};
}

// Whether the value has become free by it.
bool ValueDumps::add_word(std::uint32_t dump, std::size_t index, const Item& item) {
  if (!note_word(dump, index, item)) return false;
  Value& value = dumps_[dump].values[index];
  const std::size_t count = value.words.size();
  if (value.is_free || count < 2) return false;
  const std::uint64_t place = std::uint64_t{dump} * values_max + index;
  value.is_free = count >= needed_usually || (value.has_variable && count >= needed_typed) ||
                  (count >= needed_shared && is_shared(place, value));
  return value.is_free;
}

// Whether it is a new word that counts.
bool ValueDumps::note_word(std::uint32_t dump, std::size_t index, const Item& item) {
  Value& value = dumps_[dump].values[index];
  if ((item.kinds & state_word) != 0 || value.words.size() >= words_max) return false;
  if (std::ranges::find(value.words, item.hash) != value.words.end()) return false;
  value.words.push_back(item.hash);
  value.has_variable = value.has_variable || item.is_variable();
  if (!item.is_variable()) words_.add(item.hash, std::uint64_t{dump} * values_max + index);
  return true;
}

bool ValueDumps::is_shared(std::uint64_t own_place, const Value& value) const {
  std::vector<std::uint64_t> others;
  for (const std::uint64_t word : value.words) {
    const auto places = words_.places(word);
    std::ranges::copy_if(places, std::back_inserter(others),
                         [&](std::uint64_t place) { return place != own_place; });
  }
  std::ranges::sort(others);
  for (std::size_t i = 0; i + needed_shared <= others.size(); ++i) {
    if (others[i] == others[i + needed_shared - 1]) return true;
  }
  return false;
}

// Members, and the new one if there was no room for it, that agree in what is not free.
void ValueDumps::find_pairs(const Templates& templates, const Dump& dump, std::uint32_t member) {
  kept_.clear();
  const auto keep = [&](std::uint32_t one) {
    std::uint64_t sum = 0;
    for (const Value& value : dump.values) {
      if (!value.is_free) sum = mix(sum, templates.items(one)[value.position].hash);
    }
    kept_.emplace_back(sum, one);
  };
  for (const std::uint32_t one : dump.members) keep(one);
  if (dump.members.empty() || dump.members.back() != member) keep(member);
  std::ranges::sort(kept_);
  for (std::size_t i = 1; i < kept_.size(); ++i) {
    if (kept_[i].first == kept_[i - 1].first) {
      pairs_.emplace_back(kept_[i - 1].second, kept_[i].second);
    }
  }
}

std::size_t ValueDumps::bytes() const {
  std::size_t bytes = by_key_.bytes() + words_.bytes() + dumps_.capacity() * sizeof(Dump);
  for (const Dump& dump : dumps_) {
    bytes += dump.values.capacity() * sizeof(Value) + dump.members.capacity() * 4;
    for (const Value& value : dump.values) bytes += value.words.capacity() * 8;
  }
  return bytes;
}

void ValueDumps::move_members(std::span<const std::uint32_t> moved, const Templates& templates) {
  for (Dump& dump : dumps_) {
    std::erase_if(dump.members, [&](std::uint32_t one) { return moved[one] == FlatMap::none; });
    for (std::uint32_t& one : dump.members) one = moved[one];
  }
  std::erase_if(dumps_, [](const Dump& dump) { return dump.members.empty(); });
  index();
  words_.clear();
  for (std::uint32_t at = 0; at < dumps_.size(); ++at) {
    for (std::size_t index = 0; index < dumps_[at].values.size(); ++index) {
      Value& value = dumps_[at].values[index];
      value.words.clear();
      value.has_variable = false;
      for (const std::uint32_t one : dumps_[at].members) {
        (void)note_word(at, index, templates.items(one)[value.position]);
      }
    }
  }
}

void ValueDumps::index() {
  by_key_.clear();
  for (std::uint32_t at = 0; at < dumps_.size(); ++at) by_key_.set(dumps_[at].key, at);
}

void ValueDumps::visit(StateVisitor& visitor, const Templates& templates) {
  visit_list(visitor, "dumps", dumps_, dumps_max, [&](Dump& dump) {
    visitor.cell("key", dump.key);
    visitor.cell("length", dump.length);
    visit_list(visitor, "values", dump.values, values_max, [&](Value& value) {
      visitor.cell("position", value.position);
      std::uint8_t flags =
          static_cast<std::uint8_t>((value.is_free ? 1U : 0U) | (value.has_variable ? 2U : 0U));
      visitor.cell("flags", flags);
      value.is_free = (flags & 1U) != 0, value.has_variable = (flags & 2U) != 0;
      visit_list(visitor, "words", value.words, words_max,
                 [&](std::uint64_t& word) { visitor.cell("word", word); });
      if (value.position >= dump.length) visitor.refuse();
    });
    visit_list(visitor, "members", dump.members, members_max, [&](std::uint32_t& one) {
      visitor.cell("member", one);
      if (one >= templates.size() || templates.items(one).size() != dump.length) visitor.refuse();
    });
  });
  words_.visit(visitor, std::uint64_t{dumps_.size()} * values_max);
  if (visitor.failed()) return;
  index();
  if (by_key_.size() != dumps_.size()) visitor.refuse();
}

}  // namespace retimu
