// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/slab.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace retimu {

namespace {

constexpr std::size_t line = 64;
constexpr std::size_t page = 2UL * 1024 * 1024;
constexpr std::size_t region_bytes_max = 32 * page;
constexpr std::size_t chunk_bytes_first = 16 * 1024;
constexpr std::size_t chunk_bytes_max = 1024 * 1024;
constexpr std::size_t alone_bytes_min = 128 * 1024;  // not in a chunk

std::size_t round_up(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

}  // namespace

void HugePages::Release::operator()(std::byte* region) const {
  ::operator delete[](region, std::align_val_t{page});
}

std::byte* HugePages::take(std::size_t bytes) {
  bytes = round_up(bytes, line);
  if (used_ + bytes > region_bytes_) {
    // An eighth of what is held: little is kept in reserve.
    const std::size_t wanted = std::clamp(bytes_ / 8, page, region_bytes_max);
    region_bytes_ = round_up(std::max(wanted, bytes), page);
    auto* const region =
        static_cast<std::byte*>(::operator new[](region_bytes_, std::align_val_t{page}));
    regions_.emplace_back(region);
    // Without them it is only slower.
    (void)::madvise(region, region_bytes_, MADV_HUGEPAGE);
    bytes_ += region_bytes_;
    used_ = 0;
  }
  std::byte* const at = regions_.back().get() + used_;
  used_ += bytes;
  return at;
}

void* Slab::take(std::size_t bytes, HugePages& pages) {
  bytes = round_up(bytes, line);
  // An entity that grows column by column leaves a block of each size behind: large ones go back.
  if (bytes >= alone_bytes_min) {
    bytes_ += bytes;
    return ::operator new (bytes, std::align_val_t{line});
  }
  const auto list = free_.find(bytes);
  if (list != free_.end() && list->second != nullptr) {
    Free* block = list->second;
    list->second = block->next;
    return block;
  }
  if (used_ + bytes > chunk_bytes_) {
    // An eighth of what is held, in whole blocks: little is kept in reserve.
    const std::size_t wanted = std::clamp(bytes_ / 8, chunk_bytes_first, chunk_bytes_max);
    chunk_bytes_ = std::max<std::size_t>(wanted / bytes, 1) * bytes;
    chunk_ = pages.take(chunk_bytes_);
    bytes_ += chunk_bytes_;
    used_ = 0;
  }
  void* block = chunk_ + used_;
  used_ += bytes;
  return block;
}

void Slab::give(void* block, std::size_t bytes) {
  bytes = round_up(bytes, line);
  if (bytes >= alone_bytes_min) {
    bytes_ -= bytes;
    ::operator delete (block, std::align_val_t{line});
    return;
  }
  Free*& list = free_[bytes];
  list = new (block) Free{list};
}

}  // namespace retimu
