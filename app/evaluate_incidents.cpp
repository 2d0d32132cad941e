// SPDX-License-Identifier: Apache-2.0
#include "app/evaluate_incidents.hpp"

#include "app/command.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/evaluation/baro.hpp"
#include "retimu/evaluation/engine_incidents.hpp"
#include "retimu/evaluation/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace retimu::app {

namespace {

using Faults = std::vector<ServiceRun::Fault>;

// Those of which log lines were kept.
Faults faults_with_lines(const ServiceRun& run) {
  Faults faults;
  std::ranges::copy_if(run.faults, std::back_inserter(faults), [&](const auto& fault) {
    const auto line = std::ranges::lower_bound(run.lines, fault.time, {}, &ServiceRun::Line::time);
    return line != run.lines.end() && line->time < fault.time + minute;
  });
  return faults;
}

template <class SignalsAt>
NamedIncidents baro(std::string name, const Faults& faults, const SignalsAt& signals_at) {
  std::vector<ToldIncident> incidents;
  for (const ServiceRun::Fault& fault : faults) {
    incidents.push_back({fault.time, baro_ranking(signals_at(fault.time), fault.time, {})});
  }
  return {std::move(name), true, judge_incidents(faults, incidents)};
}

struct Table {
  std::string title;
  std::vector<NamedIncidents> rows;
};

// Those of `faults`, of one given for each fault of the run.
std::vector<ToldIncident> of_faults(const std::vector<ToldIncident>& given, const Faults& faults) {
  std::vector<ToldIncident> found;
  std::ranges::copy_if(given, std::back_inserter(found), [&](const ToldIncident& one) {
    return std::ranges::count(faults, one.time, &ServiceRun::Fault::time) > 0;
  });
  return found;
}

Result<std::vector<Table>> tables_of(const ServiceRun& run) {
  const Result<EngineIncidents> engine = engine_incidents(run, {});
  if (!engine) return tl::unexpected(engine.error());
  const auto metrics = [signals = metric_signals(run)](Time) -> const Signals& { return signals; };
  const auto lines = [&](Time fault) { return line_signals(run, fault); };
  const Faults logged = faults_with_lines(run);
  const std::size_t services = run.services.size();
  std::vector<Table> tables;
  tables.push_back({fmt::format("{}: all {} faults", run.name, run.faults.size()),
                    {{"random", true, by_chance(run.faults.size(), services)},
                     baro("BARO, metrics", run.faults, metrics),
                     {"RETIMU, its alerts", true, judge_incidents(run.faults, engine->given)},
                     {"RETIMU", false, judge_incidents(run.faults, engine->told)}}});
  tables.push_back(
      {fmt::format("{}: {} faults with log lines", run.name, logged.size()),
       {{"random", true, by_chance(logged.size(), services)},
        baro("BARO, metrics", logged, metrics),
        baro("BARO, lines", logged, lines),
        {"RETIMU, its alerts", true, judge_incidents(logged, of_faults(engine->given, logged))}}});
  return tables;
}

}  // namespace

int evaluate_incidents(const std::string& data, const std::string& report_path, bool is_json) {
  const Result<std::vector<ServiceRun>> runs = read_nezha(data);
  if (!runs) return report(runs.error());
  std::vector<Grid> grids;
  std::string json;
  for (const ServiceRun& run : *runs) {
    const Result<std::vector<Table>> tables = tables_of(run);
    if (!tables) return report(tables.error());
    for (const Table& table : *tables) {
      grids.push_back(make_grid(table.title, table.rows));
      json += json.empty() ? "" : ",";
      append_json_string(json, table.title);
      json += fmt::format(":{{{}}}", to_json(table.rows));
    }
  }
  if (!report_path.empty()) {
    const Result<void> written = write_tables(report_path, std::string(incidents_set), grids);
    if (!written) return report(written.error());
  }
  if (is_json) {
    fmt::print("{{\"set\":\"{}\",\"tables\":{{{}}}}}\n", incidents_set, json);
    return ExitCode::done;
  }
  for (const ServiceRun& run : *runs) {
    fmt::print("{} {}: {} services, {} faults, {} rows of {} metrics, {} log lines, {} not read\n",
               incidents_set, run.name, run.services.size(), run.faults.size(), run.rows.size(),
               run.metrics.size(), run.lines.size(), run.unread_lines);
  }
  for (const Grid& grid : grids) fmt::print("\n{}", to_text(grid));
  fmt::print(
      "\nfound: faults with an incident within 3 minutes. AS@k: % of all faults whose service is "
      "among the first k\nof the first incident. given: it was told when the faults begin.\n");
  return ExitCode::done;
}

}  // namespace retimu::app
