// SPDX-License-Identifier: Apache-2.0
// The templates of a miner and which of them are one: signatures by id, in groups that only grow.
#ifndef RETIMU_TEXT_TEMPLATES_HPP
#define RETIMU_TEXT_TEMPLATES_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/state.hpp"
#include "retimu/text/flat_map.hpp"
#include "retimu/text/signature.hpp"

#include <span>
#include <string>
#include <vector>

namespace retimu {

// From now on `from` is called `to`.
struct TemplateMerge {
  TemplateId from = 0, to = 0;
  friend bool operator==(const TemplateMerge&, const TemplateMerge&) = default;
};

class Templates {
 public:
  static constexpr std::size_t count_max = 16'384;
  static constexpr std::size_t items_max = 1'048'576;  // of all of them
  static constexpr std::size_t merges_max = 65'536;

  // Its place; FlatMap::none if there is no such id.
  std::uint32_t find(TemplateId id) const { return places_.find(id); }
  // One that is not there yet; gives its place. Alone in its group.
  std::uint32_t add(const Signature& signature);
  // The same, as a member of the group of another; what the group is called stays.
  std::uint32_t add_to(std::uint32_t member, const Signature& signature);
  // The place of the template that a group is called by. At most 15 steps.
  std::uint32_t head(std::uint32_t place) const { return groups_[group(place)].head; }
  // Of two groups one, called by the head with more lines, of equal ones by the smaller id. False
  // if they are one already.
  bool unite(std::uint32_t a, std::uint32_t b);
  // From now on the group is shown as this member, if that has no more words than what it was
  // shown as, and of equal ones the smaller id.
  void show(std::uint32_t member);
  void count(std::uint32_t place, std::uint64_t lines);

  TemplateId id(std::uint32_t place) const { return list_[place].hash; }
  std::span<const Item> items(std::uint32_t place) const { return list_[place].items; }
  Signature view(std::uint32_t place) const { return list_[place].view(); }
  std::uint32_t shown(std::uint32_t place) const { return groups_[group(place)].shown; }
  std::uint64_t lines(std::uint32_t place) const { return groups_[group(place)].lines; }
  std::size_t size() const { return list_.size(); }
  std::size_t groups() const { return groups_count_; }
  std::size_t bytes() const;

  std::span<const TemplateMerge> merges() const { return merges_; }
  void clear_merges() { merges_.clear(); }

  bool is_full() const { return list_.size() >= count_max || items_count_ >= items_max; }
  // Keeps about half: the groups that were used last, with at most so many words and variables in
  // all. Gives the new place of each, FlatMap::none of
  // what is forgotten.
  std::vector<std::uint32_t> forget_half(std::size_t words_max);

  void visit(StateVisitor& visitor);

 private:
  struct Group {  // by the place of any member; what it holds is of use at the root of the tree
    std::uint32_t parent = 0, rank = 0, head = 0, shown = 0;
    std::uint64_t lines = 0, used = 0;
  };

  std::uint32_t group(std::uint32_t place) const {
    while (groups_[place].parent != place) place = groups_[place].parent;
    return place;
  }
  void index();
  bool is_sound() const;

  std::vector<Sample> list_;  // by place; the hash is the id
  std::vector<Group> groups_;
  FlatMap places_;
  std::size_t items_count_ = 0, groups_count_ = 0;
  std::uint64_t clock_ = 0;  // signatures learned so far
  std::vector<TemplateMerge> merges_;
};

}  // namespace retimu

#endif
