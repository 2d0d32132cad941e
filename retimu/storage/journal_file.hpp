// SPDX-License-Identifier: Apache-2.0
// The journal on the disk. Appenders lead each other: one writes all that wait with one sync, and
// when it is done one of those that came meanwhile goes on. So an append takes between one sync and
// two. The reader takes no more than what was synced; what it reads lies in the page cache.
#ifndef RETIMU_STORAGE_JOURNAL_FILE_HPP
#define RETIMU_STORAGE_JOURNAL_FILE_HPP

#include "retimu/core/journal.hpp"
#include "retimu/core/wall_clock.hpp"
#include "retimu/storage/journal_writer.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace retimu {

struct JournalOptions {
  std::string folder;  // of this journal alone, and of one process that writes
  // A file that is as large gets no more frames; at most 2^30, and in effect no more than a quarter
  // of held_bytes_max.
  std::uint64_t segment_bytes = 64UL * 1024 * 1024;
  // Bytes of frames that are not read yet. At the end: `full`, until the reader goes on. A frame
  // that is larger is taken where nothing else is unread.
  std::uint64_t unread_bytes_max = 64UL * 1024 * 1024;
  // Bytes of all files, read ones too: the recording that a replay reads. At the end the oldest
  // file goes if all of it is read and forgotten, else: `full`. Exceeded by a new segment's header,
  // and by a frame that is larger, where nothing else is needed any more.
  std::uint64_t held_bytes_max = 1024UL * 1024 * 1024;
  // Nothing is written; append() and forget() must not be called. Reads to where a whole frame is
  // the last, beside a process that writes too; a file that this one deletes meanwhile is passed
  // over.
  bool read_only = false;
  std::function<Time()> now = wall_clock;
};

// Reads from the oldest byte on until seek() says where, and nothing counts as forgotten until
// forget() says so. At most journal_parts_max parts may have a cursor; a frame of one more is
// Fault::usage.
class JournalFile final : public Journal {
 public:
  // Checks the newest file, of which it cuts off what a crash left unfinished; older ones are
  // checked as they are read. Fault::corrupt: damaged otherwise, or of a newer version. Costs a
  // read of one segment.
  static Result<std::unique_ptr<JournalFile>> open(JournalOptions options);

  Result<Appended> append(const NewFrame& frame, std::chrono::milliseconds wait) override;
  std::map<std::uint32_t, std::string> cursors(std::uint32_t source) override;
  // Fault::corrupt names the file and the place; so does every later call until a seek behind it.
  Result<std::optional<Frame>> next(std::chrono::milliseconds wait) override;
  Result<void> seek(std::uint64_t offset) override;
  std::uint64_t offset() const override;
  Result<void> forget(std::uint64_t offset) override;
  JournalReport report() const override;

  // What open() cut off, for people; empty: nothing.
  const std::string& note() const { return note_; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  // Of each file by its first offset: how many bytes of it are on the disk.
  using Segments = std::map<std::uint64_t, std::uint64_t>;

  explicit JournalFile(JournalOptions options);
  Result<void> find_segments();
  Result<void> recover();

  // Of appenders; the lock is given back while they write.
  bool has_room(const WaitingFrame& frame) const;
  void lead(Lock& lock);
  Result<void> write(Lock& lock);
  Result<void> delete_forgotten(Lock& lock, std::uint64_t more);
  Result<void> begin_segment(Lock& lock);
  std::uint64_t needed_from() const { return std::min(forgotten_, offset_); }

  // Of the reading thread.
  Result<std::optional<Frame>> read();
  Result<std::optional<Frame>> read_growing(std::chrono::milliseconds wait);
  Result<bool> open_scan();
  Result<bool> pass_end(JournalScan::Step step);
  Result<bool> look_again(JournalScan::Step step);
  Result<bool> is_deleted(std::uint64_t first);

  const JournalOptions options_;
  const std::uint64_t segment_bytes_;
  std::string note_;

  mutable std::mutex mutex_;
  std::condition_variable has_room_, has_frame_, is_done_;
  Segments segments_;
  std::uint64_t held_ = 0;       // bytes of all files
  std::uint64_t end_ = 0;        // offset behind the newest frame on the disk
  std::uint64_t offset_ = 0;     // of what is read next
  std::uint64_t forgotten_ = 0;  // nobody asks for what lies before
  Time arrived_ = 0;             // of the newest frame that was taken
  Time arrived_on_disk_ = 0;
  JournalCursors cursors_;
  JournalReport report_;
  std::vector<WaitingFrame*> waiting_;
  std::uint64_t waiting_bytes_ = 0, waiting_bytes_on_disk_ = 0;  // those being written, too
  bool is_led_ = false;

  // Of the appender that leads.
  std::optional<JournalWriter> writer_;  // none: the next append begins a segment
  std::vector<WaitingFrame*> batch_;
  // Of the reading thread.
  struct Place {
    std::uint64_t offset = 0;                 // to be read
    std::uint64_t first = 0;                  // of the file that holds it
    std::optional<std::uint64_t> next_first;  // of the file behind that one
    std::uint64_t limit = 0;                  // bytes of the file that may be read
  };
  Place place_;
  std::optional<JournalScan> scan_;       // none: the file is to be opened
  std::optional<std::uint64_t> suspect_;  // offset where something is broken, and more lies behind
};

}  // namespace retimu

#endif
