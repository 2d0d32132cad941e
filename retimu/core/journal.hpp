// SPDX-License-Identifier: Apache-2.0
// What comes from sources that cannot be asked again (a pipe, HTTP, syslog, a file that is rotated
// away), as it came and before anything is done with it. Receivers append from threads of their
// own, the reading thread reads; a restart reads again from where its snapshots are, and a replay
// from the beginning.
#ifndef RETIMU_CORE_JOURNAL_HPP
#define RETIMU_CORE_JOURNAL_HPP

#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace retimu {

enum class FrameKind : std::uint8_t {
  records,  // of a source, each with its line end
  clock,    // nothing came for so long: 8 bytes, nanoseconds by which event time goes on, > 0
};

// The format of records as a sender states it; automatic: it is found or configured.
enum class RecordFormat : std::uint8_t { automatic, csv, jsonl, log };

struct NewFrame {
  std::uint32_t source = 0;  // its number; of a clock 0
  std::uint32_t part = 0;    // of a source that has several, as files; 0: it has one
  FrameKind kind = FrameKind::records;
  RecordFormat format = RecordFormat::automatic;
  // Whole records, frame_bytes_max at most. A frame without bytes has one offset, too.
  std::string_view bytes{};
  // Where the part's reader goes on after a restart, atomically with the bytes; empty: unchanged.
  // At most cursor_bytes_max.
  std::string_view cursor{};
};

inline constexpr std::size_t frame_bytes_max = 64UL * 1024 * 1024;
inline constexpr std::size_t cursor_bytes_max = 8UL * 1024;

struct Frame {
  std::uint32_t source = 0, part = 0;
  FrameKind kind = FrameKind::records;
  RecordFormat format = RecordFormat::automatic;
  Time arrived = 0;          // wall clock; never less than that of the frame before
  std::uint64_t offset = 0;  // of the first of `bytes` in the journal; a seek to any of them is one
  std::string_view bytes{};
};

enum class Appended : std::uint8_t { taken, full };

struct JournalReport {
  std::uint64_t frames = 0, bytes = 0;  // appended by this process
  std::uint64_t unread_bytes = 0;       // appended and not read yet
  std::uint64_t held_bytes = 0;         // on the disk or in memory, read ones too
  std::string trouble;                  // why nothing can be appended now: a full disk; empty: none
};

struct Journal : Interface {
  // From any thread. Waits at most `wait` for room, then until the frame is on the disk; many
  // threads wait for one sync. `full`: too much is unread, or what is held reaches the bound and
  // no snapshot has passed its oldest part yet; nothing was taken. Fault::system: a disk that is
  // full or broken; nothing was taken, and a later append may succeed.
  virtual Result<Appended> append(const NewFrame& frame, std::chrono::milliseconds wait) = 0;
  // What the newest frame of each part of the source left as its cursor, of earlier processes too.
  virtual std::map<std::uint32_t, std::string> cursors(std::uint32_t source) = 0;

  // The reading thread's. The next frame, for which it waits at most `wait`; none: there is none
  // yet. Only what is on the disk is handed out. Valid until the next call of next() or seek().
  virtual Result<std::optional<Frame>> next(std::chrono::milliseconds wait) = 0;
  // The next frame is the one that holds the byte at `offset`, or the first one behind it. Where
  // the journal does not reach back so far: Fault::input.
  virtual Result<void> seek(std::uint64_t offset) = 0;
  // Of the first byte behind the frame that next() gave last; after a seek, where it went.
  virtual std::uint64_t offset() const = 0;
  // No restart will ask for what lies before: it may be deleted, the oldest first, when the bound
  // is reached.
  virtual Result<void> forget(std::uint64_t offset) = 0;

  virtual JournalReport report() const = 0;
};

// Of a source that has one part; empty: none.
inline std::string cursor_of(Journal& journal, std::uint32_t source) {
  const std::map<std::uint32_t, std::string> cursors = journal.cursors(source);
  const auto found = cursors.find(0);
  return found == cursors.end() ? std::string() : found->second;
}

}  // namespace retimu

#endif
