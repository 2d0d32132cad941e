// SPDX-License-Identifier: Apache-2.0
// From 64-bit hashes to 32-bit places, open addressing; grows, is cleared, and never erases one.
#ifndef RETIMU_TEXT_FLAT_MAP_HPP
#define RETIMU_TEXT_FLAT_MAP_HPP

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace retimu {

// Keys must be mixed well already. 16 bytes a slot, at most 3 of 4 slots in use.
class FlatMap {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

  // `none` if there is no such key.
  std::uint32_t find(std::uint64_t key) const {
    if (slots_.empty()) return none;
    for (std::size_t at = key & mask();; at = (at + 1) & mask()) {
      if (slots_[at].place == none || slots_[at].key == key) return slots_[at].place;
    }
  }
  // Sets it whether it was there or not; `place` is not `none`.
  void set(std::uint64_t key, std::uint32_t place) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    std::size_t at = key & mask();
    while (slots_[at].place != none && slots_[at].key != key) at = (at + 1) & mask();
    if (slots_[at].place == none) ++size_;
    slots_[at] = {key, place};
  }
  void clear() {
    slots_.clear();
    size_ = 0;
  }
  template <class Function>
  void for_each(Function function) const {
    for (const Slot& slot : slots_) {
      if (slot.place != none) function(slot.key, slot.place);
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t place = none;
  };

  std::size_t mask() const { return slots_.size() - 1; }
  void grow() {
    std::vector<Slot> old = std::exchange(slots_, {});
    slots_.resize(old.empty() ? 64 : 2 * old.size());
    size_ = 0;
    for (const Slot& slot : old) {
      if (slot.place != none) set(slot.key, slot.place);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace retimu

#endif
