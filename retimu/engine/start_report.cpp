// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/start_report.hpp"

#include "retimu/decision/budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace retimu {

namespace {

constexpr std::size_t names_max = 20;           // of columns and files, then they are counted
constexpr double decades_trusted = 2;           // beyond what is seen
constexpr std::array spans = {1.0, 7.0, 30.0};  // days

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), names_max)));
  if (names.size() > names_max) shown.push_back(fmt::format("{} more", names.size() - names_max));
  return fmt::format("{}", fmt::join(shown, ", "));
}

std::vector<std::string> columns_of(const Configuration& configuration, const Columns& columns) {
  std::vector<std::string> list;
  for (const auto& [name, column] : configuration.columns) {
    const std::string_view kind = column.is_ignored   ? "ignored"
                                  : column.is_counter ? "counter"
                                                      : "gauge";
    list.push_back(
        fmt::format("{} ({}{}{})", name, kind, column.unit.empty() ? "" : ", ", column.unit));
  }
  for (std::size_t i = 0; i < columns.count(); ++i) {
    const std::string name(columns.name(static_cast<ColumnId>(i)));
    if (!configuration.columns.contains(name)) list.push_back(name + " (gauge)");
  }
  std::ranges::sort(list);
  return list;
}

// Of one entity, as more of them show less each.
std::string budget_text(double per_day, std::uint64_t entities) {
  const double of = static_cast<double>(std::max<std::uint64_t>(entities, 1));
  for (const double days : spans) {
    const double beyond = extrapolation(per_day, of, days);
    if (beyond > decades_trusted) continue;
    return fmt::format(
        "{} a day can be kept to after {} {} of {:.0f} {}: {:.1f} decades beyond what is seen",
        per_day, days, days == 1 ? "day" : "days", of, of == 1 ? "entity" : "entities",
        std::max(beyond, 0.0));
  }
  return fmt::format(
      "{} a day lies more than {} decades beyond what {} days show of {:.0f} entities: trust it "
      "only roughly",
      per_day, decades_trusted, spans.back(), of);
}

// What decides where no budget is stated.
std::string threshold_text(double threshold) {
  if (threshold > 0) {
    return fmt::format("none is stated; [alerts] threshold decides, {} decades", threshold);
  }
  return "none is stated; a threshold decides that usual events of an entity reach once in ten "
         "days, 3.5 to 6 decades";
}

}  // namespace

StartReport make_start_report(const Configuration& configuration, const Columns& columns,
                              const std::vector<SelfTest>& tests, std::uint64_t entities) {
  StartReport report;
  report.entities = entities;
  for (const FileInput& input : configuration.files) {
    std::ranges::copy(input.paths, std::back_inserter(report.sources));
  }
  if (configuration.simulator) {
    const WorldOptions& world = configuration.simulator->world;
    report.sources.push_back(fmt::format("simulator ({} entities, {} h, {} faults)", world.entities,
                                         world.hours, world.faults));
  }
  for (const LiveSource& source : configuration.live) report.sources.push_back(source.name);
  for (const SelfTest& test : tests) {
    report.detectors.push_back(
        test.warm_after > 0
            ? fmt::format("{}: warm after some {} events", test.detector, test.warm_after)
            : fmt::format("{}: needs no warming up", test.detector));
  }
  report.columns = columns_of(configuration, columns);
  report.limits =
      fmt::format("{} entities in memory, {} columns an entity, a clock leaps {} at most",
                  configuration.entities_max, configuration.columns_max,
                  format_duration(configuration.jump_max));
  if (!configuration.live.empty()) {
    report.limits += fmt::format(", {} MiB of journal", configuration.journal_bytes >> 20U);
  }
  report.budget = configuration.budget_per_day > 0
                      ? budget_text(configuration.budget_per_day, report.entities)
                      : threshold_text(configuration.threshold);
  return report;
}

std::vector<std::string> start_lines(const StartReport& report) {
  std::vector<std::string> lines = {"sources: " + listed(report.sources)};
  if (!report.columns.empty()) lines.push_back("columns: " + listed(report.columns));
  if (report.entities > 0) lines.push_back(fmt::format("entities: {}", report.entities));
  for (const std::string& detector : report.detectors) lines.push_back("detector " + detector);
  lines.push_back("budget: " + report.budget);
  lines.push_back("limits: " + report.limits);
  return lines;
}

}  // namespace retimu
