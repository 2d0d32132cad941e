// SPDX-License-Identifier: Apache-2.0
// Puts frames into the journal for a receiver that can wait: while there is no room, or the disk
// fails, it tries again.
#ifndef RETIMU_CONNECTORS_FRAME_WRITER_HPP
#define RETIMU_CONNECTORS_FRAME_WRITER_HPP

#include "retimu/connectors/receiver.hpp"
#include "retimu/core/wall_clock.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace retimu {

class FrameWriter {
 public:
  explicit FrameWriter(const std::atomic<bool>& stop) : stop_(stop) {}
  void open(Journal& journal) { journal_ = &journal; }

  // `records`: in the frame. False: it was told to stop before the frame was taken.
  bool put(const NewFrame& frame, std::uint64_t records) {
    constexpr std::chrono::milliseconds wait(100);
    for (;;) {
      const Result<Appended> appended = journal_->append(frame, wait);
      if (appended && *appended == Appended::taken) {
        const std::lock_guard lock(mutex_);
        report_.bytes += frame.bytes.size();
        report_.records += records;
        report_.last = wall_clock();
        report_.trouble.clear();
        return true;
      }
      if (!appended) {
        set_trouble(appended.error().message);
        std::this_thread::sleep_for(wait);
      }
      if (stop_.load(std::memory_order_relaxed)) return false;
    }
  }

  void set_trouble(std::string trouble) {
    const std::lock_guard lock(mutex_);
    report_.trouble = std::move(trouble);
  }
  void note(std::string note) {
    constexpr std::size_t kept_max = 100;
    const std::lock_guard lock(mutex_);
    if (report_.notes.size() < kept_max) report_.notes.push_back(std::move(note));
  }
  ReceiverReport report() const {
    const std::lock_guard lock(mutex_);
    return report_;
  }

 private:
  const std::atomic<bool>& stop_;
  Journal* journal_ = nullptr;
  mutable std::mutex mutex_;
  ReceiverReport report_;
};

}  // namespace retimu

#endif
