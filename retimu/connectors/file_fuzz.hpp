// SPDX-License-Identifier: Apache-2.0
// What must hold of any file, for the fuzz targets of its formats.
#ifndef RETIMU_CONNECTORS_FILE_FUZZ_HPP
#define RETIMU_CONNECTORS_FILE_FUZZ_HPP

#include "retimu/connectors/connectors_test_tools.hpp"

namespace retimu {

// The first byte chooses the options, the rest is the file.
inline FileInput choose_input(std::uint8_t choice, RecordFormat format) {
  FileInput input;
  input.format = format;
  if ((choice & 1U) != 0) input.time = (choice & 2U) != 0 ? "ts" : "row";
  if ((choice & 4U) != 0) input.entity = {"host"};
  const bool is_log = format == RecordFormat::log;
  if ((choice & 8U) != 0) input.entity.emplace_back(is_log ? "program" : "meta/site");
  if ((choice & 16U) != 0) input.ignore_if_present = {"load"};
  if ((choice & 64U) != 0) input.pattern = "{time} [{host}] {level} {program}: {message}";
  if ((choice & 128U) != 0) {
    input.alarm = "alarm";
    input.message = (choice & 32U) != 0 ? "" : "text";
    if (is_log) input.alarm = input.message = "";
  }
  input.record_bytes_max = (choice & 32U) != 0 ? 40 : 4'096;
  return input;
}

// Any bytes are read to their end, the same way however few come at once, and from each record on
// as if reading had never stopped.
inline void check_reading(const std::string& text, const FileInput& input) {
  Columns columns;
  const auto file = open_text(text, input, columns);
  if (!file) return;
  std::vector<std::string> lines;
  std::vector<std::uint64_t> offsets;
  bool is_torn = false;
  Batch batch;
  for (std::uint64_t last = 0; lines.size() < 10'000;) {
    batch.clear();
    offsets.push_back((*file)->position().offset);
    RETIMU_ASSERT(offsets.back() >= last && offsets.back() <= text.size());
    last = offsets.back();
    (void)(*file)->read(batch, 1);
    if (batch.events.empty() && batch.rejected.empty()) break;
    RETIMU_ASSERT(batch.events.size() + batch.rejected.size() == 1);
    append_lines(batch, columns, lines);
    is_torn = !batch.rejected.empty() && batch.rejected[0].position == (*file)->position();
  }
  RETIMU_ASSERT(read_text(text, input, "readings", 3) == lines);

  for (std::size_t i = 0; i < offsets.size(); i += 1 + offsets.size() / 4) {
    RETIMU_ASSERT((*file)->seek(offsets[i]).has_value());
    const std::vector<std::string> rest = read_lines(**file, columns);
    // A last record that was torn is given again.
    const std::size_t first = i == lines.size() && is_torn ? i - 1 : i;
    RETIMU_ASSERT(rest == std::vector<std::string>(
                              lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()));
  }
}

}  // namespace retimu

#endif
