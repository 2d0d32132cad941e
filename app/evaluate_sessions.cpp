// SPDX-License-Identifier: Apache-2.0
#include "app/evaluate_sessions.hpp"

#include "app/process.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/evaluation/report.hpp"
#include "retimu/evaluation/session_measures.hpp"
#include "retimu/evaluation/session_reference.hpp"

#include <fmt/format.h>

namespace retimu::app {

namespace {

// The default, all detectors of lines at once, and each alone.
std::vector<std::pair<std::string, Configuration>> pipelines() {
  std::vector<std::pair<std::string, Configuration>> list(2);
  list[0].first = "RETIMU";
  list[1].first = "all";
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (entry.modality != Modality::logs || entry.is_of_each_modality) continue;
    Configuration alone;
    alone.detectors = {{std::string(entry.name), {}}};
    list[1].second.detectors.push_back(alone.detectors.front());
    list.emplace_back(entry.name, std::move(alone));
  }
  return list;
}

Result<std::vector<NamedSessions>> judge(const LogSessions& sessions) {
  std::vector<NamedSessions> rows = {
      {"random", judge_sessions(sessions, score_at_random(sessions))},
      {"rare lines *", judge_sessions(sessions, score_by_rarity(sessions))},
      {"whole sessions *", judge_sessions(sessions, score_by_sessions(sessions))}};
  for (const auto& [name, configuration] : pipelines()) {
    const Result<std::vector<double>> scores = score_sessions(configuration, sessions);
    if (!scores) return tl::unexpected(scores.error());
    rows.push_back({name, judge_sessions(sessions, *scores)});
  }
  return rows;
}

}  // namespace

int evaluate_sessions(const std::string& data, const std::string& report_path, bool is_json) {
  const Result<std::vector<LogSessions>> sets = read_log_sessions(data);
  if (!sets) return report(sets.error());
  std::vector<Grid> grids;
  std::string json;
  for (const LogSessions& sessions : *sets) {
    const Result<std::vector<NamedSessions>> rows = judge(sessions);
    if (!rows) return report(rows.error());
    grids.push_back(make_grid(sessions, *rows));
    json += json.empty() ? "" : ",";
    append_json_string(json, sessions.name);
    json += fmt::format(":{{{}}}", to_json(*rows));
  }
  if (!report_path.empty()) {
    const Result<void> written = write_tables(report_path, std::string(sessions_set), grids);
    if (!written) return report(written.error());
  }
  if (is_json) {
    fmt::print("{{\"set\":\"{}\",\"logs\":{{{}}}}}\n", sessions_set, json);
    return ExitCode::done;
  }
  for (std::size_t i = 0; i < grids.size(); ++i) {
    fmt::print("{}{}", i == 0 ? "" : "\n", to_text(grids[i]));
  }
  fmt::print(
      "\nonline from the first line and without labels; the sessions one behind the other are "
      "lines "
      "of one\nentity, a session is as strange as its strangest line. *: knows sessions and the "
      "true "
      "templates.\ndistinct: whose lines, in whatever order, no normal session has.\n");
  return ExitCode::done;
}

}  // namespace retimu::app
