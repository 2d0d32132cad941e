// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/memory_journal.hpp"

#include <algorithm>

namespace retimu {

MemoryJournal::MemoryJournal(std::size_t bytes_max, bool keeps, std::function<Time()> now)
    : bytes_max_(bytes_max), keeps_(keeps), now_(std::move(now)) {}

Result<Appended> MemoryJournal::append(const NewFrame& frame, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  const bool has_room = has_room_.wait_for(lock, wait, [&] {
    return unread_bytes() == 0 || unread_bytes() + frame.bytes.size() <= bytes_max_;
  });
  if (!has_room) return Appended::full;
  arrived_ = std::max(arrived_, now_());
  Held& held = held_.emplace_back();
  held.bytes = frame.bytes;
  held.frame = {frame.source, frame.part, frame.kind, frame.format, arrived_, end_, {}};
  end_ = held.end();
  if (!frame.cursor.empty()) cursors_[frame.source][frame.part] = frame.cursor;
  ++report_.frames;
  report_.bytes += frame.bytes.size();
  has_frame_.notify_one();
  return Appended::taken;
}

std::map<std::uint32_t, std::string> MemoryJournal::cursors(std::uint32_t source) {
  const std::lock_guard lock(mutex_);
  return cursors_[source];
}

Result<std::optional<Frame>> MemoryJournal::next(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (!keeps_) {  // what was read last is not needed any more
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }
  if (!has_frame_.wait_for(lock, wait, [&] { return next_ < held_.size(); })) {
    return std::optional<Frame>();
  }
  const Held& held = held_[next_++];
  Frame frame = held.frame;
  frame.bytes = held.bytes;
  offset_ = held.end();
  has_room_.notify_all();
  return frame;
}

Result<void> MemoryJournal::seek(std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = held_.empty() ? end_ : held_.front().frame.offset;
  if (offset < first || offset > end_) {
    return failure(Fault::input, "the journal holds bytes {} to {}, not {}", first, end_, offset);
  }
  const auto at = std::ranges::find_if(held_, [&](const Held& h) { return h.end() > offset; });
  next_ = static_cast<std::size_t>(at - held_.begin());
  offset_ = offset;
  return {};
}

std::uint64_t MemoryJournal::offset() const {
  const std::lock_guard lock(mutex_);
  return offset_;
}

Result<void> MemoryJournal::forget(std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  while (next_ > 0 && held_.front().end() <= offset) {
    held_.pop_front();
    --next_;
  }
  return {};
}

JournalReport MemoryJournal::report() const {
  const std::lock_guard lock(mutex_);
  JournalReport report = report_;
  report.unread_bytes = unread_bytes();
  report.held_bytes = held_.empty() ? 0 : end_ - held_.front().frame.offset;
  return report;
}

}  // namespace retimu
