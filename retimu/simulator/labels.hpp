// SPDX-License-Identifier: Apache-2.0
// The ground truth of a simulation as two small CSV files beside its readings:
//   labels.csv     fault,entity,columns,begin,end,size     one line a fault; columns joined by +
//   recording.csv  seed,entities,begin,end,readings        one line
// Times are ISO-8601 in UTC, `end` is the first moment after.
#ifndef RETIMU_SIMULATOR_LABELS_HPP
#define RETIMU_SIMULATOR_LABELS_HPP

#include "retimu/simulator/fault.hpp"

#include <string>
#include <vector>

namespace retimu {

struct Recording {
  std::uint64_t seed = 0;
  std::uint64_t entities = 0, readings = 0;  // counts
  Time begin = 0, end = 0;
};

std::string labels_csv(std::span<const FaultLabel> labels);
std::string recording_csv(const Recording& recording);

// `path` names the file in errors, with the line.
Result<std::vector<FaultLabel>> parse_labels(std::string_view text, std::string_view path);
Result<Recording> parse_recording(std::string_view text, std::string_view path);

// The parts of a text between `at`, empty ones too.
std::vector<std::string_view> split_text(std::string_view text, char at);
// The lines after the header; an error if the header is another one.
Result<std::vector<std::string_view>> lines_after_header(std::string_view text,
                                                         std::string_view header,
                                                         std::string_view path);

}  // namespace retimu

#endif
