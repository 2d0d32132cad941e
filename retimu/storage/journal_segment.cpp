// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/journal_segment.hpp"

#include "retimu/core/hash.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace retimu {

namespace {

constexpr std::array<char, 8> magic = {'R', 'E', 'T', 'I', 'M', 'U', 'J', 'R'};
constexpr std::uint32_t journal_version = 1;
constexpr std::size_t window_bytes_usual = 256UL * 1024;

// What a segment begins with; the cursors follow it.
struct Head {
  std::array<char, 8> magic = {};
  std::uint32_t version = 0;
  std::uint32_t cursors = 0;
  std::uint64_t first = 0;
  std::uint64_t previous = 0;
  std::uint64_t seed = 0;
  std::int64_t arrived = 0;
  std::uint64_t cursors_bytes = 0;
  std::uint64_t checksum = 0;  // of all before it and of the cursors
};
static_assert(sizeof(Head) == 64 && std::is_trivially_copyable_v<Head>);
constexpr std::size_t cursors_bytes_max = journal_parts_max * (12 + cursor_bytes_max);

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Part>
std::string_view begin_of(const Part& part, std::size_t bytes) {
  return text_of(std::as_bytes(std::span(&part, 1)).first(bytes));
}

void put(std::vector<std::byte>& to, std::string_view bytes) {
  const Bytes more = std::as_bytes(std::span(bytes));
  to.insert(to.end(), more.begin(), more.end());
}

std::uint64_t checksum_of(const Head& head, std::string_view cursors) {
  return hash(cursors, hash(begin_of(head, offsetof(Head, checksum))));
}

// None where the bytes are no table of cursors.
std::optional<JournalCursors> read_cursors(std::string_view bytes, std::uint32_t count) {
  JournalCursors cursors;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::array<std::uint32_t, 3> head = {};  // source, part, bytes
    if (bytes.size() < sizeof head) return std::nullopt;
    std::memcpy(head.data(), bytes.data(), sizeof head);
    bytes.remove_prefix(sizeof head);
    if (head[2] > bytes.size() || head[2] > cursor_bytes_max) return std::nullopt;
    cursors[{head[0], head[1]}] = bytes.substr(0, head[2]);
    bytes.remove_prefix(head[2]);
  }
  if (!bytes.empty()) return std::nullopt;
  return cursors;
}

}  // namespace

std::uint64_t checksum_of(const JournalFrameHeader& header, std::uint64_t seed,
                          std::uint64_t position) {
  return hash(begin_of(header, offsetof(JournalFrameHeader, checksum)), mix(seed, position));
}

std::uint64_t body_checksum_of(std::string_view cursor, std::string_view bytes) {
  return hash(bytes, hash(cursor));
}

std::string journal_segment_name(std::uint64_t first) {
  return fmt::format("{:020}.journal", first);
}

std::optional<std::uint64_t> parse_journal_segment_name(std::string_view name) {
  std::uint64_t first = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), first);
  if (error != std::errc() || name != journal_segment_name(first)) return std::nullopt;
  return first;
}

std::string journal_segment_path(const std::string& folder, std::uint64_t first) {
  return folder + "/" + journal_segment_name(first);
}

std::vector<std::byte> to_bytes(const JournalSegmentHeader& header) {
  std::vector<std::byte> cursors;
  std::uint32_t count = 0;
  for (const auto& [of, cursor] : header.cursors) {
    if (cursor.empty()) continue;
    ++count;
    const std::array<std::uint32_t, 3> head = {of.source, of.part,
                                               static_cast<std::uint32_t>(cursor.size())};
    put(cursors, begin_of(head, sizeof head));
    put(cursors, cursor);
  }
  Head head{magic,          journal_version, count, header.first, header.previous, header.seed,
            header.arrived, cursors.size(),  0};
  head.checksum = checksum_of(head, text_of(cursors));
  std::vector<std::byte> bytes;
  put(bytes, begin_of(head, sizeof head));
  put(bytes, text_of(cursors));
  return bytes;
}

Result<JournalScan> JournalScan::open(const std::string& folder, std::uint64_t first) {
  Result<File> file = File::open(journal_segment_path(folder, first), O_RDONLY);
  if (!file) return tl::unexpected(file.error());
  JournalScan scan;
  scan.file_ = std::move(*file);
  if (Result<void> read = scan.read_header(); !read) return tl::unexpected(read.error());
  if (scan.header_.first != first) {
    return scan.damage(fmt::format("it holds offset {}, not that of its name", scan.header_.first));
  }
  return scan;
}

