// SPDX-License-Identifier: Apache-2.0
#include "app/watch_screen.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retimu::app {

namespace {

constexpr std::size_t plot_width_min = 40, plot_height_min = 8, rows_beside_plot = 8;
constexpr std::string_view plain = "\033[0m";

// How far behind the wall clock; of a recording its own time.
std::string lag_of(const WatchState& state) {
  if (state.latest == time_none) return "nothing came yet";
  const Duration lag = between(state.latest, state.now);
  if (lag > hour) return "event time " + format_time(floor_to(state.latest, second));
  return fmt::format(
      "lag {}", lag < second ? std::string("below 1s") : format_duration(floor_to(lag, second)));
}

void append_lines(std::vector<std::string>& to, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    to.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::size_t plot_height(ScreenSize size) {
  if (size.width < plot_width_min || size.height < plot_height_min + rows_beside_plot) return 0;
  return std::max(plot_height_min, size.height / 2);
}

std::string cut_to(std::string_view text, std::size_t width) {
  std::string cut;
  bool has_colour = false;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\033') {
      const std::size_t end = std::min(text.find('m', i), text.size() - 1) + 1;
      cut += text.substr(i, end - i);
      has_colour = true;
      i = end;
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    if (shown == width) break;
    cut += text.substr(i, end - i);
    ++shown;
    i = end;
  }
  if (has_colour) cut += plain;
  return cut;
}

std::vector<std::string> watch_frame(const WatchState& state, ScreenSize size) {
  std::vector<std::string> rows;
  rows.push_back(fmt::format("retimu  {}   {}", state.name, lag_of(state)));
  rows.push_back(fmt::format("{} record{}, {:.0f} a second   {} alert{}   {} incident{}",
                             state.records, state.records == 1 ? "" : "s", state.records_a_second,
                             state.alerts, state.alerts == 1 ? "" : "s", state.incidents,
                             state.incidents == 1 ? "" : "s"));
  append_lines(rows, state.plot);
  if (rows.size() + 2 < size.height) {
    rows.emplace_back();
    rows.emplace_back(state.told.empty() ? "Nothing was told yet." : "Told, the latest first:");
  }
  for (auto line = state.told.rbegin(); line != state.told.rend(); ++line) {
    if (rows.size() >= size.height) break;
    rows.push_back(*line);
  }
  rows.resize(std::min(rows.size(), size.height));
  for (std::string& row : rows) row = cut_to(row, size.width);
  return rows;
}

}  // namespace retimu::app
