// SPDX-License-Identifier: Apache-2.0
// What a source hands over at once: events in admitted order and the memory that they point into.
// Recycled.
#ifndef RETIMU_CORE_BATCH_HPP
#define RETIMU_CORE_BATCH_HPP

#include "retimu/core/event.hpp"

#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

// Bump memory in blocks that never move; clear() keeps the blocks.
class Arena {
 public:
  std::byte* allocate(std::size_t bytes, std::size_t alignment) {
    std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (block_ >= blocks_.size() || at + bytes > blocks_[block_].size) return allocate_slow(bytes);
    used_ = at + bytes;
    return blocks_[block_].bytes.get() + at;
  }
  std::string_view copy(std::string_view text) {
    std::byte* to = allocate(text.size(), 1);
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return {reinterpret_cast<const char*>(to), text.size()};
  }
  template <class T>
  std::span<T> make(std::size_t count) {  // uninitialised
    return {reinterpret_cast<T*>(allocate(count * sizeof(T), alignof(T))), count};
  }
  void clear() { block_ = used_ = 0; }
  std::size_t bytes() const;  // held

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };
  std::byte* allocate_slow(std::size_t bytes);
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

// A record that could not be read. It stood before events[before] of its batch.
struct Rejected {
  Position position;
  std::uint64_t row = 0;  // see Origin
  std::size_t before = 0;
  std::string_view time_text;  // as it stood, if it was found
  std::string_view reason;
  std::string_view text;  // the record itself, at most 4,096 bytes of it
};

// How an event stood in its file; parallel to the events, only where asked for.
struct Origin {
  std::uint64_t row = 0;       // record of its file, from 1, headers not counted
  std::string_view time_text;  // empty with time = "row"
};

// The events of a batch from `from` on came at `time`, by the clock on the wall; until the next
// one.
struct Arrival {
  std::size_t from = 0;
  Time time = 0;  // time_none: they are history
};

struct Batch {
  std::vector<Event> events;
  std::vector<Rejected> rejected;
  std::vector<Origin> origins;    // empty unless keep_origins
  std::vector<Arrival> arrivals;  // of live sources, in order; of history there is none
  Arena arena;
  bool keep_origins = false;

  void clear() {
    events.clear();
    rejected.clear();
    origins.clear();
    arrivals.clear();
    arena.clear();
  }
};

}  // namespace retimu

#endif
