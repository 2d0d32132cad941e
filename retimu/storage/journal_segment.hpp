// SPDX-License-Identifier: Apache-2.0
// Segments of the journal: files of frames, each with a checksum. The byte drawing is in
// docs/formats.md.
#ifndef RETIMU_STORAGE_JOURNAL_SEGMENT_HPP
#define RETIMU_STORAGE_JOURNAL_SEGMENT_HPP

#include "retimu/core/journal.hpp"
#include "retimu/storage/file.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct JournalPart {
  std::uint32_t source = 0, part = 0;
  friend auto operator<=>(const JournalPart&, const JournalPart&) = default;
};
using JournalCursors = std::map<JournalPart, std::string>;  // empty: none
inline constexpr std::size_t journal_parts_max = 16'384;    // that have a cursor

struct JournalSegmentHeader {
  std::uint64_t first = 0;     // journal offset of its first byte
  std::uint64_t previous = 0;  // `first` of the segment before; its own where it is the very first
  std::uint64_t seed = 0;      // of its checksums: no bytes of elsewhere pass for its frames
  Time arrived = 0;            // of the newest frame before it
  JournalCursors cursors;      // as of its start
};

// What stands before a frame's cursor and bytes, as it is.
struct JournalFrameHeader {
  std::uint64_t offset = 0;  // in the journal
  std::int64_t arrived = 0;
  std::uint64_t synced = 0;  // bytes of this file that were on the disk before it was written
  std::uint64_t body_checksum = 0;
  std::uint32_t source = 0;
  std::uint32_t part = 0;
  std::uint32_t bytes = 0;
  std::uint32_t cursor_bytes = 0;
  std::uint8_t kind = 0;
  std::uint8_t format = 0;
  std::uint16_t zero = 0;
  std::uint32_t zero_too = 0;
  std::uint64_t checksum = 0;  // of the above

  // Offsets that the frame takes: one without bytes has one, too.
  std::uint64_t length() const { return bytes == 0 ? 1 : bytes; }
};
static_assert(sizeof(JournalFrameHeader) == 64);

// `position` of the frame in its file.
std::uint64_t checksum_of(const JournalFrameHeader& header, std::uint64_t seed,
                          std::uint64_t position);
std::uint64_t body_checksum_of(std::string_view cursor, std::string_view bytes);

std::string journal_segment_name(std::uint64_t first);  // "00000000000000000012.journal"
std::optional<std::uint64_t> parse_journal_segment_name(std::string_view name);
std::string journal_segment_path(const std::string& folder, std::uint64_t first);
std::vector<std::byte> to_bytes(const JournalSegmentHeader& header);

// Reads the frames of one segment in their order, a large piece of the file at a time.
class JournalScan {
 public:
  enum class Step : std::uint8_t {
    frame,   // a whole one
    end,     // no byte more
    broken,  // bytes that are no whole frame
  };
  static constexpr std::uint64_t no_limit = UINT64_MAX;

  // Fault::corrupt: no segment of a journal, damaged, or of a newer version. Fault::system: cannot
  // be opened or read.
  static Result<JournalScan> open(const std::string& folder, std::uint64_t first);

  // The next frame that has bytes behind `offset`; of those before it only the headers are looked
  // at. Nothing is read behind byte `limit` of the file.
  Result<Step> next(std::uint64_t offset, std::uint64_t limit);
  const Frame& frame() const { return frame_; }  // until the next call
  std::string_view cursor() const { return cursor_; }

  // After Step::broken: whether a frame lies behind that was written when this place was on the
  // disk. So it is damage, and not the end of a write that a crash cut short.
  Result<bool> is_damaged();
  tl::unexpected<Error> damage(std::string_view how, bool is_newest = false) const;

  const JournalSegmentHeader& header() const { return header_; }
  std::uint64_t position() const { return position_; }  // in the file, of the next frame
  std::uint64_t offset() const { return offset_; }      // in the journal, of the next frame
  bool is_at_start() const { return offset_ == header_.first; }
  // What the file holds may have changed behind the position.
  void reread() { window_bytes_ = 0; }

 private:
  Result<void> read_header();
  Result<bool> fetch(std::uint64_t at, std::size_t bytes, std::uint64_t limit);
  const std::byte* at(std::uint64_t position) const {
    return window_.data() + (position - window_begin_);
  }
  bool is_sound(const JournalFrameHeader& header) const;

  File file_;
  JournalSegmentHeader header_;
  std::vector<std::byte> window_;  // of the file, from window_begin_ on
  std::uint64_t window_begin_ = 0;
  std::size_t window_bytes_ = 0;
  std::uint64_t position_ = 0, offset_ = 0;
  Frame frame_;
  std::string_view cursor_;
};

}  // namespace retimu

#endif
