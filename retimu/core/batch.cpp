// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/batch.hpp"

#include <algorithm>

namespace retimu {

namespace {
// The first blocks are small, because a source of many files has an arena for each.
constexpr std::size_t block_bytes_first = 16 * 1024, block_bytes = 256 * 1024;

std::size_t size_of_block(std::size_t blocks_before) {
  return std::min(block_bytes, block_bytes_first << std::min<std::size_t>(blocks_before, 4));
}
}  // namespace

std::byte* Arena::allocate_slow(std::size_t bytes) {
  // The next kept block serves if it is large enough; else a new one goes in before it.
  const std::size_t next = blocks_.empty() ? 0 : block_ + (used_ > 0 ? 1 : 0);
  if (next >= blocks_.size() || blocks_[next].size < bytes) {
    const std::size_t size = std::max(bytes, size_of_block(blocks_.size()));
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(next),
                   Block{std::make_unique_for_overwrite<std::byte[]>(size), size});
  }
  block_ = next;
  used_ = bytes;
  return blocks_[block_].bytes.get();
}

std::size_t Arena::bytes() const {
  std::size_t sum = 0;
  for (const Block& block : blocks_) sum += block.size;
  return sum;
}

}  // namespace retimu
