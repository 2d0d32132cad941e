// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/template_miner.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace retimu {

namespace {

constexpr std::uint32_t state_version = 1;
// Room for the templates that merging makes of one that is learned; further ones are not made.
constexpr std::size_t merged_max = 256;

}  // namespace

std::uint32_t TemplateMiner::place_of(const Signature& signature) const {
  if (const auto at = templates_.find(signature.hash); at != FlatMap::none) return at;
  if (const auto at = recent_.find(signature.hash); at != FlatMap::none) return at;
  return earlier_.find(signature.hash);
}

std::optional<TemplateId> TemplateMiner::find(const Signature& signature) const {
  const std::uint32_t place = place_of(signature);
  if (place == FlatMap::none) return std::nullopt;
  return templates_.id(templates_.head(place));
}

std::optional<TemplateId> TemplateMiner::fit(const Signature& signature) {
  const std::span<const Siblings::Gain> nodes = siblings_.merged_nodes(signature.items);
  if (nodes.empty()) return std::nullopt;
  return templates_.id(templates_.head(siblings_.node(nodes[0].node).siblings[0].member));
}

TemplateId TemplateMiner::learn(const Signature& signature) {
  return templates_.id(templates_.head(learn_place(signature)));
}

void TemplateMiner::learn(std::vector<Sample> samples) {
  const auto order = [](const Sample& sample) { return std::tie(sample.hash, sample.text); };
  std::ranges::sort(samples, {}, order);
  for (const Sample& sample : samples) (void)learn_place(sample.view());
}

void TemplateMiner::count(TemplateId id, std::uint64_t lines) {
  const std::uint32_t place = templates_.find(id);
  if (place != FlatMap::none) templates_.count(place, lines);
}

TemplateId TemplateMiner::add(const Signature& signature) {
  std::uint32_t place = place_of(signature);
  if (place == FlatMap::none) place = learn_place(signature);
  templates_.count(place, 1);
  return templates_.id(templates_.head(place));
}

std::uint32_t TemplateMiner::learn_place(const Signature& signature) {
  if (const auto known = place_of(signature); known != FlatMap::none) return known;
  make_room();
  std::uint32_t place = join(signature);
  if (place != FlatMap::none) {
    assign(signature.hash, place);
  } else {
    place = templates_.add(signature);
    connect_values(place);
    connect(place);
  }
  settle();
  return place;
}

// The group of the merged nodes that it belongs to, which have seen its word from now on.
std::uint32_t TemplateMiner::join(const Signature& signature) {
  std::uint32_t place = FlatMap::none;
  for (const Siblings::Gain& gain : siblings_.merged_nodes(signature.items)) {
    const std::uint32_t member = siblings_.node(gain.node).siblings[0].member;
    if (place == FlatMap::none) {
      place = member;
    } else {
      templates_.unite(place, member);
    }
    if (siblings_.add_word(gain, member)) siblings_.find_partners(gain, ready_);
  }
  return place;
}

void TemplateMiner::connect(std::uint32_t member) {
  for (const Siblings::Gain& gain : siblings_.add(templates_.items(member), member)) {
    if (siblings_.node(gain.node).is_merged) {
      templates_.unite(siblings_.node(gain.node).siblings[0].member, member);
    } else if (siblings_.is_ready(gain.node)) {
      ready_.push_back(gain.node);
    }
    siblings_.find_partners(gain, ready_);
  }
}

// Merging makes more general signatures, which may make other nodes ready.
void TemplateMiner::settle() {
  while (!ready_.empty() || !unconnected_.empty()) {
    if (!ready_.empty()) {
      const std::uint32_t node = ready_.back();
      ready_.pop_back();
      if (!siblings_.node(node).is_merged) merge(node);
    } else {
      const std::uint32_t member = unconnected_.back();
      unconnected_.pop_back();
      connect(member);
    }
  }
}

void TemplateMiner::merge(std::uint32_t at) {
  siblings_.set_merged(at);
  const Siblings::Node& node = siblings_.node(at);
  const std::uint32_t first = node.siblings[0].member;
  for (const Siblings::Sibling& one : node.siblings) templates_.unite(first, one.member);
  const std::uint32_t position[] = {node.position};
  add_generalised(node.siblings.back().member, position);
}

