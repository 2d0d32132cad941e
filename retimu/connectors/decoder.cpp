// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/decoder.hpp"

#include "retimu/core/parameters.hpp"

#include <algorithm>
#include <array>

namespace retimu {

std::optional<Time> parse_time(std::string_view text) {
  if (text.size() >= 8 && (text[4] == '-' || text[4] == '/')) return parse_iso_time(text);
  return parse_epoch_time(text);
}

std::span<const std::string_view> usual_time_names() {
  static constexpr std::array<std::string_view, 11> names = {
      "timestamp", "time",       "ts",         "datetime", "@timestamp", "date_time",
      "time_stamp", "event_time", "eventtime", "date",     "_time"};
  return names;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

Error unknown_column(std::string_view path, std::string_view wanted, std::string_view option,
                     const std::vector<std::string>& names) {
  constexpr std::size_t names_shown = 20;
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view near = nearest(wanted, known);
  std::string text = fmt::format("{}: {} \"{}\" is not in the file", path, option, wanted);
  if (!near.empty()) text += fmt::format(", did you mean \"{}\"?", near);
  text += " It has: ";
  for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > names_shown) text += fmt::format(" and {} more", names.size() - names_shown);
  return {Fault::usage, text};
}

void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  std::span<const ColumnId> columns, std::span<const double> values) {
  Event& event = into.events.emplace_back();
  const auto kept_columns = into.arena.make<ColumnId>(columns.size());
  const auto kept_values = into.arena.make<double>(values.size());
  std::ranges::copy(columns, kept_columns.begin());
  std::ranges::copy(values, kept_values.begin());
  event.entity = make_name(into.arena.copy(entity));
  event.time = time;
  event.position = position;
  event.payload = Readings{kept_columns, kept_values};
}

}  // namespace retimu
