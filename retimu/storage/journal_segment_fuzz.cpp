// SPDX-License-Identifier: Apache-2.0
// Any bytes in the place of a journal's segment: as they are, or as frames whose checksums are
// right. What is read are frames one behind the other, or the file is refused; a journal that can
// be opened goes on behind them.
#include "retimu/storage/journal_file.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <cstring>

namespace {

using namespace retimu;

constexpr std::chrono::milliseconds no_wait{0};

// A segment of what is taken for frames.
std::string with_checksums(std::string frames) {
  JournalSegmentHeader head;
  head.cursors[{7, 0}] = "somewhere";
  std::string segment = to_string(to_bytes(head));
  const std::size_t begin = segment.size();
  std::uint64_t offset = 0;
  for (std::size_t at = 0; frames.size() - at >= sizeof(JournalFrameHeader);) {
    JournalFrameHeader header;
    std::memcpy(&header, frames.data() + at, sizeof header);
    const std::string_view rest = std::string_view(frames).substr(at + sizeof header);
    const std::string_view cursor = rest.substr(0, header.cursor_bytes);
    const std::string_view bytes = rest.substr(cursor.size(), header.bytes);
    header.offset = offset;
    header.body_checksum = body_checksum_of(cursor, bytes);
    header.checksum = checksum_of(header, head.seed, begin + at);
    std::memcpy(frames.data() + at, &header, sizeof header);
    offset += header.length();
    at += sizeof header + cursor.size() + bytes.size();
  }
  return segment + frames;
}

// How many frames there are; none: refused.
std::optional<std::size_t> read_all(JournalFile& journal) {
  std::size_t frames = 0;
  while (true) {
    const auto frame = journal.next(no_wait);
    RETIMU_ASSERT(frame || frame.error().fault == Fault::corrupt);
    if (!frame) return std::nullopt;
    if (!*frame) return frames;
    ++frames;
    RETIMU_ASSERT((*frame)->bytes.size() <= frame_bytes_max);
    RETIMU_ASSERT((*frame)->offset + std::max<std::size_t>((*frame)->bytes.size(), 1) ==
                  journal.offset());
  }
}

void try_segment(const std::string& segment) {
  static const auto* folder = new TemporaryFolder;
  write_file(journal_segment_path(folder->path(), 0), segment);
  JournalOptions options{.folder = folder->path(), .read_only = true};
  std::optional<std::size_t> read_only;
  if (const auto journal = JournalFile::open(options)) read_only = read_all(**journal);
  options.read_only = false;
  const auto journal = JournalFile::open(options);
  RETIMU_ASSERT(journal || journal.error().fault == Fault::corrupt);
  RETIMU_ASSERT(journal.has_value() == read_only.has_value());
  if (!journal) return;
  RETIMU_ASSERT((*journal)->append({.source = 1, .bytes = "more", .cursor = "x"}, no_wait) ==
                Appended::taken);
  RETIMU_ASSERT(read_all(**journal) == *read_only + 1);
  RETIMU_ASSERT((*journal)->cursors(1).at(0) == "x");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  try_segment(data[0] % 2 == 0 ? bytes : with_checksums(bytes));
  return 0;
}
