// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/report.hpp"

#include "retimu/evaluation/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace retimu {

namespace {

constexpr std::size_t series_shown = 3;  // at each end

constexpr std::string_view style = R"(<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; color: #1a1a1a; background: #fff; }
h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 28px; } h3 { font-size: 14px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 9px; text-align: right; border-bottom: 1px solid #ddd; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
svg { max-width: 100%; height: auto; } svg text { font-size: 12px; fill: #555; }
.line { fill: none; stroke: #1f5a99; stroke-width: 1; }
.label { fill: #f2b8b5; } .anomalous { fill: #e0902f; } .alert { fill: #b00020; }
.unjudged { fill: #888; opacity: 0.15; }
</style>
)";

// The first scorer that decides, else the last.
const JudgedSet& scorer_to_draw(std::span<const JudgedSet> rows) {
  const auto at = std::ranges::find_if(rows, &JudgedSet::decides);
  return at == rows.end() ? rows.back() : *at;
}

// Series that have the measure, worst first.
std::vector<std::size_t> by_quality(const JudgedSet& row) {
  const Values values = row.best(measure_index("vus_pr"));
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return *values[i]; });
  return order;
}

std::string drawn(std::string_view title, std::span<const std::size_t> chosen,
                  std::span<const Case> cases, const JudgedSet& row) {
  std::string text = fmt::format("<h2>{}</h2>\n", escape_html(title));
  const std::size_t measure = measure_index("vus_pr");
  for (const std::size_t i : chosen) {
    text += fmt::format("<h3>{}: VUS-PR {:.3f}</h3>\n", escape_html(cases[i].series.name),
                        *row.series[i].best[measure]);
    text += to_svg(cases[i], row.scores[i]);
  }
  return text;
}

std::string begin_page(const std::string& name, const std::string& heading) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>RETIMU on {}"
      "</title>\n{}</head><body>\n<h1>{}</h1>\n",
      escape_html(name), style, escape_html(heading));
}
constexpr std::string_view page_end = "</body></html>\n";

std::string page_of(const SetSize& size, std::span<const Case> cases,
                    std::span<const JudgedSet> rows) {
  std::string page = begin_page(size.name, to_text(size));
  for (const Grid& grid : make_grids(size, rows)) page += to_html(grid);
  if (!rows.empty()) {
    const JudgedSet& row = scorer_to_draw(rows);
    const std::vector<std::size_t> order = by_quality(row);
    const std::span<const std::size_t> all(order);
    const std::size_t worst = std::min(series_shown, order.size());
    const std::size_t best = std::min(series_shown, order.size() - worst);
    page +=
        "<p>Red: labelled. Orange: held for anomalous. Dark red: an alert began. Grey: does not "
        "count.</p>\n";
    page += drawn(fmt::format("Worst of {}", row.scorer), all.first(worst), cases, row);
    if (best > 0) {
      page += drawn(fmt::format("Best of {}", row.scorer), all.last(best), cases, row);
    }
  }
  return page + std::string(page_end);
}

std::string markdown_of(const SetSize& size, std::span<const JudgedSet> rows) {
  std::string text = fmt::format("## {}\n\n{}.\n", size.name, to_text(size));
  for (const Grid& grid : make_grids(size, rows)) text += "\n" + to_markdown(grid);
  return text;
}

Result<void> write_page(const std::string& path, const std::string& page) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool is_written =
      file != nullptr && std::fwrite(page.data(), 1, page.size(), file) == page.size();
  const int error = errno;
  if ((file != nullptr && std::fclose(file) != 0) || !is_written) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(error));
  }
  return {};
}

}  // namespace

Result<void> write_report(const std::string& path, const SetSize& size, std::span<const Case> cases,
                          std::span<const JudgedSet> rows) {
  return write_page(path,
                    path.ends_with(".md") ? markdown_of(size, rows) : page_of(size, cases, rows));
}

Result<void> write_tables(const std::string& path, const std::string& heading,
                          std::span<const Grid> grids) {
  if (path.ends_with(".md")) {
    std::string text = fmt::format("## {}\n", heading);
    for (const Grid& grid : grids) text += "\n" + to_markdown(grid);
    return write_page(path, text);
  }
  std::string page = begin_page(heading, heading);
  for (const Grid& grid : grids) page += to_html(grid);
  return write_page(path, page + std::string(page_end));
}

}  // namespace retimu
