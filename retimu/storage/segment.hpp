// SPDX-License-Identifier: Apache-2.0
// Segments: append-only files of snapshot records, each with a checksum over all of it. The byte
// drawing is in docs/formats.md.
#ifndef RETIMU_STORAGE_SEGMENT_HPP
#define RETIMU_STORAGE_SEGMENT_HPP

#include "retimu/storage/file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retimu {

// Where a record lies; what retimu.sqlite keeps of it.
struct SnapshotPointer {
  std::uint64_t sequence = 0;
  std::uint64_t segment = 0;  // number of the file
  std::uint64_t offset = 0;   // of the record's first byte
  std::uint64_t length = 0;   // of the record, its header included
  std::uint64_t checksum = 0;
  friend bool operator==(const SnapshotPointer&, const SnapshotPointer&) = default;
};

std::string segment_name(std::uint64_t number);  // "00000012.seg"
std::optional<std::uint64_t> parse_segment_name(std::string_view name);

// Writes one segment. After an error nothing more may be appended: what is on the disk is not
// known.
class SegmentWriter {
 public:
  // The file must not exist.
  static Result<SegmentWriter> create(const std::string& folder, std::uint64_t number);
  // On the disk when it returns. On an error the file is cut back as far as it can be.
  Result<SnapshotPointer> append(GroupId group, std::uint64_t sequence, Bytes admission,
                                 Bytes state);
  std::uint64_t number() const { return number_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  File file_;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_ = 0;
};

// A record that is missing, damaged, or another one than the pointer means is Fault::corrupt; a
// file that cannot be opened is Fault::system.
Result<StoredGroup> read_record(const std::string& folder, GroupId group,
                                const SnapshotPointer& pointer);

}  // namespace retimu

#endif
