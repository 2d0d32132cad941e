// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/siblings.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace retimu {

namespace {

constexpr std::uint32_t needed_usually = 8, needed_first = 64, needed_named = 2, needed_alone = 16;
constexpr std::uint32_t needed_typed_usually = 2, needed_typed_alone = 4;
constexpr std::uint32_t needed_shared_usually = 3, needed_shared_value = 2;
constexpr std::size_t words_left_usually = 2, words_left_min = 1;

std::uint64_t chain(std::uint64_t sum, std::uint64_t hash) {
  return sum * 0xD6E8FEB86659FD93ULL + hash;
}

bool has_word(const Siblings::Node& node, std::uint64_t word) {
  return std::ranges::find(node.siblings, word, &Siblings::Sibling::word) != node.siblings.end();
}

}  // namespace

Siblings::Place Siblings::place_of(std::span<const Item> items, std::uint32_t i, bool is_alone) {
  Place place{.position = i};
  if (i == 0) {
    place.needed = needed_first;
    return place;
  }
  const bool is_named = (items[i - 1].kinds & cue_word) != 0;
  const bool is_of_key = is_value(items, i) || items[i - 1].mark == ':';
  place.needed = is_named ? needed_named : is_alone ? needed_alone : needed_usually;
  place.needed_typed = is_alone ? needed_typed_alone : needed_typed_usually;
  place.needed_shared = is_of_key ? needed_shared_value : needed_shared_usually;
  return place;
}

void Siblings::find_places(std::span<const Item> items) {
  places_.clear();
  const auto words = static_cast<std::size_t>(std::ranges::count_if(items, &Item::is_word));
  tails_.resize(items.size() + 1);
  tails_[items.size()] = items.size();
  for (std::size_t i = items.size(); i-- > 0;) tails_[i] = chain(tails_[i + 1], items[i].hash);
  std::uint64_t head = 0;
  for (std::uint32_t i = 0; i < items.size() && places_.size() < positions_max; ++i) {
    const Item& item = items[i];
    const bool may_vary = item.kind != ItemKind::mark && (item.kinds & state_word) == 0;
    const std::size_t words_left = words - (item.is_word() ? 1 : 0);
    if (may_vary && words_left >= words_left_min) {
      places_.push_back(place_of(items, i, words_left < words_left_usually));
      places_.back().key = mix(mix(head, std::uint64_t{i}), tails_[i + 1]);
    }
    head = chain(head, item.hash);
  }
}

std::span<const Siblings::Gain> Siblings::merged_nodes(std::span<const Item> items) {
  find_places(items);
  found_.clear();
  for (const Place& place : places_) {
    const std::uint32_t at = by_key_.find(place.key);
    if (at != FlatMap::none && nodes_[at].is_merged) {
      found_.push_back({at, items[place.position].hash});
    }
  }
  return found_;
}

std::span<const Siblings::Gain> Siblings::add(std::span<const Item> items, std::uint32_t member) {
  find_places(items);
  found_.clear();
  for (const Place& place : places_) {
    std::uint32_t at = by_key_.find(place.key);
    if (at == FlatMap::none) {
      if (nodes_.size() >= nodes_max) continue;
      at = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({.key = place.key,
                        .length = static_cast<std::uint32_t>(items.size()),
                        .position = place.position,
                        .needed = place.needed,
                        .needed_typed = place.needed_typed,
                        .needed_shared = place.needed_shared,
                        .siblings = {}});
      by_key_.set(place.key, at);
    }
    const std::uint64_t word = items[place.position].hash;
    if (add_sibling(at, {word, member}) || nodes_[at].is_merged) found_.push_back({at, word});
  }
  return found_;
}

bool Siblings::add_word(const Gain& gain, std::uint32_t member) {
  return add_sibling(gain.node, {gain.word, member});
}

bool Siblings::add_sibling(std::uint32_t at, Sibling sibling) {
  Node& node = nodes_[at];
  if (node.siblings.size() >= words_max || has_word(node, sibling.word)) return false;
  node.siblings.push_back(sibling);
  node.has_variable = node.has_variable || sibling.word == variable_hash;
  if (node.needed_shared > 0 && node.siblings.size() >= 2) {
    if (node.siblings.size() == 2) words_.add(node.siblings[0].word, at);
    words_.add(sibling.word, at);
  }
  return true;
}

