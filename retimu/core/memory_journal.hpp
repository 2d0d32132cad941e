// SPDX-License-Identifier: Apache-2.0
// A journal that is gone with the process: for pipelines that keep nothing, and for tests.
#ifndef RETIMU_CORE_MEMORY_JOURNAL_HPP
#define RETIMU_CORE_MEMORY_JOURNAL_HPP

#include "retimu/core/journal.hpp"
#include "retimu/core/wall_clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

namespace retimu {

class MemoryJournal final : public Journal {
 public:
  // `bytes_max`: unread ones; a frame that is larger is taken where nothing else is unread. Frames
  // are held until they are forgotten where `keeps`, else until they are read.
  explicit MemoryJournal(std::size_t bytes_max = 64UL * 1024 * 1024, bool keeps = false,
                         std::function<Time()> now = wall_clock);

  Result<Appended> append(const NewFrame& frame, std::chrono::milliseconds wait) override;
  std::map<std::uint32_t, std::string> cursors(std::uint32_t source) override;
  Result<std::optional<Frame>> next(std::chrono::milliseconds wait) override;
  Result<void> seek(std::uint64_t offset) override;
  std::uint64_t offset() const override;
  Result<void> forget(std::uint64_t offset) override;
  JournalReport report() const override;

 private:
  struct Held {
    Frame frame;
    std::string bytes;
    // A frame without bytes has an offset of its own, too.
    std::uint64_t end() const { return frame.offset + std::max<std::size_t>(bytes.size(), 1); }
  };
  std::size_t unread_bytes() const { return end_ - offset_; }

  const std::size_t bytes_max_;
  const bool keeps_;
  const std::function<Time()> now_;
  mutable std::mutex mutex_;
  std::condition_variable has_room_, has_frame_;
  std::deque<Held> held_;
  std::size_t next_ = 0;      // of held_, to be read
  std::uint64_t offset_ = 0;  // of what is read next
  std::uint64_t end_ = 0;     // of what was appended
  Time arrived_ = 0;          // of the newest
  std::map<std::uint32_t, std::map<std::uint32_t, std::string>> cursors_;  // by source and part
  JournalReport report_;
};

}  // namespace retimu

#endif