void TemplateMiner::connect_values(std::uint32_t member) {
  const ValueDumps::Found found = values_.add(templates_, member);
  for (const auto& [a, b] : found.pairs) templates_.unite(a, b);
  if (!found.pairs.empty()) add_generalised(found.pairs.back().first, found.free);
}

// Adds to the group of a member what it is with these positions as variables, too.
void TemplateMiner::add_generalised(std::uint32_t member,
                                    std::span<const std::uint32_t> positions) {
  generalised_.clear();
  const std::span<const Item> items = templates_.items(member);
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    Item item = items[i];
    if (std::ranges::find(positions, i) != positions.end()) {
      item = {.hash = variable_hash, .begin = item.begin, .end = item.end};
    }
    push_item(generalised_, item);
  }
  const Signature whole{hash_of(generalised_), generalised_, templates_.view(member).line};
  std::uint32_t place = templates_.find(whole.hash);
  if (place == FlatMap::none) {
    if (templates_.is_full()) return;
    place = templates_.add_to(member, whole);
    unconnected_.push_back(place);
  } else {
    templates_.unite(member, place);
  }
  templates_.show(place);
}

void TemplateMiner::assign(std::uint64_t hash, std::uint32_t place) {
  if (2 * recent_.size() >= assigned_max) {
    earlier_ = std::exchange(recent_, {});
  }
  recent_.set(hash, place);
}

void TemplateMiner::make_room() {
  const bool is_nearly_full =
      templates_.is_full() || templates_.size() + merged_max > Templates::count_max;
  if (!is_nearly_full && !siblings_.is_full() && !values_.is_full()) return;
  const std::vector<std::uint32_t> moved = templates_.forget_half(Siblings::nodes_max / 2);
  siblings_.move_members(moved);
  values_.move_members(moved, templates_);
  for (FlatMap* map : {&recent_, &earlier_}) {
    const FlatMap old = std::exchange(*map, {});
    old.for_each([&](std::uint64_t hash, std::uint32_t place) {
      if (moved[place] != FlatMap::none) map->set(hash, moved[place]);
    });
  }
}

TemplateId TemplateMiner::root(TemplateId id) const {
  const std::uint32_t place = templates_.find(id);
  return place == FlatMap::none ? id : templates_.id(templates_.head(place));
}

std::string TemplateMiner::text(TemplateId id) const {
  const std::uint32_t place = templates_.find(id);
  if (place == FlatMap::none) return {};
  const Signature shown = templates_.view(templates_.shown(place));
  return render(shown.items, shown.line);
}

std::uint64_t TemplateMiner::lines(TemplateId id) const {
  const std::uint32_t place = templates_.find(id);
  return place == FlatMap::none ? 0 : templates_.lines(place);
}

std::size_t TemplateMiner::bytes() const {
  return templates_.bytes() + siblings_.bytes() + values_.bytes() + recent_.bytes() +
         earlier_.bytes();
}

void TemplateMiner::visit(StateVisitor& visitor) {
  (void)visitor.version(state_version);
  templates_.visit(visitor);
  if (visitor.failed()) return;
  std::vector<std::uint32_t> sizes(templates_.size());
  for (std::uint32_t i = 0; i < sizes.size(); ++i) {
    sizes[i] = static_cast<std::uint32_t>(templates_.items(i).size());
  }
  siblings_.visit(visitor, sizes);
  values_.visit(visitor, templates_);
  for (FlatMap* map : {&recent_, &earlier_}) {
    using Entry = std::pair<std::uint64_t, std::uint32_t>;
    std::vector<Entry> entries;
    map->for_each(
        [&](std::uint64_t hash, std::uint32_t place) { entries.emplace_back(hash, place); });
    std::ranges::sort(entries);
    visit_list(visitor, "assigned", entries, assigned_max, [&](Entry& entry) {
      visitor.cell("hash", entry.first);
      visitor.cell("place", entry.second);
      if (entry.second >= templates_.size()) visitor.refuse();
    });
    if (visitor.failed()) return;
    map->clear();
    for (const Entry& entry : entries) map->set(entry.first, entry.second);
  }
}

}  // namespace retimu
