// SPDX-License-Identifier: Apache-2.0
// Logs whose lines have a true template each, as LogHub publishes them (Zhu et al., "Tools and
// benchmarks for automated log parsing", ICSE-SEIP 2019; He et al., "Loghub", ISSRE 2023).
#ifndef RETIMU_EVALUATION_LOGHUB_HPP
#define RETIMU_EVALUATION_LOGHUB_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <vector>

namespace retimu {

struct LabelledLog {
  std::string name;                  // "Apache"
  std::vector<std::string> content;  // one message a line, without its header
  std::vector<std::string> raw;      // the same lines whole; empty if there is no such file
  std::vector<std::string> truth;    // the id of the template of each line
};

// Every NAME/*_structured.csv below the folder, or below loghub in it, by name; beside it the log
// without that ending. Fault::input: none is there, a column Content or EventId is missing, a
// record that is no CSV, or a log with fewer lines.
Result<std::vector<LabelledLog>> read_loghub(const std::string& folder);

}  // namespace retimu

#endif
