// SPDX-License-Identifier: Apache-2.0
#include "app/evaluate_alarms.hpp"

#include "app/process.hpp"
#include "retimu/evaluation/alarm_measures.hpp"
#include "retimu/evaluation/own_telling.hpp"
#include "retimu/evaluation/report.hpp"

#include <fmt/format.h>

namespace retimu::app {

int evaluate_alarms(const std::string& data, const std::string& report_path, bool is_json) {
  const Result<std::vector<AlarmStream>> streams = read_ait_alerts(data);
  if (!streams) return report(streams.error());
  std::vector<NamedTeller> tellers = reference_tellers();
  tellers.push_back(own_teller(Configuration{}));
  const auto judged = judge_tellers(*streams, tellers);
  if (!judged) return report(judged.error());
  const std::vector<Grid> grids = make_grids(*streams, *judged);
  if (!report_path.empty()) {
    const Result<void> written = write_tables(report_path, std::string(alarms_set), grids);
    if (!written) return report(written.error());
  }
  if (is_json) {
    fmt::print("{}", to_json(*streams, *judged));
    return ExitCode::done;
  }
  std::size_t alarms = 0;
  for (const AlarmStream& stream : *streams) alarms += stream.records.size();
  fmt::print("{}: {} streams, {} alarms\n", alarms_set, streams->size(), alarms);
  for (const Grid& grid : grids) fmt::print("\n{}", to_text(grid));
  fmt::print(
      "\nfactor: alarms for one that is told. by time: phases of attacks of which an alarm is told "
      "that came\nwhile they ran; by event: one that belongs to them. by chance: expected of as "
      "many "
      "alarms told at random.\n");
  return ExitCode::done;
}

}  // namespace retimu::app
