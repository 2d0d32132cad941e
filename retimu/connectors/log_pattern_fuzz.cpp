// SPDX-License-Identifier: Apache-2.0
// The first line is a pattern of a log, what follows are lines for it: refused with a sentence, or
// read as any file is.
#include "retimu/connectors/file_fuzz.hpp"
#include "retimu/connectors/log_pattern.hpp"

namespace {

bool lies_in(std::string_view part, std::string_view line) {
  return part.empty() ||
         (part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size());
}

void check_match(const retimu::LogPattern& pattern, std::string_view line) {
  retimu::LogMatch found, reached;
  if (!pattern.match(line, found)) return;
  RETIMU_ASSERT(line.ends_with(found.message));
  RETIMU_ASSERT(found.fields.size() == pattern.names().size());
  RETIMU_ASSERT(found.time.has_value() == pattern.has_time());
  RETIMU_ASSERT(lies_in(found.time_text, line));
  for (const std::string_view field : found.fields) RETIMU_ASSERT(lies_in(field, line));
  RETIMU_ASSERT(!pattern.has_time() || pattern.reaches_time(line, reached));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view rest = text.substr(std::min(size, first.size() + 1));
  const retimu::Result<retimu::LogPattern> pattern = retimu::LogPattern::make(first);
  if (!pattern) {
    RETIMU_ASSERT(pattern.error().fault == retimu::Fault::usage);
    RETIMU_ASSERT(!pattern.error().message.empty());
    return 0;
  }
  check_match(*pattern, rest.substr(0, rest.find('\n')));
  retimu::FileInput input;
  input.format = retimu::RecordFormat::log;
  input.pattern = first;
  input.record_bytes_max = 4'096;
  retimu::check_reading(std::string(rest), input);
  return 0;
}
