// SPDX-License-Identifier: Apache-2.0
#include "app/evaluate_incidents.hpp"

#include "app/process.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/evaluation/baro.hpp"
#include "retimu/evaluation/engine_incidents.hpp"
#include "retimu/evaluation/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <span>

namespace retimu::app {

namespace {

using Faults = std::vector<ServiceRun::Fault>;

// Whether a line was kept within a minute after the time.
bool has_lines(const ServiceRun& run, Time time) {
  const auto line = std::ranges::lower_bound(run.lines, time, {}, &ServiceRun::Line::time);
  return line != run.lines.end() && line->time < time + minute;
}

// Beside a fault of which lines were kept, and where there are lines.
ServiceRun logged_part(const ServiceRun& run) {
  ServiceRun part = run;
  std::erase_if(part.faults, [&](const auto& fault) { return !has_lines(run, fault.time); });
  return part;
}

ServiceRun without_lines(ServiceRun run) {
  run.lines.clear();
  return run;
}
ServiceRun without_rows(ServiceRun run) {
  run.rows.clear();
  return run;
}

// What services are measured by at a fault; lines are counted from it on.
using SignalsAt = std::function<Signals(Time fault)>;

NamedIncidents baro(std::string name, const Faults& faults, std::span<const SignalsAt> signals) {
  std::vector<ToldIncident> incidents;
  for (const ServiceRun::Fault& fault : faults) {
    std::vector<double> scores;
    for (const SignalsAt& at : signals) {
      const std::vector<double> more = baro_scores(at(fault.time), fault.time, {});
      if (scores.empty()) scores = more;
      std::ranges::transform(scores, more, scores.begin(), std::ranges::max);
    }
    incidents.push_back({fault.time, ranking_of(scores)});
  }
  return {std::move(name), true, judge_incidents(faults, incidents)};
}

struct Table {
  std::string title;
  Faults faults;
  std::vector<NamedIncidents> rows;
};

// What the engine says where it sees a part of the run.
Result<void> add_engine(const std::string& name, const ServiceRun& seen, const ServiceRun& whole,
                        bool is_logged_part, Table& table) {
  Result<EngineIncidents> found = engine_incidents(seen, {});
  if (!found) return tl::unexpected(found.error());
  if (is_logged_part) {
    std::erase_if(found->told,
                  [&](const auto& one) { return !has_lines(whole, one.time - minute); });
  }
  table.rows.push_back({"RETIMU, " + name, false, judge_incidents(table.faults, found->told)});
  table.rows.push_back({"its alerts, " + name, true, judge_incidents(table.faults, found->given)});
  table.rows.push_back(
      {"with changes, " + name, true, judge_incidents(table.faults, found->changed)});
  table.rows.push_back(
      {"its changes, " + name, true, judge_incidents(table.faults, found->signals)});
  table.rows.push_back(
      {"its evidence, " + name, true, judge_incidents(table.faults, found->ranked)});
  return {};
}

Result<std::vector<Table>> tables_of(const ServiceRun& run) {
  const SignalsAt metrics = [signals = metric_signals(run)](Time) { return signals; };
  const SignalsAt lines = [&, templates = line_templates(run)](Time fault) {
    return line_signals(run, templates, fault);
  };
  const std::vector<SignalsAt> both = {metrics, lines};
  const std::size_t services = run.services.size();
  const ServiceRun logged = logged_part(run);
  std::vector<Table> tables(2);
  tables[0] = {fmt::format("{}: all {} faults", run.name, run.faults.size()),
               run.faults,
               {{"random", true, by_chance(run.faults.size(), services)},
                baro("BARO, metrics", run.faults, {&metrics, 1})}};
  tables[1] = {fmt::format("{}: {} faults with log lines", run.name, logged.faults.size()),
               logged.faults,
               {{"random", true, by_chance(logged.faults.size(), services)},
                baro("BARO, metrics", logged.faults, {&metrics, 1}),
                baro("BARO, lines", logged.faults, {&lines, 1}),
                baro("BARO, both", logged.faults, both)}};
  Result<void> done = add_engine("metrics", without_lines(run), run, false, tables[0]);
  if (done) done = add_engine("both", run, run, false, tables[0]);
  if (done) done = add_engine("metrics", without_lines(logged), logged, true, tables[1]);
  if (done) done = add_engine("lines", without_rows(logged), logged, true, tables[1]);
  if (done) done = add_engine("both", logged, logged, true, tables[1]);
  if (!done) return tl::unexpected(done.error());
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
      grids.push_back(make_faults_grid(table.title + ", place of the service", table.faults,
                                       run.services, table.rows));
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
      "among the first k\nof the first incident. given: it was told when the faults begin. its "
      "alerts: services with\nan alert, as causes; with changes: those whose signals have changed "
      "without one, too; its changes: by that alone.\n");
  return ExitCode::done;
}

}  // namespace retimu::app
