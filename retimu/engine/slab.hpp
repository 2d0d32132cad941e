// SPDX-License-Identifier: Apache-2.0
// Where entities lie. A fleet's states are read all over, and with pages of 4 KiB the processor
// spends a tenth of its time on finding them: so chunks lie in huge pages, where the system has
// some to give.
#ifndef RETIMU_ENGINE_SLAB_HPP
#define RETIMU_ENGINE_SLAB_HPP

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

namespace retimu {

// Memory that is given back when this ends, and not before. One a thread.
class HugePages {
 public:
  std::byte* take(std::size_t bytes);  // whole cache lines
  std::size_t bytes() const { return bytes_; }

 private:
  struct Release {
    void operator()(std::byte* region) const;
  };
  std::vector<std::unique_ptr<std::byte[], Release>> regions_;
  std::size_t region_bytes_ = 0, used_ = 0, bytes_ = 0;
};

// Chunks with free lists by size, large blocks alone; blocks lie on cache lines.
class Slab {
 public:
  void* take(std::size_t bytes, HugePages& pages);
  void give(void* block, std::size_t bytes);
  std::size_t bytes() const { return bytes_; }  // held

 private:
  struct Free {
    Free* next;
  };
  std::byte* chunk_ = nullptr;
  std::size_t chunk_bytes_ = 0, used_ = 0, bytes_ = 0;
  std::map<std::size_t, Free*> free_;  // few sizes
};

}  // namespace retimu

#endif
