// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/alert.hpp"
#include "retimu/evaluation/table.hpp"

#include <fmt/format.h>

namespace retimu {

namespace {

void append_key(std::string& to, std::string_view key) {
  if (to.back() != '{') to += ',';
  append_json_string(to, key);
  to += ':';
}

void append_value(std::string& to, std::string_view key, std::optional<double> value) {
  append_key(to, key);
  if (value) {
    append_json_number(to, *value);
  } else {
    to += "null";
  }
}

void append_measures(std::string& to, std::string_view key, bool with_scores, auto value_of) {
  append_key(to, key);
  to += '{';
  for (std::size_t k = 0; k < measures().size(); ++k) {
    if (measures()[k].needs == Needs::score && !with_scores) continue;
    append_value(to, measures()[k].name, value_of(k));
  }
  to += '}';
}

void append_series(std::string& to, const JudgedSet& row, std::span<const Case> cases) {
  append_key(to, "by_series");
  to += '{';
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const JudgedSeries& one = row.series[i];
    append_key(to, cases[i].series.name);
    to += '{';
    append_measures(to, "best", true, [&](std::size_t k) { return one.best[k]; });
    if (row.decides()) {
      append_measures(to, "own", false, [&](std::size_t k) { return one.own[k]; });
    }
    to += '}';
  }
  to += '}';
}

void append_row(std::string& to, const JudgedSet& row, std::span<const Case> cases) {
  append_key(to, row.scorer);
  to += '{';
  append_value(to, "seconds", row.seconds);
  append_measures(to, "best", true, [&](std::size_t k) { return mean_of(row.best(k)); });
  if (row.decides()) {
    append_measures(to, "own", false, [&](std::size_t k) { return mean_of(row.own(k)); });
  }
  append_key(to, "figures");
  to += '{';
  for (const Figure& figure : row.figures) append_value(to, figure.name, figure.value);
  to += '}';
  append_series(to, row, cases);
  to += '}';
}

}  // namespace

std::string to_json(const SetSize& size, std::span<const Case> cases,
                    std::span<const JudgedSet> rows) {
  std::string json = "{";
  append_key(json, "set");
  append_json_string(json, size.name);
  json += fmt::format(
      ",\"series\":{},\"published_series\":{},\"rows\":{},\"labelled\":{},\"events\":{}",
      size.series, size.published == 0 ? "null" : fmt::format("{}", size.published), size.rows,
      size.labelled, size.events);
  append_key(json, "scorers");
  json += '{';
  for (const JudgedSet& row : rows) append_row(json, row, cases);
  return json + "}}\n";
}

}  // namespace retimu