Result<void> JournalScan::read_header() {
  Head head;
  Result<bool> there = fetch(0, sizeof head, no_limit);
  if (!there) return tl::unexpected(there.error());
  if (*there) std::memcpy(static_cast<void*>(&head), at(0), sizeof head);
  if (head.magic != magic) return damage("it does not begin as a segment of a journal");
  if (head.version != journal_version) {
    return failure(Fault::corrupt,
                   "{} has version {} of the journal's format, and this program reads version {}; "
                   "use the program that wrote it, or name another data_dir",
                   file_.path(), head.version, journal_version);
  }
  if (head.cursors > journal_parts_max || head.cursors_bytes > cursors_bytes_max) {
    return damage("its lengths do not fit");
  }
  const std::size_t bytes = sizeof head + head.cursors_bytes;
  there = fetch(0, bytes, no_limit);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return damage("it ends early");
  const std::string_view table = text_of({at(sizeof head), head.cursors_bytes});
  std::optional<JournalCursors> cursors = read_cursors(table, head.cursors);
  if (checksum_of(head, table) != head.checksum || !cursors) return damage("its checksum is wrong");
  header_ = {head.first, head.previous, head.seed, head.arrived, std::move(*cursors)};
  position_ = bytes;
  offset_ = head.first;
  return {};
}

tl::unexpected<Error> JournalScan::damage(std::string_view how, bool is_newest) const {
  return failure(Fault::corrupt, "{} is damaged at byte {} (offset {} of the journal): {}; {}",
                 file_.path(), position_, offset_, how,
                 is_newest ? "it is the journal's newest file, without which nothing goes on: "
                             "restore the data_dir from a backup, or begin with another one"
                           : "move the file out of its folder and start again: what it holds is "
                             "lost, the journal's other files are read on");
}

// Whether all of these bytes of the file are in the window; false: the file or the limit ends
// before.
Result<bool> JournalScan::fetch(std::uint64_t at, std::size_t bytes, std::uint64_t limit) {
  if (at >= window_begin_ && at + bytes <= window_begin_ + window_bytes_) return true;
  if (bytes > window_bytes_usual) {  // before any memory is taken for it
    const Result<std::uint64_t> size = file_.size();
    if (!size) return tl::unexpected(size.error());
    if (at + bytes > *size) return false;
  }
  const std::uint64_t most = std::max<std::uint64_t>(bytes, window_bytes_usual);
  const auto wanted = static_cast<std::size_t>(std::min(most, at < limit ? limit - at : 0));
  if (window_.size() < wanted) window_.resize(wanted);
  const Result<std::size_t> got = file_.read(at, std::span(window_).first(wanted));
  window_begin_ = at;
  window_bytes_ = got ? *got : 0;
  if (!got) return tl::unexpected(got.error());
  return *got >= bytes;
}

bool JournalScan::is_sound(const JournalFrameHeader& header) const {
  return header.offset == offset_ && header.bytes <= frame_bytes_max &&
         header.cursor_bytes <= cursor_bytes_max &&
         header.kind <= static_cast<std::uint8_t>(FrameKind::clock) &&
         header.format <= static_cast<std::uint8_t>(RecordFormat::log) && header.zero == 0 &&
         header.zero_too == 0 && header.checksum == checksum_of(header, header_.seed, position_);
}

Result<JournalScan::Step> JournalScan::next(std::uint64_t offset, std::uint64_t limit) {
  while (true) {
    JournalFrameHeader header;
    Result<bool> there = fetch(position_, sizeof header, limit);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return window_bytes_ == 0 ? Step::end : Step::broken;
    std::memcpy(&header, at(position_), sizeof header);
    if (!is_sound(header)) return Step::broken;
    const std::size_t bytes = sizeof header + header.cursor_bytes + header.bytes;
    if (offset_ + header.length() > offset) {
      there = fetch(position_, bytes, limit);
      if (!there) return tl::unexpected(there.error());
      if (!*there) return Step::broken;
      const auto* body = reinterpret_cast<const char*>(at(position_ + sizeof header));
      cursor_ = {body, header.cursor_bytes};
      frame_ = {header.source,
                header.part,
                static_cast<FrameKind>(header.kind),
                static_cast<RecordFormat>(header.format),
                header.arrived,
                header.offset,
                {body + header.cursor_bytes, header.bytes}};
      if (body_checksum_of(cursor_, frame_.bytes) != header.body_checksum) return Step::broken;
    }
    position_ += bytes;
    offset_ += header.length();
    if (offset_ > offset) return Step::frame;
  }
}

Result<bool> JournalScan::is_damaged() {
  for (std::uint64_t place = position_ + 1;; ++place) {
    const Result<bool> there = fetch(place, sizeof(JournalFrameHeader), no_limit);
    if (!there || !*there) return there;
    JournalFrameHeader header;
    std::memcpy(&header, at(place), sizeof header);
    if (header.synced > position_ && header.synced <= place &&
        header.checksum == checksum_of(header, header_.seed, place)) {
      return true;
    }
  }
}

}  // namespace retimu
