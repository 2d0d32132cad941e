// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/table.hpp"

#include "retimu/core/utf8.hpp"
#include "retimu/evaluation/published.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::string_view undefined = "-";

std::string cell_of(std::optional<double> value) {
  if (!value) return std::string(undefined);
  if (std::abs(*value) >= 100) return fmt::format("{:.0f}", *value);
  return std::abs(*value) > 1 ? fmt::format("{:.2f}", *value) : fmt::format("{:.3f}", *value);
}

enum class Part : std::uint8_t { ranking, best, own };

Grid measures_grid(std::string title, std::span<const JudgedSet> rows, Part part) {
  Grid grid{std::move(title), {"scorer"}, {}};
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < measures().size(); ++k) {
    const Measure& measure = measures()[k];
    if (measure.title.empty() || (measure.needs == Needs::score) != (part == Part::ranking))
      continue;
    shown.push_back(k);
    grid.header.emplace_back(measure.title);
  }
  for (const JudgedSet& row : rows) {
    if (part == Part::own && !row.decides()) continue;
    std::vector<std::string> cells{row.scorer};
    for (const std::size_t k : shown) {
      cells.push_back(cell_of(mean_of(part == Part::own ? row.own(k) : row.best(k))));
    }
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

// Figures are many: one a line, a column for each scorer.
Grid figures_grid(const SetSize& size, std::span<const JudgedSet> rows) {
  Grid grid{"of the whole set", {"figure"}, {}};
  for (const JudgedSet& row : rows) grid.header.push_back(row.scorer);
  if (rows.empty()) return grid;
  for (std::size_t i = 0; i < rows[0].figures.size(); ++i) {
    std::string name = rows[0].figures[i].name;
    if (name.starts_with(size.name + "_")) name.erase(0, size.name.size() + 1);
    std::vector<std::string> cells{std::move(name)};
    for (const JudgedSet& row : rows) cells.push_back(cell_of(row.figures[i].value));
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

Grid published_grid(const SetSize& size) {
  Grid grid{"published by others", {"method", "figure", "value", "source"}, {}};
  for (const Published& one : published_figures()) {
    if (one.set != size.name) continue;
    grid.rows.push_back({std::string(one.method), std::string(one.figure),
                         cell_of(one.value) + (size.is_part() ? " *" : ""),
                         std::string(one.source)});
  }
  if (size.is_part() && !grid.rows.empty()) {
    grid.title += fmt::format(" (* of the whole set; here are {} of its {} series)", size.series,
                              size.published);
  }
  return grid;
}

// In characters, as far as they have one place each.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void append_cell(std::string& to, const std::string& text, std::size_t width, bool is_left) {
  const std::string blanks(width - width_of(text), ' ');
  to += is_left ? text + blanks : blanks + text;
}

void append_row(std::string& to, const std::vector<std::string>& cells,
                std::span<const std::size_t> widths) {
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (k > 0) to += "  ";
    append_cell(to, cells[k], widths[k], k == 0);
  }
  to += '\n';
}

}  // namespace

SetSize size_of(const SetEntry* set, std::string name, std::span<const Case> cases) {
  SetSize size;
  size.name = std::move(name);
  size.series = cases.size();
  size.published = set == nullptr ? 0 : set->published_cases;
  for (const Case& one : cases) {
    const auto counted = std::span(one.truth.labels)
                             .subspan(std::min(one.truth.judged_from, one.truth.labels.size()));
    size.rows += counted.size();
    size.labelled += static_cast<std::size_t>(
        std::ranges::count_if(counted, [](auto label) { return label != 0; }));
    size.events += spans_of(counted).size();
  }
  return size;
}

std::string to_text(const SetSize& size) {
  const std::string of =
      size.published == 0 ? std::string() : fmt::format(" of {} published", size.published);
  return fmt::format("{}: {}{} series, {} rows judged, {} of them labelled, in {} events",
                     size.name, size.series, of, size.rows, size.labelled, size.events);
}

std::vector<Grid> make_grids(const SetSize& size, std::span<const JudgedSet> rows) {
  std::vector<Grid> grids;
  grids.push_back(measures_grid("ranking, mean over the series", rows, Part::ranking));
  grids.push_back(measures_grid(
      "rows flagged at each series' best threshold in hindsight, mean over the series", rows,
      Part::best));
  grids.push_back(measures_grid("rows flagged by the scorer's own decisions, mean over the series",
                                rows, Part::own));
  grids.push_back(figures_grid(size, rows));
  grids.push_back(published_grid(size));
  std::erase_if(grids, [](const Grid& grid) { return grid.rows.empty(); });
  return grids;
}

std::string to_text(const Grid& grid) {
  std::vector<std::size_t> widths;
  for (const std::string& head : grid.header) widths.push_back(width_of(head));
  for (const auto& row : grid.rows) {
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], width_of(row[k]));
  }
  std::string text = grid.title + "\n";
  append_row(text, grid.header, widths);
  for (const auto& row : grid.rows) append_row(text, row, widths);
  return text;
}

std::string to_markdown(const Grid& grid) {
  std::string text = fmt::format("{}{}\n\n|", static_cast<char>(std::toupper(grid.title[0])),
                                 std::string_view(grid.title).substr(1));
  for (const std::string& head : grid.header) text += fmt::format(" {} |", head);
  text += "\n|";
  for (std::size_t k = 0; k < grid.header.size(); ++k) text += k == 0 ? "---|" : "---:|";
  text += '\n';
  for (const auto& row : grid.rows) {
    text += '|';
    for (const std::string& cell : row) text += fmt::format(" {} |", cell);
    text += '\n';
  }
  return text;
}

std::string to_html(const Grid& grid) {
  std::string text =
      fmt::format("<h2>{}</h2>\n<div class=\"wide\"><table>\n<tr>", escape_html(grid.title));
  for (const std::string& head : grid.header) text += fmt::format("<th>{}</th>", escape_html(head));
  text += "</tr>\n";
  for (const auto& row : grid.rows) {
    text += "<tr>";
    for (const std::string& cell : row) text += fmt::format("<td>{}</td>", escape_html(cell));
    text += "</tr>\n";
  }
  return text + "</table></div>\n";
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

}  // namespace retimu