bool Siblings::is_ready(std::uint32_t at) const {
  const Node& node = nodes_[at];
  const std::size_t count = node.siblings.size();
  if (node.is_merged || count < 2) return false;
  if (count >= node.needed) return true;
  if (node.needed_typed > 0 && node.has_variable && count >= node.needed_typed) return true;
  if (node.needed_shared == 0 || count < node.needed_shared) return false;
  // How often each other node turns up among the places of the words.
  std::vector<std::uint64_t> others;
  for (const Sibling& sibling : node.siblings) {
    const auto places = words_.places(sibling.word);
    std::ranges::copy_if(places, std::back_inserter(others),
                         [&](std::uint64_t other) { return nodes_[other].length != node.length; });
  }
  std::ranges::sort(others);
  for (std::size_t i = 0; i + node.needed_shared <= others.size(); ++i) {
    const std::size_t needed = std::max(node.needed_shared, nodes_[others[i]].needed_shared);
    if (i + needed <= others.size() && others[i] == others[i + needed - 1]) return true;
  }
  return false;
}

void Siblings::find_partners(const Gain& gain, std::vector<std::uint32_t>& to) const {
  const Node& node = nodes_[gain.node];
  if (node.needed_shared == 0 || node.siblings.size() < 2) return;
  for (const std::uint64_t place : words_.places(gain.word)) {
    const Node& other = nodes_[place];
    if (other.is_merged || other.length == node.length) continue;
    const auto shared = static_cast<std::size_t>(std::ranges::count_if(
        other.siblings, [&](const Sibling& one) { return has_word(node, one.word); }));
    if (shared >= std::max(node.needed_shared, other.needed_shared))
      to.push_back(static_cast<std::uint32_t>(place));
  }
}

std::size_t Siblings::bytes() const {
  std::size_t bytes = by_key_.bytes() + words_.bytes() + nodes_.capacity() * sizeof(Node);
  for (const Node& node : nodes_) bytes += node.siblings.capacity() * sizeof(Sibling);
  return bytes;
}

void Siblings::move_members(std::span<const std::uint32_t> moved) {
  for (Node& node : nodes_) {
    std::erase_if(node.siblings,
                  [&](const Sibling& one) { return moved[one.member] == FlatMap::none; });
    node.has_variable = false;
    for (Sibling& one : node.siblings) {
      one.member = moved[one.member];
      node.has_variable = node.has_variable || one.word == variable_hash;
    }
    node.siblings.shrink_to_fit();
  }
  std::erase_if(nodes_, [](const Node& node) { return node.siblings.empty(); });
  index();
  words_.clear();
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
    const Node& node = nodes_[at];
    if (node.needed_shared == 0 || node.siblings.size() < 2) continue;
    for (const Sibling& one : node.siblings) words_.add(one.word, at);
  }
}

void Siblings::index() {
  by_key_.clear();
  for (std::uint32_t at = 0; at < nodes_.size(); ++at) by_key_.set(nodes_[at].key, at);
}

void Siblings::visit(StateVisitor& visitor, std::span<const std::uint32_t> sizes) {
  visit_list(visitor, "nodes", nodes_, nodes_max, [&](Node& node) {
    visitor.cell("key", node.key);
    std::array<std::uint32_t, 5> cells{node.length, node.position, node.needed, node.needed_typed,
                                       node.needed_shared};
    visitor.cells<std::uint32_t>("place", cells);
    node.length = cells[0], node.position = cells[1];
    node.needed = cells[2], node.needed_typed = cells[3], node.needed_shared = cells[4];
    std::uint8_t flags =
        static_cast<std::uint8_t>((node.is_merged ? 1U : 0U) | (node.has_variable ? 2U : 0U));
    visitor.cell("flags", flags);
    node.is_merged = (flags & 1U) != 0, node.has_variable = (flags & 2U) != 0;
    visit_list(visitor, "siblings", node.siblings, words_max, [&](Sibling& one) {
      visitor.cell("word", one.word);
      visitor.cell("member", one.member);
      // What is still to be merged is made from any of its members.
      if (one.member >= sizes.size() || (!node.is_merged && sizes[one.member] != node.length)) {
        visitor.refuse();
      }
    });
    if (node.siblings.empty() || node.position >= node.length) visitor.refuse();
  });
  words_.visit(visitor, nodes_.size());
  if (visitor.failed()) return;
  index();
  if (by_key_.size() != nodes_.size()) visitor.refuse();
}

}  // namespace retimu
