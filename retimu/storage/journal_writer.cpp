// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/journal_writer.hpp"

#include "retimu/core/fail_point.hpp"

#include <fcntl.h>

namespace retimu {

Result<JournalWriter> JournalWriter::begin(const std::string& folder,
                                           const JournalSegmentHeader& header) {
  fail_point("journal.before_segment");
  const std::string path = journal_segment_path(folder, header.first);
  const std::string new_path = path + ".new";
  Result<File> made = File::open(new_path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!made) return tl::unexpected(made.error());
  const std::vector<std::byte> bytes = to_bytes(header);
  Result<void> done = made->append(Bytes(bytes));
  if (done) done = made->sync();
  fail_point("journal.before_name");
  if (done) done = rename_file(new_path, path);
  if (done) done = sync_folder(folder);
  fail_point("journal.after_segment");
  if (!done) {
    (void)remove_file(new_path);  // gives the space back, if it can
    return tl::unexpected(done.error());
  }
  Result<File> file = File::open(path, O_WRONLY | O_APPEND);
  if (!file) return tl::unexpected(file.error());
  JournalWriter writer;
  writer.file_ = std::move(*file);
  writer.seed_ = header.seed;
  writer.bytes_ = bytes.size();
  return writer;
}

Result<JournalWriter> JournalWriter::resume(const std::string& folder, const JournalScan& scan) {
  Result<File> file =
      File::open(journal_segment_path(folder, scan.header().first), O_WRONLY | O_APPEND);
  if (!file) return tl::unexpected(file.error());
  JournalWriter writer;
  writer.file_ = std::move(*file);
  writer.seed_ = scan.header().seed;
  writer.bytes_ = scan.position();
  Result<void> done = writer.file_.truncate(writer.bytes_);
  // A process that was killed may have left frames in memory only.
  if (done) done = writer.file_.sync();
  if (!done) return tl::unexpected(done.error());
  return writer;
}

Result<void> JournalWriter::append(std::span<WaitingFrame* const> frames, std::uint64_t offset) {
  RETIMU_ASSERT(is_sound_);
  fail_point("journal.before_write");
  Result<void> done = write(frames, offset);
  fail_point("journal.after_write");
  if (done) {
    done = file_.sync();
    is_sound_ = done.has_value();
  }
  if (!done) {
    const bool is_cut = file_.truncate(bytes_) && file_.sync();
    is_sound_ = is_sound_ && is_cut;
    return done;
  }
  fail_point("journal.after_sync");
  for (const WaitingFrame* frame : frames) bytes_ += frame->bytes_on_disk();
  return {};
}

Result<void> JournalWriter::write(std::span<WaitingFrame* const> frames, std::uint64_t offset) {
  const auto part = [this](const void* from, std::size_t bytes) {
    if (bytes > 0) parts_.push_back({const_cast<void*>(from), bytes});
  };
  parts_.clear();
  headers_.clear();
  headers_.reserve(frames.size());  // parts_ points into it
  std::uint64_t position = bytes_;
  for (const WaitingFrame* waiting : frames) {
    const NewFrame& frame = *waiting->frame;
    JournalFrameHeader& header = headers_.emplace_back(JournalFrameHeader{
        offset, waiting->arrived, bytes_, waiting->body_checksum, frame.source, frame.part,
        static_cast<std::uint32_t>(frame.bytes.size()),
        static_cast<std::uint32_t>(frame.cursor.size()), static_cast<std::uint8_t>(frame.kind),
        static_cast<std::uint8_t>(frame.format), 0, 0, 0});
    header.checksum = checksum_of(header, seed_, position);
    part(&header, sizeof header);
    part(frame.cursor.data(), frame.cursor.size());
    part(frame.bytes.data(), frame.bytes.size());
    offset += waiting->length();
    position += waiting->bytes_on_disk();
  }
  return file_.append(parts_);
}

}  // namespace retimu
