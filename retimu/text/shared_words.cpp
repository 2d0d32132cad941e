// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/shared_words.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>

namespace retimu {

void SharedWords::add(std::uint64_t word, std::uint64_t place) {
  std::uint32_t at = index_.find(word);
  if (at == FlatMap::none) {
    if (list_.size() >= words_max) return;
    at = static_cast<std::uint32_t>(list_.size());
    list_.push_back({word, {}});
    index_.set(word, at);
  }
  std::vector<std::uint64_t>& places = list_[at].places;
  if (places.size() < places_max && std::ranges::find(places, place) == places.end()) {
    places.push_back(place);
  }
}

std::span<const std::uint64_t> SharedWords::places(std::uint64_t word) const {
  const std::uint32_t at = index_.find(word);
  if (at == FlatMap::none) return {};
  return list_[at].places;
}

std::size_t SharedWords::bytes() const {
  std::size_t bytes = index_.bytes() + list_.capacity() * sizeof(Word);
  for (const Word& one : list_) bytes += one.places.capacity() * sizeof(std::uint64_t);
  return bytes;
}

void SharedWords::clear() {
  list_.clear();
  index_.clear();
}

void SharedWords::visit(StateVisitor& visitor, std::uint64_t places_end) {
  visit_list(visitor, "words", list_, words_max, [&](Word& one) {
    visitor.cell("word", one.word);
    visit_list(visitor, "places", one.places, places_max, [&](std::uint64_t& place) {
      visitor.cell("place", place);
      if (place >= places_end) visitor.refuse();
    });
  });
  if (visitor.failed()) return;
  index_.clear();
  for (std::uint32_t at = 0; at < list_.size(); ++at) index_.set(list_[at].word, at);
  if (index_.size() != list_.size()) visitor.refuse();
}

}  // namespace retimu
