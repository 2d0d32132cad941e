// SPDX-License-Identifier: Apache-2.0
// A list whose elements, once removed, keep the memory that they hold (a string its characters) for
// those that are added later: filled and emptied again and again it soon allocates no more.
#ifndef RETIMU_CORE_REUSED_LIST_HPP
#define RETIMU_CORE_REUSED_LIST_HPP

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace retimu {

template <class T>
class ReusedList {
 public:
  using value_type = T;
  using iterator = typename std::vector<T>::iterator;
  using const_iterator = typename std::vector<T>::const_iterator;

  ReusedList() = default;
  ReusedList(std::initializer_list<T> list) : all_(list), size_(list.size()) {}
  ReusedList(const ReusedList& other) { *this = other; }
  ReusedList(ReusedList&& other) noexcept { swap(other); }
  ReusedList& operator=(ReusedList&& other) noexcept {
    swap(other);
    return *this;
  }
  ~ReusedList() = default;
  ReusedList& operator=(const ReusedList& other) {
    if (this == &other) return *this;
    clear();
    for (const T& one : other) add() = one;
    return *this;
  }

  // At the end, with whatever an element that was removed has left in it.
  T& add() {
    if (size_ == all_.size()) all_.emplace_back();
    return all_[size_++];
  }
  void erase(iterator at) {
    std::rotate(at, at + 1, end());
    --size_;
  }
  void clear() { size_ = 0; }
  // Empties it and gives back what more than `kept` elements hold.
  void clear(std::size_t kept) {
    size_ = 0;
    if (all_.size() <= kept) return;
    all_.resize(kept);
    all_.shrink_to_fit();
  }
  void resize(std::size_t size) {
    if (size > all_.size()) all_.resize(size);
    size_ = size;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return all_.front(); }
  iterator begin() { return all_.begin(); }
  iterator end() { return begin() + static_cast<std::ptrdiff_t>(size_); }
  const_iterator begin() const { return all_.begin(); }
  const_iterator end() const { return begin() + static_cast<std::ptrdiff_t>(size_); }

  void swap(ReusedList& other) noexcept {
    all_.swap(other.all_);
    std::swap(size_, other.size_);
  }

 private:
  std::vector<T> all_;  // the removed behind the others
  std::size_t size_ = 0;
};

}  // namespace retimu

#endif
