// SPDX-License-Identifier: Apache-2.0
// Cuts what comes of a stream, piece by piece, into frames of whole records that can be read each
// by itself: a line that may be gone on with is held back, and every frame of CSV has the header.
#ifndef RETIMU_CONNECTORS_RECORD_STREAM_HPP
#define RETIMU_CONNECTORS_RECORD_STREAM_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/connectors/log_layout.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retimu {

// How much of the stream may still come.
enum class Flow : std::uint8_t {
  goes_on,  // what it ends with may be half of something
  settled,  // nothing came for a while: the last whole line is the end of its record
  ended,    // nothing more comes: what there is is all
};

class RecordStream {
 public:
  static constexpr std::size_t frame_bytes = 256UL * 1024;  // of a frame, but for a longer record

  // `name`: of the file or source, for its ending. `reading` must outlive it.
  RecordStream(const FileInput& reading, std::string name);

  // The stream's beginning, where reading goes on behind it: by it format and header are found.
  void learn(std::string_view beginning);
  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The next frame; empty: none yet. Valid until the next call of anything here.
  std::string_view take(Flow flow);

  RecordFormat format() const { return format_; }
  // In the frame that take() gave last, without the header; what follows a quote of CSV that stays
  // open counts as one.
  std::uint64_t records() const { return records_; }
  std::uint64_t taken() const { return taken_; }  // bytes of those fed
  bool holds_some() const { return at_ < buffer_.size(); }

 private:
  bool find_out(std::string_view from, Flow flow);
  std::size_t whole(Flow flow);
  std::uint64_t count(std::string_view lines);
  void pass(std::size_t bytes);

  const FileInput& reading_;
  std::string name_;
  bool is_known_ = false;
  RecordFormat format_ = RecordFormat::automatic;
  std::string header_;            // of CSV, with its line end
  std::size_t header_bytes_ = 0;  // of it in the stream, still to be passed over
  std::optional<LogLayout> log_;  // by which it is known what goes on
  LogMatch scratch_;
  std::string buffer_, frame_;
  std::size_t at_ = 0;  // of buffer_, not taken yet
  std::uint64_t taken_ = 0, records_ = 0;
  bool skips_line_ = false;  // the rest of a record that was too long
};

}  // namespace retimu

#endif
