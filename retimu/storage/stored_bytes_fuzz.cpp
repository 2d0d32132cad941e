// SPDX-License-Identifier: Apache-2.0
// Any bytes where the store keeps some: an admitted order, a request that waits, a segment of
// snapshots. Refused, or written again as the same.
#include "retimu/core/request.hpp"
#include "retimu/storage/admitted.hpp"
#include "retimu/storage/segment.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <cstring>

namespace {

using namespace retimu;

void try_order(Bytes bytes) {
  std::vector<AdmittedRun> runs, again;
  if (!decode_runs(bytes, runs)) return;
  std::vector<std::byte> written;
  encode_runs(runs, written);
  RETIMU_ASSERT(decode_runs(written, again) && again == runs);
}

// What is read is written as it stands, but for truths, which are 0 or 1 then.
template <class T>
void try_again(const std::optional<T>& request, std::optional<T> (*read)(Bytes)) {
  if (!request) return;
  const std::vector<std::byte> written = to_bytes(*request);
  const std::optional<T> again = read(written);
  RETIMU_ASSERT(again && to_bytes(*again) == written);
}

void try_request(Bytes bytes) {
  try_again(read_confirmation(bytes), read_confirmation);
  try_again(read_false_alarm(bytes), read_false_alarm);
  try_again(read_maintenance_request(bytes), read_maintenance_request);
  try_again(read_operation(bytes), read_operation);
}

// The first bytes say where a record lies in the rest.
void try_segment(Bytes bytes) {
  static const auto* folder = new TemporaryFolder;
  SnapshotPointer pointer;
  pointer.segment = 1;
  for (std::uint64_t* number :
       {&pointer.sequence, &pointer.offset, &pointer.length, &pointer.checksum}) {
    if (bytes.size() < sizeof *number) return;
    std::memcpy(number, bytes.data(), sizeof *number);
    bytes = bytes.subspan(sizeof *number);
  }
  const std::string name = segment_name(pointer.segment);
  RETIMU_ASSERT(parse_segment_name(name) == pointer.segment);
  write_file(*folder / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const Result<StoredGroup> record = read_record(folder->path(), GroupId{0}, pointer);
  RETIMU_ASSERT(record || record.error().fault == Fault::corrupt);
  RETIMU_ASSERT(!record || record->sequence == pointer.sequence);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes rest = std::as_bytes(std::span(data + 1, size - 1));
  switch (data[0] % 3) {
    case 0: try_order(rest); break;
    case 1: try_request(rest); break;
    default: try_segment(rest);
  }
  return 0;
}
