// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/segment.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace retimu {

namespace {

constexpr std::array<char, 8> magic = {'R', 'E', 'T', 'I', 'M', 'U', 'S', 'G'};
constexpr std::uint32_t segment_version = 1;

struct Header {
  std::array<char, 8> magic = {};
  std::uint32_t version = 0;
  std::uint32_t group = 0;
  std::uint64_t sequence = 0;
  std::uint64_t admission_bytes = 0;
  std::uint64_t state_bytes = 0;
  std::uint64_t checksum = 0;  // of all before and behind it
};
static_assert(sizeof(Header) == 48 && std::is_trivially_copyable_v<Header>);
constexpr std::size_t header_bytes = sizeof(Header);

std::uint64_t checksum_of(const Header& header, Bytes admission, Bytes state) {
  const auto text = [](Bytes bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const Bytes begin = std::as_bytes(std::span(&header, 1)).first(offsetof(Header, checksum));
  return hash(text(state), hash(text(admission), hash(text(begin))));
}

std::string segment_path(const std::string& folder, std::uint64_t number) {
  return folder + "/" + segment_name(number);
}

tl::unexpected<Error> damaged(const std::string& path, const SnapshotPointer& pointer,
                              std::string_view how) {
  return failure(Fault::corrupt, "{}, snapshot at byte {}: {}", path, pointer.offset, how);
}

}  // namespace

std::string segment_name(std::uint64_t number) { return fmt::format("{:08}.seg", number); }

std::optional<std::uint64_t> parse_segment_name(std::string_view name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || name != segment_name(number)) return std::nullopt;
  return number;
}

Result<SegmentWriter> SegmentWriter::create(const std::string& folder, std::uint64_t number) {
  Result<File> file =
      File::open(segment_path(folder, number), O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
  if (!file) return tl::unexpected(file.error());
  SegmentWriter writer;
  writer.file_ = std::move(*file);
  writer.number_ = number;
  if (Result<void> synced = sync_folder(folder); !synced) return tl::unexpected(synced.error());
  return writer;
}

Result<SnapshotPointer> SegmentWriter::append(GroupId group, std::uint64_t sequence,
                                              Bytes admission, Bytes state) {
  Header header{magic,    segment_version,  static_cast<std::uint32_t>(group),
                sequence, admission.size(), state.size(),
                0};
  header.checksum = checksum_of(header, admission, state);
  Result<void> written = file_.append(std::as_bytes(std::span(&header, 1)));
  if (written) written = file_.append(admission);
  if (written) written = file_.append(state);
  if (written) written = file_.sync();
  if (!written) {
    (void)file_.truncate(bytes_);  // gives the space back, if it can; no pointer leads there
    return tl::unexpected(written.error());
  }
  const SnapshotPointer pointer{sequence, number_, bytes_,
                                header_bytes + admission.size() + state.size(), header.checksum};
  file_.drop_cached(bytes_, pointer.length);  // only a restart reads it
  bytes_ += pointer.length;
  return pointer;
}

namespace {

// The bytes at `offset`, all of them or damaged().
Result<std::vector<std::byte>> read_part(const File& file, const SnapshotPointer& pointer,
                                         std::uint64_t offset, std::uint64_t bytes) {
  Result<std::vector<std::byte>> part = file.read(offset, bytes);
  if (!part) return damaged(file.path(), pointer, part.error().message);
  if (part->size() != bytes) return damaged(file.path(), pointer, "the file ends early");
  return part;
}

Result<StoredGroup> read_record(const File& file, GroupId group, const SnapshotPointer& pointer) {
  const std::string& path = file.path();
  const auto head = read_part(file, pointer, pointer.offset, header_bytes);
  if (!head) return tl::unexpected(head.error());
  Header header;
  std::memcpy(static_cast<void*>(&header), head->data(), header_bytes);
  if (header.magic != magic) return damaged(path, pointer, "it does not begin as one");
  if (header.version != segment_version) {
    return damaged(path, pointer, fmt::format("its format {} is unknown", header.version));
  }
  const std::uint64_t body_bytes = pointer.length - header_bytes;
  if (header.admission_bytes > body_bytes ||
      header.state_bytes != body_bytes - header.admission_bytes) {
    return damaged(path, pointer, "its lengths do not fit");
  }
  const std::uint64_t body = pointer.offset + header_bytes;
  auto admission = read_part(file, pointer, body, header.admission_bytes);
  if (!admission) return tl::unexpected(admission.error());
  auto state = read_part(file, pointer, body + header.admission_bytes, header.state_bytes);
  if (!state) return tl::unexpected(state.error());
  if (header.group != static_cast<std::uint32_t>(group) || header.sequence != pointer.sequence ||
      header.checksum != pointer.checksum ||
      checksum_of(header, *admission, *state) != pointer.checksum) {
    return damaged(path, pointer, "its checksum is wrong");
  }
  return StoredGroup{header.sequence, std::move(*admission), std::move(*state), {}};
}

}  // namespace

Result<StoredGroup> read_record(const std::string& folder, GroupId group,
                                const SnapshotPointer& pointer) {
  const std::string path = segment_path(folder, pointer.segment);
  const Result<bool> exists = file_exists(path);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) return damaged(path, pointer, "the file is missing");
  const Result<File> file = File::open(path, O_RDONLY);
  if (!file) return tl::unexpected(file.error());
  const Result<std::uint64_t> size = file->size();
  if (!size) return tl::unexpected(size.error());
  // Checked before any memory is taken for it.
  if (pointer.length < header_bytes || pointer.offset > *size ||
      pointer.length > *size - pointer.offset) {
    return damaged(path, pointer, fmt::format("the file ends early, after {} bytes", *size));
  }
  return read_record(*file, group, pointer);
}

}  // namespace retimu
