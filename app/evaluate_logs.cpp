// SPDX-License-Identifier: Apache-2.0
#include "app/evaluate_logs.hpp"

#include "app/process.hpp"
#include "retimu/evaluation/grouping.hpp"
#include "retimu/evaluation/report.hpp"

#include <fmt/format.h>

namespace retimu::app {

int evaluate_logs(const std::string& data, const std::string& report_path, bool is_json) {
  const Result<std::vector<LabelledLog>> logs = read_loghub(data);
  if (!logs) return report(logs.error());
  const std::vector<GroupedLog> grouped = group_logs(*logs);
  const std::vector<Grid> grids = make_grids(grouped);
  if (!report_path.empty()) {
    const Result<void> written = write_tables(report_path, std::string(logs_set), grids);
    if (!written) return report(written.error());
  }
  if (is_json) {
    fmt::print("{}", to_json(grouped));
    return ExitCode::done;
  }
  fmt::print("{}: {} logs\n", logs_set, logs->size());
  for (const Grid& grid : grids) fmt::print("\n{}", to_text(grid));
  fmt::print(
      "\nfirst: by the template that a line had when it came; final: after the last line. raw: "
      "whole lines.\nDrain: of messages, one configuration for all; as published it had "
      "expressions and "
      "parameters for each\nsystem.\n");
  return ExitCode::done;
}

}  // namespace retimu::app
