// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/incident_measures.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/core/time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retimu {

namespace {

double share(double part, std::size_t all) {
  return all == 0 ? 0 : part / static_cast<double>(all);
}

std::string seconds_of(Duration delay) {
  return fmt::format("{:.0f}", static_cast<double>(delay) / static_cast<double>(second));
}

}  // namespace

double JudgedIncidents::precision() const {
  return share(static_cast<double>(of_fault), incidents);
}
double JudgedIncidents::recall() const { return share(static_cast<double>(found), faults); }
double JudgedIncidents::accuracy(std::size_t depth) const { return share(named[depth], faults); }

JudgedIncidents judge_incidents(std::span<const ServiceRun::Fault> faults,
                                std::span<const ToldIncident> incidents) {
  JudgedIncidents judged;
  judged.faults = faults.size();
  judged.incidents = incidents.size();
  judged.ranks.resize(faults.size());
  std::vector<Duration> delays;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const ServiceRun::Fault& fault = faults[i];
    Time end = fault.time + incident_reach;
    if (i + 1 < faults.size()) end = std::min(end, faults[i + 1].time);
    const auto from = std::ranges::lower_bound(incidents, fault.time, {}, &ToldIncident::time);
    const auto to = std::ranges::lower_bound(incidents, end, {}, &ToldIncident::time);
    if (from == to) continue;
    ++judged.found;
    judged.of_fault += static_cast<std::size_t>(to - from);
    delays.push_back(from->time - fault.time);
    const auto at = std::ranges::find(from->services, fault.service);
    const auto rank = static_cast<std::size_t>(at - from->services.begin()) + 1;
    if (at != from->services.end()) judged.ranks[i] = rank;
    for (std::size_t k = 0; k < JudgedIncidents::depths.size(); ++k) {
      if (at != from->services.end() && rank <= JudgedIncidents::depths[k]) judged.named[k] += 1;
    }
  }
  if (!delays.empty()) {
    const auto middle = delays.begin() + static_cast<std::ptrdiff_t>((delays.size() - 1) / 2);
    std::ranges::nth_element(delays, middle);
    judged.delay = *middle;
  }
  return judged;
}

JudgedIncidents by_chance(std::size_t faults, std::size_t services) {
  JudgedIncidents judged;
  judged.faults = judged.found = judged.incidents = judged.of_fault = faults;
  judged.delay = 0;
  for (std::size_t k = 0; k < JudgedIncidents::depths.size(); ++k) {
    const std::size_t depth = std::min(JudgedIncidents::depths[k], services);
    judged.named[k] = static_cast<double>(faults) * share(static_cast<double>(depth), services);
  }
  return judged;
}

Grid make_grid(std::string title, std::span<const NamedIncidents> rows) {
  Grid grid{std::move(title),
            {"", "found", "delay s", "incidents", "precision", "AS@1", "AS@3", "AS@5"},
            {}};
  for (const NamedIncidents& row : rows) {
    const JudgedIncidents& judged = row.judged;
    std::vector<std::string> cells = {row.name};
    if (row.knows_times) {
      cells.resize(5, "given");
    } else {
      cells.push_back(fmt::format("{} of {}", judged.found, judged.faults));
      cells.push_back(judged.delay ? seconds_of(*judged.delay) : "-");
      cells.push_back(fmt::format("{}", judged.incidents));
      cells.push_back(fmt::format("{:.2f}", judged.precision()));
    }
    for (std::size_t k = 0; k < JudgedIncidents::depths.size(); ++k) {
      cells.push_back(fmt::format("{:.1f}", 100 * judged.accuracy(k)));
    }
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

Grid make_faults_grid(std::string title, std::span<const ServiceRun::Fault> faults,
                      std::span<const std::string> services,
                      std::span<const NamedIncidents> named) {
  Grid grid{std::move(title), {"fault", "service"}, {}};
  for (const NamedIncidents& one : named) {
    if (!one.judged.ranks.empty()) grid.header.push_back(one.name);
  }
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const ServiceRun::Fault& fault = faults[i];
    std::vector<std::string> cells = {fmt::format("{} {}", format_time(fault.time), fault.type),
                                      services[fault.service]};
    for (const NamedIncidents& one : named) {
      if (one.judged.ranks.empty()) continue;
      const std::size_t rank = one.judged.ranks.at(i);
      cells.push_back(rank == 0 ? "-" : fmt::format("{}", rank));
    }
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

std::string to_json(std::span<const NamedIncidents> rows) {
  std::string json;
  for (const NamedIncidents& row : rows) {
    const JudgedIncidents& judged = row.judged;
    if (!json.empty()) json += ',';
    append_json_string(json, row.name);
    json += fmt::format(
        ":{{\"knows_times\":{},\"faults\":{},\"found\":{},\"incidents\":{},\"of_fault\":{},"
        "\"delay_s\":{},\"as_1\":{},\"as_3\":{},\"as_5\":{}}}",
        row.knows_times, judged.faults, judged.found, judged.incidents, judged.of_fault,
        judged.delay ? seconds_of(*judged.delay) : "null", judged.accuracy(0), judged.accuracy(1),
        judged.accuracy(2));
  }
  return json;
}

}  // namespace retimu
