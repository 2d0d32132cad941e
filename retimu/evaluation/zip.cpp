// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/zip.hpp"

#include "retimu/connectors/memory_reader.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace retimu {

namespace {

constexpr std::size_t end_bytes = 22, central_bytes = 46, local_bytes = 30;
constexpr std::uint16_t stored = 0, deflated = 8;

template <class T>
T number_at(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}
std::size_t wide(std::string_view bytes, std::size_t at) {
  return number_at<std::uint32_t>(bytes, at);
}
std::size_t narrow(std::string_view bytes, std::size_t at) {
  return number_at<std::uint16_t>(bytes, at);
}

struct Entry {
  std::size_t method, packed_bytes, bytes, offset;
  std::uint32_t checksum;
};

// The archive's end record, behind which only a comment may stand.
std::optional<std::size_t> find_end(std::string_view archive) {
  const std::size_t at = archive.rfind("PK\5\6");
  if (at == std::string_view::npos || archive.size() - at < end_bytes) return std::nullopt;
  return at;
}

// None if the list of files is damaged or lacks the name.
std::optional<Entry> find_entry(std::string_view archive, std::size_t end, std::string_view name) {
  std::size_t at = wide(archive, end + 16);
  for (std::size_t left = narrow(archive, end + 10); left > 0; --left) {
    if (at > end || end - at < central_bytes || archive.substr(at, 4) != "PK\1\2") break;
    const std::size_t name_bytes = narrow(archive, at + 28);
    if (archive.substr(at + central_bytes, name_bytes) == name) {
      return Entry{narrow(archive, at + 10), wide(archive, at + 20), wide(archive, at + 24),
                   wide(archive, at + 42), number_at<std::uint32_t>(archive, at + 16)};
    }
    at += central_bytes + name_bytes + narrow(archive, at + 30) + narrow(archive, at + 32);
  }
  return std::nullopt;
}

// What stands in the archive for the entry; none if it lies outside.
std::optional<std::string_view> packed_of(std::string_view archive, const Entry& entry) {
  if (entry.offset > archive.size() || archive.size() - entry.offset < local_bytes ||
      archive.substr(entry.offset, 4) != "PK\3\4") {
    return std::nullopt;
  }
  const std::size_t begin = entry.offset + local_bytes + narrow(archive, entry.offset + 26) +
                            narrow(archive, entry.offset + 28);
  if (begin > archive.size() || archive.size() - begin < entry.packed_bytes) return std::nullopt;
  return archive.substr(begin, entry.packed_bytes);
}

void append_number(std::string& to, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xFFU);
}

// The entry as a gzip file (RFC 1952), which holds the same stream and checksum between another
// header and end: so one reader unpacks and checks both. Stored bytes become stored blocks.
std::string as_gzip(std::string_view packed, const Entry& entry) {
  std::string gzip("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  if (entry.method == deflated) gzip += packed;
  while (entry.method == stored) {
    const std::string_view block = packed.substr(0, 0xFFFF);
    packed.remove_prefix(block.size());
    append_number(gzip, packed.empty() ? 1 : 0, 1);
    append_number(gzip, block.size(), 2);
    append_number(gzip, ~block.size(), 2);
    gzip += block;
    if (packed.empty()) break;
  }
  append_number(gzip, entry.checksum, 4);
  append_number(gzip, entry.bytes, 4);
  return gzip;
}

}  // namespace

Result<std::string> read_zip_entry(std::string_view archive, std::string_view name,
                                   const std::string& path) {
  const std::optional<std::size_t> end = find_end(archive);
  if (!end) return failure(Fault::input, "{}: is no zip archive, or ends early", path);
  const std::optional<Entry> entry = find_entry(archive, *end, name);
  if (!entry) return failure(Fault::input, "{}: there is no {} in the archive", path, name);
  if (entry->method != stored && entry->method != deflated) {
    return failure(Fault::input, "{}: {} is packed by method {}; stored and deflated are read",
                   path, name, entry->method);
  }
  const std::optional<std::string_view> packed = packed_of(archive, *entry);
  if (!packed) {
    return failure(Fault::input, "{}: {} is damaged, or has more than 4 GiB", path, name);
  }
  const std::string inner = path + "/" + std::string(name);
  return read_all(
      *make_gzip_reader(inner, std::make_unique<MemoryReader>(as_gzip(*packed, *entry))));
}

}  // namespace retimu
