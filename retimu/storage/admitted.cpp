// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/admitted.hpp"

#include <algorithm>
#include <map>

namespace retimu {

namespace {

constexpr unsigned bits_a_byte = 7;
constexpr std::uint32_t more = 1U << bits_a_byte;

// Seven bits a byte, the lowest first; the eighth says that more follow.
void write_number(std::uint32_t number, std::vector<std::byte>& to) {
  for (; number >= more; number >>= bits_a_byte) to.push_back(std::byte(number | more));
  to.push_back(std::byte(number));
}

bool read_number(Bytes& from, std::uint32_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 32 && !from.empty(); shift += bits_a_byte) {
    const auto byte = static_cast<std::uint32_t>(from.front());
    from = from.subspan(1);
    number |= (byte & (more - 1)) << shift;
    if (byte < more) return true;
  }
  return false;
}

}  // namespace

void encode_runs(std::span<const AdmittedRun> runs, std::vector<std::byte>& to) {
  std::map<std::uint32_t, std::uint32_t> place_of;
  std::vector<std::uint32_t> partitions;
  for (const AdmittedRun& run : runs) {
    const auto place = static_cast<std::uint32_t>(partitions.size());
    if (place_of.emplace(run.partition, place).second) partitions.push_back(run.partition);
  }
  write_number(static_cast<std::uint32_t>(partitions.size()), to);
  for (const std::uint32_t partition : partitions) write_number(partition, to);
  for (const AdmittedRun& run : runs) {
    write_number(place_of[run.partition], to);
    write_number(run.count, to);
  }
}

bool decode_runs(Bytes from, std::vector<AdmittedRun>& to) {
  std::uint32_t count = 0;
  if (!read_number(from, count) || count > from.size()) return false;
  std::vector<std::uint32_t> partitions(count);
  for (std::uint32_t& partition : partitions) {
    if (!read_number(from, partition)) return false;
  }
  while (!from.empty()) {
    std::uint32_t place = 0;
    AdmittedRun run;
    if (!read_number(from, place) || place >= count || !read_number(from, run.count)) return false;
    if (run.count == 0) return false;
    run.partition = partitions[place];
    to.push_back(run);
  }
  return true;
}

}  // namespace retimu
