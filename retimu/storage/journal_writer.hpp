// SPDX-License-Identifier: Apache-2.0
// Writes the newest segment of the journal: frames that came together, with one sync.
#ifndef RETIMU_STORAGE_JOURNAL_WRITER_HPP
#define RETIMU_STORAGE_JOURNAL_WRITER_HPP

#include "retimu/storage/journal_segment.hpp"

#include <array>
#include <span>

namespace retimu {

// Where tests kill a process that writes a journal.
inline constexpr std::array<std::string_view, 8> journal_fail_points = {
    "journal.before_segment", "journal.before_name", "journal.after_segment",
    "journal.before_write",   "journal.after_write", "journal.after_sync",
    "journal.before_delete",  "journal.after_delete"};

// A frame that an appender waits for. What it points to stays as it is until then.
struct WaitingFrame {
  const NewFrame* frame = nullptr;
  std::uint64_t body_checksum = 0;
  Time arrived = 0;
  bool is_done = false;
  std::optional<Error> error;

  std::uint64_t length() const { return frame->bytes.empty() ? 1 : frame->bytes.size(); }
  std::uint64_t bytes_on_disk() const {
    return sizeof(JournalFrameHeader) + frame->cursor.size() + frame->bytes.size();
  }
};

class JournalWriter {
 public:
  // Begins a segment, which appears whole or not at all. Another one of this name, which then holds
  // no frame, is replaced.
  static Result<JournalWriter> begin(const std::string& folder, const JournalSegmentHeader& header);
  // Goes on behind the frames that `scan` has passed, and cuts off what lies behind them. They are
  // on the disk when it returns.
  static Result<JournalWriter> resume(const std::string& folder, const JournalScan& scan);

  // The frames lie on the disk when it returns, the first one at `offset` of the journal. On an
  // error the file ends where it did before, if the disk lets it be cut back.
  Result<void> append(std::span<WaitingFrame* const> frames, std::uint64_t offset);
  // No: after an error the disk did not let the file be cut back, or it is not known what a sync
  // that failed left there. Then nothing more may be appended to this segment.
  bool is_sound() const { return is_sound_; }
  std::uint64_t bytes() const { return bytes_; }  // of the file, all on the disk

 private:
  Result<void> write(std::span<WaitingFrame* const> frames, std::uint64_t offset);

  File file_;
  std::uint64_t seed_ = 0;
  std::uint64_t bytes_ = 0;
  bool is_sound_ = true;
  std::vector<JournalFrameHeader> headers_;
  std::vector<iovec> parts_;
};

}  // namespace retimu

#endif
