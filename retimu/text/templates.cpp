// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/templates.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace retimu {

std::uint32_t Templates::add(const Signature& signature) {
  const auto place = static_cast<std::uint32_t>(list_.size());
  RETIMU_ASSERT(places_.find(signature.hash) == FlatMap::none);
  ++clock_;
  list_.push_back(make_sample(signature));
  items_count_ += list_.back().items.size();
  ++groups_count_;
  groups_.push_back({.parent = place, .rank = 0, .head = place, .shown = place, .used = clock_});
  places_.set(signature.hash, place);
  return place;
}

std::uint32_t Templates::add_to(std::uint32_t member, const Signature& signature) {
  const std::uint32_t place = add(signature);
  const std::uint32_t to = group(member);
  groups_[place].parent = to;
  groups_[to].rank = std::max(groups_[to].rank, 1U);
  groups_[to].used = clock_;
  --groups_count_;
  return place;
}

bool Templates::unite(std::uint32_t a, std::uint32_t b) {
  std::uint32_t to = group(a), from = group(b);
  if (to == from) return false;
  const auto order = [&](std::uint32_t at) {
    return std::tuple(~groups_[at].lines, list_[groups_[at].head].hash);
  };
  const bool is_turned = order(from) < order(to);
  const Group& named = groups_[is_turned ? from : to];
  const Group& other = groups_[is_turned ? to : from];
  if (merges_.size() < merges_max) merges_.push_back({id(other.head), id(named.head)});
  const std::uint32_t other_shown = other.shown;
  Group all = named;
  all.lines += other.lines;
  all.used = std::max(all.used, other.used);
  if (groups_[to].rank < groups_[from].rank) std::swap(to, from);
  all.rank = groups_[to].rank + (groups_[to].rank == groups_[from].rank ? 1 : 0);
  all.parent = to;
  groups_[to] = all;
  groups_[from].parent = to;
  --groups_count_;
  show(other_shown);
  return true;
}

void Templates::show(std::uint32_t member) {
  const auto order = [&](std::uint32_t place) {
    return std::tuple(std::ranges::count_if(list_[place].items, &Item::is_word), list_[place].hash);
  };
  std::uint32_t& shown = groups_[group(member)].shown;
  if (order(member) < order(shown)) shown = member;
}

void Templates::count(std::uint32_t place, std::uint64_t lines) {
  Group& of = groups_[group(place)];
  of.lines += lines;
  of.used = clock_;
}

std::size_t Templates::bytes() const {
  std::size_t bytes = places_.bytes() + groups_.capacity() * sizeof(Group) +
                      list_.capacity() * sizeof(Sample) +
                      merges_.capacity() * sizeof(TemplateMerge);
  for (const Sample& one : list_) {
    bytes += one.items.capacity() * sizeof(Item) + one.text.capacity();
  }
  return bytes;
}

std::vector<std::uint32_t> Templates::forget_half(std::size_t words_max) {
  std::vector<std::uint32_t> order(list_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto newest_first = [&](std::uint32_t place) {
    const Group& of = groups_[group(place)];
    const int rank = of.head == place ? 0 : of.shown == place ? 1 : 2;
    return std::tuple(~of.used, list_[of.head].hash, rank, list_[place].hash);
  };
  std::ranges::sort(order, {}, newest_first);

  std::vector<std::uint32_t> moved(list_.size(), FlatMap::none);
  std::vector<std::uint32_t> kept;
  std::size_t items = 0, words = 0;
  for (const std::uint32_t place : order) {
    const std::vector<Item>& own = list_[place].items;
    items += own.size();
    words += static_cast<std::size_t>(
        std::ranges::count_if(own, [](const Item& item) { return item.kind != ItemKind::mark; }));
    if (2 * kept.size() >= count_max || 2 * items >= items_max || words > words_max) break;
    moved[place] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(place);
  }
  std::vector<Sample> list;
  std::vector<Group> groups(kept.size());
  for (std::uint32_t to = 0; to < kept.size(); ++to) {
    // The head comes first, so it is kept if any member is.
    const Group& of = groups_[group(kept[to])];
    const std::uint32_t head = moved[of.head];
    const std::uint32_t shown = moved[of.shown] == FlatMap::none ? head : moved[of.shown];
    groups[to] = {.parent = head,
                  .rank = head == to ? 1U : 0U,
                  .head = head,
                  .shown = shown,
                  .lines = of.lines,
                  .used = of.used};
    list.push_back(std::move(list_[kept[to]]));
  }
  list_ = std::move(list);
  groups_ = std::move(groups);
  index();
  return moved;
}

void Templates::index() {
  places_.clear();
  items_count_ = groups_count_ = 0;
  for (std::uint32_t place = 0; place < list_.size(); ++place) {
    places_.set(list_[place].hash, place);
    items_count_ += list_[place].items.size();
    if (groups_[place].parent == place) ++groups_count_;
  }
}

bool Templates::is_sound() const {
  for (std::size_t place = 0; place < list_.size(); ++place) {
    const Group& of = groups_[place];
    if (std::max({of.parent, of.head, of.shown}) >= list_.size()) return false;
    // Ranks rise towards the root, so that there is no circle.
    if (of.parent != place && groups_[of.parent].rank <= of.rank) return false;
  }
  for (std::uint32_t place = 0; place < list_.size(); ++place) {
    if (groups_[place].parent != place) continue;
    if (group(groups_[place].head) != place || group(groups_[place].shown) != place) return false;
  }
  return places_.size() == list_.size();
}

void Templates::visit(StateVisitor& visitor) {
  visit_list(visitor, "templates", list_, count_max,
             [&](Sample& one) { visit_sample(visitor, one); });
  if (visitor.failed()) return;
  groups_.resize(list_.size());
  for (Group& of : groups_) {
    std::uint32_t cells[4] = {of.parent, of.rank, of.head, of.shown};
    visitor.cells<std::uint32_t>("group", cells);
    of = {cells[0], cells[1], cells[2], cells[3], of.lines, of.used};
    visitor.cell("lines", of.lines);
    visitor.cell("used", of.used);
  }
  visitor.cell("clock", clock_);
  visit_list(visitor, "merges", merges_, merges_max, [&](TemplateMerge& merge) {
    visitor.cell("from", merge.from);
    visitor.cell("to", merge.to);
  });
  if (visitor.failed()) return;
  index();
  if (!is_sound()) visitor.refuse();
}

}  // namespace retimu
