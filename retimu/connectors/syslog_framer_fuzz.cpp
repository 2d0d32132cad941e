// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_framer.hpp"
#include "retimu/core/result.hpp"

#include <algorithm>

namespace {

retimu::SyslogCounts frame(std::string_view bytes, std::size_t step, std::string& records) {
  retimu::SyslogCounts counts;
  retimu::SyslogFramer framer(480);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    framer.take(bytes.substr(at, step), records, counts);
  }
  framer.end(records, counts);
  RETIMU_ASSERT(framer.is_empty());
  return counts;
}

}  // namespace

// However the bytes of a connection come, they are the same messages, each a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string whole, parts;
  const retimu::SyslogCounts counts = frame(bytes, size, whole);
  const retimu::SyslogCounts again = frame(bytes, 1U + data[0], parts);
  RETIMU_ASSERT(whole == parts);
  RETIMU_ASSERT(counts.messages == again.messages && counts.cut == again.cut);
  RETIMU_ASSERT(counts.torn == again.torn && counts.torn <= 1);
  RETIMU_ASSERT(static_cast<std::uint64_t>(std::count(whole.begin(), whole.end(), '\n')) ==
                counts.messages);
  return 0;
}
