// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/grouping.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/core/random.hpp"
#include "retimu/evaluation/drain.hpp"
#include "retimu/evaluation/published.hpp"
#include "retimu/text/log_header.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace retimu {

namespace {

Grouping group(std::span<const std::string> lines, std::span<const std::string> truth,
               bool has_headers) {
  Scanner scanner;
  TemplateMiner miner;
  std::vector<TemplateId> ids;
  ids.reserve(lines.size());
  for (const std::string& line : lines) {
    const std::string_view content = has_headers ? read_log_header(line).content : line;
    ids.push_back(miner.add(scanner.scan(content)));
  }
  Grouping grouping;
  grouping.first = grouping_accuracy(ids, truth);
  for (TemplateId& id : ids) id = miner.root(id);
  grouping.final = grouping_accuracy(ids, truth);
  grouping.templates = std::set<TemplateId>(ids.begin(), ids.end()).size();
  return grouping;
}

double random_accuracy(std::span<const std::string> truth, std::size_t groups) {
  Random random(1);
  std::vector<std::uint64_t> ids(truth.size());
  for (std::uint64_t& id : ids) id = random.below(groups);
  return grouping_accuracy(ids, truth);
}

double drain_accuracy(std::span<const std::string> lines, std::span<const std::string> truth) {
  Drain drain({});
  std::vector<std::uint64_t> ids;
  ids.reserve(lines.size());
  for (const std::string& line : lines) ids.push_back(drain.add(line));
  return grouping_accuracy(ids, truth);
}

std::optional<double> published_drain(std::string_view name) {
  for (const Published& one : published_figures()) {
    if (one.set == "loghub" && one.method == "Drain" && one.figure == name) return one.value;
  }
  return std::nullopt;
}

// What is shown of a log, in the order of the columns.
struct Column {
  std::string_view header;
  std::function<std::optional<double>(const GroupedLog&)> value;
};

const std::vector<Column>& columns() {
  static const std::vector<Column> list = {
      {"content first", [](const GroupedLog& log) { return std::optional(log.content.first); }},
      {"content final", [](const GroupedLog& log) { return std::optional(log.content.final); }},
      {"raw first",
       [](const GroupedLog& log) {
         return log.raw ? std::optional(log.raw->first) : std::nullopt;
       }},
      {"raw final",
       [](const GroupedLog& log) {
         return log.raw ? std::optional(log.raw->final) : std::nullopt;
       }},
      {"random", [](const GroupedLog& log) { return std::optional(log.random); }},
      {"Drain", [](const GroupedLog& log) { return std::optional(log.drain); }},
      {"Drain, published", [](const GroupedLog& log) { return log.drain_published; }},
  };
  return list;
}

// Of the logs that have it.
std::optional<double> mean_of(std::span<const GroupedLog> logs, const Column& column) {
  double sum = 0;
  std::size_t count = 0;
  for (const GroupedLog& log : logs) {
    if (const auto value = column.value(log)) {
      sum += *value;
      ++count;
    }
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

std::string shown(std::optional<double> value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

void append_object(std::string& to, const std::function<std::optional<double>(const Column&)>& of) {
  std::string_view separator;
  for (const Column& column : columns()) {
    to += separator;
    separator = ",";
    append_json_string(to, column.header);
    const std::optional<double> value = of(column);
    to += value ? fmt::format(":{}", *value) : ":null";
  }
}

}  // namespace

double grouping_accuracy(std::span<const std::uint64_t> groups,
                         std::span<const std::string> truth) {
  RETIMU_ASSERT(groups.size() == truth.size());
  if (groups.empty()) return 0;
  std::map<std::uint64_t, std::size_t> by_group;
  std::map<std::string_view, std::size_t> by_truth;
  std::map<std::pair<std::uint64_t, std::string_view>, std::size_t> by_both;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    ++by_group[groups[i]];
    ++by_truth[truth[i]];
    ++by_both[{groups[i], truth[i]}];
  }
  std::size_t right = 0;
  for (const auto& [both, count] : by_both) {
    if (count == by_group[both.first] && count == by_truth[both.second]) right += count;
  }
  return static_cast<double>(right) / static_cast<double>(groups.size());
}

std::vector<GroupedLog> group_logs(std::span<const LabelledLog> logs) {
  std::vector<GroupedLog> grouped;
  for (const LabelledLog& log : logs) {
    GroupedLog one;
    one.name = log.name;
    one.lines = log.content.size();
    one.templates = std::set<std::string_view>(log.truth.begin(), log.truth.end()).size();
    one.content = group(log.content, log.truth, false);
    if (!log.raw.empty()) one.raw = group(log.raw, log.truth, true);
    one.random = random_accuracy(log.truth, one.templates);
    one.drain = drain_accuracy(log.content, log.truth);
    one.drain_published = published_drain(log.name);
    grouped.push_back(std::move(one));
  }
  return grouped;
}

std::vector<Grid> make_grids(std::span<const GroupedLog> logs) {
  Grid grid{"Grouping accuracy", {"log", "lines", "templates", "found", "found raw"}, {}};
  for (const Column& column : columns()) grid.header.emplace_back(column.header);
  for (const GroupedLog& log : logs) {
    std::vector<std::string> row = {log.name, fmt::format("{}", log.lines),
                                    fmt::format("{}", log.templates),
                                    fmt::format("{}", log.content.templates),
                                    log.raw ? fmt::format("{}", log.raw->templates) : "-"};
    for (const Column& column : columns()) row.push_back(shown(column.value(log)));
    grid.rows.push_back(std::move(row));
  }
  std::vector<std::string> mean = {"mean", "", "", "", ""};
  for (const Column& column : columns()) mean.push_back(shown(mean_of(logs, column)));
  grid.rows.push_back(std::move(mean));
  return {grid};
}

std::string to_json(std::span<const GroupedLog> logs) {
  std::string json = "{\"set\":\"loghub\",\"logs\":{";
  std::string_view separator;
  for (const GroupedLog& log : logs) {
    json += separator;
    separator = ",";
    append_json_string(json, log.name);
    json += fmt::format(":{{\"lines\":{},\"templates\":{},\"found\":{},\"found raw\":{},",
                        log.lines, log.templates, log.content.templates,
                        log.raw ? fmt::format("{}", log.raw->templates) : "null");
    append_object(json, [&](const Column& column) { return column.value(log); });
    json += '}';
  }
  json += "},\"mean\":{";
  append_object(json, [&](const Column& column) { return mean_of(logs, column); });
  return json + "}}\n";
}

}  // namespace retimu
