// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_check.hpp"

#include <algorithm>

// The first byte chooses the format and how long lines may be, the rest is the body. What is taken
// has a line end behind each record, and is taken again whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace retimu;
  if (size == 0) return 0;
  const auto format = static_cast<RecordFormat>(data[0] % 4);
  RecordCheck check((data[0] & 4U) != 0 ? 20 : 4'096);
  const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  const CheckedRecords checked = check.check(format, body);
  RETIMU_ASSERT(checked.errors.size() ==
                std::min<std::uint64_t>(checked.rejected, CheckedRecords::errors_max));
  RETIMU_ASSERT(checked.bytes.empty() || checked.bytes.back() == '\n');
  RETIMU_ASSERT(checked.bytes.size() <= size + 2);
  const auto lines =
      static_cast<std::uint64_t>(std::count(checked.bytes.begin(), checked.bytes.end(), '\n'));
  RETIMU_ASSERT(checked.accepted <= lines);
  if (checked.format == RecordFormat::jsonl) RETIMU_ASSERT(checked.accepted == lines);
  // Without its bad lines a table may seem to be divided by another character, and a text to be
  // JSON or to begin with a byte order mark.
  if (checked.format == RecordFormat::csv || checked.bytes.starts_with("\xEF\xBB\xBF")) return 0;
  const bool is_found = checked.format == RecordFormat::automatic;
  const CheckedRecords again =
      check.check(is_found ? RecordFormat::log : checked.format, checked.bytes);
  RETIMU_ASSERT(again.rejected == 0 && again.accepted == checked.accepted);
  RETIMU_ASSERT(again.bytes == checked.bytes);
  return 0;
}
