// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/journal_file.hpp"

#include "retimu/core/fail_point.hpp"

#include <sys/random.h>

#include <algorithm>

namespace retimu {

namespace {

constexpr std::uint64_t segment_bytes_max = 1UL << 30U;

// Differs from file to file, nothing more.
std::uint64_t new_seed() {
  std::uint64_t seed = 0;
  (void)::getrandom(&seed, sizeof seed, 0);
  return seed;
}

}  // namespace

JournalFile::JournalFile(JournalOptions options)
    : options_(std::move(options)),
      segment_bytes_(
          std::min({options_.segment_bytes, options_.held_bytes_max / 4, segment_bytes_max})) {}

Result<std::unique_ptr<JournalFile>> JournalFile::open(JournalOptions options) {
  std::unique_ptr<JournalFile> journal(new JournalFile(std::move(options)));
  Result<void> done;
  if (!journal->options_.read_only) {
    done = create_folder(journal->options_.folder);
    if (done) done = sync_folder(journal->options_.folder + "/..");
  }
  if (done) done = journal->find_segments();
  if (done && !journal->segments_.empty()) done = journal->recover();
  if (!done) return tl::unexpected(done.error());
  return journal;
}

Result<void> JournalFile::find_segments() {
  const std::string& folder = options_.folder;
  const Result<std::vector<std::string>> names = list_folder(folder);
  if (!names) return tl::unexpected(names.error());
  Segments segments;
  std::uint64_t held = 0;
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    if (const auto first = parse_journal_segment_name(name)) {
      held += segments[*first] = bytes_of_file(path);
    } else if (!options_.read_only && name.ends_with(".journal.new")) {
      if (Result<void> removed = remove_file(path); !removed) return removed;
    }
  }
  const Lock lock(mutex_);
  segments_ = std::move(segments);
  held_ = held;
  return {};
}

Result<void> JournalFile::recover() {
  const auto& [first, bytes] = *segments_.rbegin();
  Result<JournalScan> scan = JournalScan::open(options_.folder, first);
  if (!scan) return tl::unexpected(scan.error());
  cursors_ = scan->header().cursors;
  arrived_on_disk_ = scan->header().arrived;
  Result<JournalScan::Step> step = JournalScan::Step::frame;
  while (true) {
    step = scan->next(scan->offset(), JournalScan::no_limit);
    if (!step) return tl::unexpected(step.error());
    if (*step != JournalScan::Step::frame) break;
    arrived_on_disk_ = scan->frame().arrived;
    if (!scan->cursor().empty())
      cursors_[{scan->frame().source, scan->frame().part}] = scan->cursor();
  }
  arrived_ = arrived_on_disk_;
  end_ = scan->offset();
  offset_ = segments_.begin()->first;
  if (options_.read_only) return {};
  if (*step == JournalScan::Step::broken) {
    const Result<bool> is_damaged = scan->is_damaged();
    if (!is_damaged) return tl::unexpected(is_damaged.error());
    if (*is_damaged) return scan->damage("a frame is not as it was written", true);
    note_ = fmt::format("{}: the last {} bytes were not written to their end and are cut off",
                        journal_segment_path(options_.folder, first), bytes - scan->position());
  }
  Result<JournalWriter> writer = JournalWriter::resume(options_.folder, *scan);
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  held_ -= bytes - writer_->bytes();
  segments_[first] = writer_->bytes();
  return {};
}

Result<Appended> JournalFile::append(const NewFrame& frame, std::chrono::milliseconds wait) {
  RETIMU_ASSERT(!options_.read_only && frame.bytes.size() <= frame_bytes_max &&
                frame.cursor.size() <= cursor_bytes_max);
  WaitingFrame waiting;
  waiting.frame = &frame;
  waiting.body_checksum = body_checksum_of(frame.cursor, frame.bytes);
  Lock lock(mutex_);
  if (!has_room_.wait_for(lock, wait, [&] { return has_room(waiting); })) return Appended::full;
  if (!frame.cursor.empty() && !cursors_.contains({frame.source, frame.part})) {
    if (cursors_.size() >= journal_parts_max) {
      return failure(Fault::usage,
                     "the journal {} keeps the places of {} files and sources, and has no more",
                     options_.folder, journal_parts_max);
    }
    cursors_[{frame.source, frame.part}];  // keeps the place of one that is not on the disk yet
  }
  waiting.arrived = arrived_ = std::max(arrived_, options_.now());
  waiting_bytes_ += waiting.length();
  waiting_bytes_on_disk_ += waiting.bytes_on_disk();
  waiting_.push_back(&waiting);
  while (!waiting.is_done) {
    if (is_led_) {
      is_done_.wait(lock);
    } else {
      lead(lock);
    }
  }
  if (waiting.error) return tl::unexpected(std::move(*waiting.error));
  return Appended::taken;
}

