// SPDX-License-Identifier: Apache-2.0
// Memory that is worked on next, asked for piece by piece while something else is computed: asked
// for at once it would stand in the way of what is read now, and not asked for it would be waited
// for. Changes nothing but the time. Cost: a nanosecond a line of 64 bytes.
#ifndef RETIMU_CORE_READ_AHEAD_HPP
#define RETIMU_CORE_READ_AHEAD_HPP

#include <algorithm>
#include <cstddef>
#include <span>

namespace retimu {

class ReadAhead {
 public:
  static constexpr std::size_t line = 64;
  static constexpr std::size_t piece =
      32 * line;  // about as much as comes while a column is judged
  static constexpr std::size_t bytes_max = 128 * 1'024;  // of a second-level cache that others use

  // In place of what is left of the memory before.
  void begin(std::span<const std::byte> memory) {
    left_ = memory.first(std::min(memory.size(), bytes_max));
  }
  // Into the second-level cache.
  void ask_for_more() {
    if (left_.empty()) return;
    const std::size_t bytes = std::min(left_.size(), piece);
    for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(&left_[at], 0, 2);
    left_ = left_.subspan(bytes);
  }
  std::size_t left() const { return left_.size(); }  // bytes

 private:
  std::span<const std::byte> left_;
};

}  // namespace retimu

#endif
