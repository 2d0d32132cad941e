// SPDX-License-Identifier: Apache-2.0
// The reading thread's part of the journal. Its place is offset_: the file to read follows from it.
#include "retimu/storage/journal_file.hpp"

#include <algorithm>
#include <thread>

namespace retimu {

namespace {

// How often a reader beside a writing process looks for more.
constexpr std::chrono::milliseconds look_again_after{10};

}  // namespace

Result<std::optional<Frame>> JournalFile::next(std::chrono::milliseconds wait) {
  if (options_.read_only) return read_growing(wait);
  {
    Lock lock(mutex_);
    if (!has_frame_.wait_for(lock, wait, [this] { return offset_ < end_; })) {
      return std::optional<Frame>();
    }
  }
  return read();
}

Result<std::optional<Frame>> JournalFile::read_growing(std::chrono::milliseconds wait) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + wait;
  while (true) {
    Result<std::optional<Frame>> frame = read();
    if (!frame || *frame || Clock::now() >= end) return frame;
    std::this_thread::sleep_for(std::min<Clock::duration>(look_again_after, end - Clock::now()));
  }
}

// The next frame, without waiting.
Result<std::optional<Frame>> JournalFile::read() {
  while (true) {
    Result<bool> there = open_scan();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return std::optional<Frame>();
    const Result<JournalScan::Step> step = scan_->next(place_.offset, place_.limit);
    if (!step) return tl::unexpected(step.error());
    if (*step == JournalScan::Step::frame) {
      const Lock lock(mutex_);
      offset_ = scan_->offset();
      has_room_.notify_all();
      return scan_->frame();
    }
    there = options_.read_only ? look_again(*step) : pass_end(*step);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return std::optional<Frame>();
  }
}

// False: nothing is there to be read.
Result<bool> JournalFile::open_scan() {
  if (options_.read_only && segments_.empty()) {
    if (Result<void> found = find_segments(); !found) return tl::unexpected(found.error());
    if (segments_.empty()) return false;
  }
  {
    const Lock lock(mutex_);
    if (!options_.read_only && offset_ >= end_) return false;
    offset_ = std::max(offset_, segments_.begin()->first);
    const auto next = segments_.upper_bound(offset_);
    const auto& [first, bytes] = *std::prev(next);
    const bool is_last = next == segments_.end();
    place_ = {offset_, first, is_last ? std::nullopt : std::optional(next->first),
              is_last && !options_.read_only ? bytes : JournalScan::no_limit};
  }
  if (scan_ && scan_->header().first == place_.first) return true;
  Result<JournalScan> scan = JournalScan::open(options_.folder, place_.first);
  if (!scan) {
    const Result<bool> is_gone = is_deleted(place_.first);
    return is_gone && *is_gone ? open_scan() : tl::unexpected(scan.error());
  }
  scan_ = std::move(*scan);
  return true;
}

// Beside a process that writes: whether it deleted the file meanwhile.
Result<bool> JournalFile::is_deleted(std::uint64_t first) {
  if (!options_.read_only) return false;
  if (Result<void> found = find_segments(); !found) return tl::unexpected(found.error());
  return !segments_.contains(first);
}

// No frame is where the place is, and something lies behind it. True: to be read from offset_ on.
Result<bool> JournalFile::pass_end(JournalScan::Step step) {
  if (step == JournalScan::Step::broken) return scan_->damage("a frame is not as it was written");
  if (!place_.next_first) return scan_->damage("it ends early");
  const Result<JournalScan> next = JournalScan::open(options_.folder, *place_.next_first);
  if (!next) {
    const Result<bool> is_gone = is_deleted(*place_.next_first);
    return is_gone && *is_gone ? is_gone : tl::unexpected(next.error());
  }
  if (next->header().previous == place_.first) return scan_->damage("it ends early");
  // The file between the two was taken away.
  const Lock lock(mutex_);
  offset_ = *place_.next_first;
  return true;
}

// The same where another process may be writing just there.
Result<bool> JournalFile::look_again(JournalScan::Step step) {
  const std::uint64_t offset = scan_->offset();
  if (step == JournalScan::Step::broken) {
    if (suspect_ == offset) return pass_end(step);
    const Result<bool> is_damaged = place_.next_first ? true : scan_->is_damaged();
    if (!is_damaged) return is_damaged;
    scan_->reread();
    // What lies behind was written later: what is read from now on must be whole.
    if (*is_damaged) {
      suspect_ = offset;
      return true;
    }
  } else if (place_.next_first) {
    return pass_end(step);
  }
  if (Result<void> found = find_segments(); !found) return tl::unexpected(found.error());
  if (segments_.upper_bound(place_.first) != segments_.end()) return true;
  if (scan_->is_at_start()) scan_.reset();  // may be replaced
  return false;
}

Result<void> JournalFile::seek(std::uint64_t offset) {
  if (options_.read_only) {
    if (Result<void> found = find_segments(); !found) return found;
  }
  const Lock lock(mutex_);
  const std::uint64_t first = segments_.empty() ? end_ : segments_.begin()->first;
  if (offset < first || (offset > end_ && !options_.read_only)) {
    return failure(
        Fault::input,
        "the journal {} holds bytes {} to {}, and is needed from byte {} on: files of it "
        "are missing or cut; put them back, or restore the data_dir from a backup, or "
        "begin with another one",
        options_.folder, first, end_, offset);
  }
  offset_ = offset;
  scan_.reset();
  suspect_.reset();
  has_room_.notify_all();
  return {};
}

std::uint64_t JournalFile::offset() const {
  const Lock lock(mutex_);
  return offset_;
}

}  // namespace retimu