bool JournalFile::has_room(const WaitingFrame& frame) const {
  const std::uint64_t unread = end_ - offset_ + waiting_bytes_;
  if (unread > 0 && unread + frame.length() > options_.unread_bytes_max) return false;
  if (needed_from() >= end_ && waiting_bytes_ == 0) return true;
  std::uint64_t needed = held_;
  for (auto at = segments_.begin(); at != segments_.end(); ++at) {
    const auto next = std::next(at);
    if (next == segments_.end() || next->first > needed_from()) break;
    needed -= at->second;
  }
  return needed + waiting_bytes_on_disk_ + frame.bytes_on_disk() <= options_.held_bytes_max;
}

// Writes all that waits, for all that wait.
void JournalFile::lead(Lock& lock) {
  is_led_ = true;
  batch_.swap(waiting_);
  const Result<void> written = write(lock);
  for (WaitingFrame* waiting : batch_) {
    const NewFrame& frame = *waiting->frame;
    waiting_bytes_ -= waiting->length();
    waiting_bytes_on_disk_ -= waiting->bytes_on_disk();
    waiting->is_done = true;
    if (!written) {
      waiting->error = written.error();
      continue;
    }
    if (!frame.cursor.empty()) cursors_[{frame.source, frame.part}] = frame.cursor;
    arrived_on_disk_ = waiting->arrived;
    end_ += waiting->length();
    ++report_.frames;
    report_.bytes += frame.bytes.size();
  }
  batch_.clear();
  report_.trouble = written ? std::string() : written.error().message;
  is_led_ = false;
  is_done_.notify_all();
  has_frame_.notify_one();
  if (!written) has_room_.notify_all();
}

Result<void> JournalFile::write(Lock& lock) {
  std::uint64_t more = 0;
  for (const WaitingFrame* waiting : batch_) more += waiting->bytes_on_disk();
  if (Result<void> deleted = delete_forgotten(lock, more); !deleted) return deleted;
  // A file without a frame stays, however large its header is.
  const bool has_frames = !segments_.empty() && segments_.rbegin()->first < end_;
  const bool is_in_the_way = needed_from() >= end_ && held_ + more > options_.held_bytes_max;
  const bool is_full = writer_ && writer_->bytes() >= segment_bytes_;
  if (!writer_ || !writer_->is_sound() || (has_frames && (is_full || is_in_the_way))) {
    if (Result<void> begun = begin_segment(lock); !begun) return begun;
    if (Result<void> deleted = delete_forgotten(lock, more); !deleted) return deleted;
  }
  const std::uint64_t offset = end_, before = writer_->bytes();
  lock.unlock();
  Result<void> written = writer_->append(batch_, offset);
  lock.lock();
  segments_.rbegin()->second = writer_->bytes();
  held_ += writer_->bytes() - before;
  return written;
}

// The oldest files, until `more` bytes fit.
Result<void> JournalFile::delete_forgotten(Lock& lock, std::uint64_t more) {
  while (held_ + more > options_.held_bytes_max && segments_.size() > 1 &&
         std::next(segments_.begin())->first <= needed_from()) {
    Segments::node_type oldest = segments_.extract(segments_.begin());
    held_ -= oldest.mapped();
    lock.unlock();
    fail_point("journal.before_delete");
    Result<void> removed = remove_file(journal_segment_path(options_.folder, oldest.key()));
    fail_point("journal.after_delete");
    lock.lock();
    if (removed) continue;
    held_ += oldest.mapped();
    segments_.insert(std::move(oldest));
    return removed;
  }
  return {};
}

Result<void> JournalFile::begin_segment(Lock& lock) {
  JournalSegmentHeader header{end_, end_, new_seed(), arrived_on_disk_, cursors_};
  // One that holds no frame is replaced.
  const auto at = segments_.lower_bound(end_);
  if (at != segments_.begin()) header.previous = std::prev(at)->first;
  // Where this fails the file may be there: nothing may be appended to the one before it.
  writer_.reset();
  lock.unlock();
  Result<JournalWriter> writer = JournalWriter::begin(options_.folder, header);
  lock.lock();
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  std::uint64_t& bytes = segments_[header.first];
  held_ += writer_->bytes() - bytes;
  bytes = writer_->bytes();
  return {};
}

std::map<std::uint32_t, std::string> JournalFile::cursors(std::uint32_t source) {
  const Lock lock(mutex_);
  std::map<std::uint32_t, std::string> found;
  for (auto at = cursors_.lower_bound({source, 0}); at != cursors_.end(); ++at) {
    if (at->first.source != source) break;
    if (!at->second.empty()) found.emplace(at->first.part, at->second);
  }
  return found;
}

Result<void> JournalFile::forget(std::uint64_t offset) {
  RETIMU_ASSERT(!options_.read_only);
  const Lock lock(mutex_);
  forgotten_ = std::max(forgotten_, offset);
  has_room_.notify_all();
  return {};
}

JournalReport JournalFile::report() const {
  const Lock lock(mutex_);
  JournalReport report = report_;
  report.unread_bytes = options_.read_only ? 0 : end_ - offset_ + waiting_bytes_;
  report.held_bytes = held_;
  return report;
}

}  // namespace retimu
