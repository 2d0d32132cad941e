// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/decoder.hpp"

#include "retimu/core/parameters.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/log_header.hpp"

#include <algorithm>
#include <array>

namespace retimu {

void reject(Batch& into, const Record& record, Position position, std::uint64_t row,
            std::string_view time_text, std::string_view reason) {
  constexpr std::size_t text_bytes_max = 4'096;
  into.rejected.push_back({position, row, into.events.size(), into.arena.copy(time_text),
                           into.arena.copy(reason),
                           into.arena.copy(record.text.substr(0, text_bytes_max))});
}

std::string_view reason_of(Record::State state) {
  switch (state) {
    case Record::State::whole:
    case Record::State::unended: return {};
    case Record::State::too_long: return "longer than record_bytes_max";
    case Record::State::unclosed: return "a quote is misplaced or not closed";
    case Record::State::rest: return "its beginning was read before the line was complete";
  }
  return {};
}

void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  std::span<const ColumnId> columns, std::span<const double> values) {
  const auto kept_columns = into.arena.make<ColumnId>(columns.size());
  const auto kept_values = into.arena.make<double>(values.size());
  std::ranges::copy(columns, kept_columns.begin());
  std::ranges::copy(values, kept_values.begin());
  Event& event = into.events.emplace_back();
  event.entity = make_name(into.arena.copy(entity));
  event.time = time;
  event.position = position;
  event.payload = Readings{kept_columns, kept_values};
}

void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  Severity level, std::string_view text) {
  Event& event = into.events.emplace_back();
  event.entity = make_name(into.arena.copy(entity));
  event.time = time;
  event.position = position;
  event.payload = LogLine{level, into.arena.copy(text)};
}

void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  Severity severity, std::string_view code, std::string_view text) {
  Event& event = into.events.emplace_back();
  event.entity = make_name(into.arena.copy(entity));
  event.time = time;
  event.position = position;
  event.payload = Alarm{severity, into.arena.copy(cut_message(code, entity_bytes_max)),
                        into.arena.copy(cut_message(text))};
}

std::string_view reason_of_message(std::optional<std::string_view> message) {
  if (!message) return "no message in the record";
  return message->find('\0') == std::string_view::npos ? std::string_view() : "has a zero byte";
}

std::string_view cut_message(std::string_view message, std::size_t bytes) {
  if (message.size() <= bytes) return message;
  while (bytes > 0 && (static_cast<unsigned char>(message[bytes]) & 0xC0U) == 0x80U) --bytes;
  return message.substr(0, bytes);
}

Severity severity_of(std::string_view level, std::string_view message) {
  std::optional<Severity> severity = severity_of_word(level);
  if (!severity) severity = read_log_header(message.substr(0, message.find('\n'))).severity;
  return severity.value_or(Severity::indeterminate);
}

bool join_entity(std::span<const std::string_view> parts, std::string& to) {
  to.clear();
  for (const std::string_view part : parts) {
    if (part.empty() || part.size() > entity_bytes_max) return false;
    if (parts.size() == 1) {
      to = part;
      return true;
    }
    if (!to.empty()) to += '/';
    for (const char c : part) {
      if (c == '/' || c == '\\') to += '\\';
      to += c;
    }
  }
  return to.size() <= entity_bytes_max;
}

std::optional<Time> parse_time(std::string_view text) {
  if (const std::optional<Time> epoch = parse_epoch_time(text)) return epoch;
  const std::optional<Time> iso = parse_iso_time(text);
  return iso ? iso : parse_written_time(text);
}

std::span<const std::string_view> usual_time_names() {
  static constexpr std::array<std::string_view, 18> names = {
      "timestamp",    "time",       "ts",         "datetime",  "@timestamp", "date_time",
      "date/time",    "time_stamp", "event_time", "eventtime", "date",       "_time",
      "timestamp_ms", "epoch",      "epoch_ms",   "unix_time", "unixtime",   "utc"};
  return names;
}

std::span<const std::string_view> usual_message_names() {
  static constexpr std::array<std::string_view, 4> names = {"message", "msg", "log", "text"};
  return names;
}

std::span<const std::string_view> usual_level_names() {
  static constexpr std::array<std::string_view, 6> names = {"level",    "severity",  "lvl",
                                                            "loglevel", "log_level", "log.level"};
  return names;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

Error unknown_column(std::string_view path, std::string_view option, std::string_view wanted,
                     const std::vector<std::string>& names) {
  constexpr std::size_t names_shown = 20;
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view near = nearest(wanted, known);
  std::string text = fmt::format("{}: {} \"{}\" is not in the file", path, option, wanted);
  text += near.empty() ? "." : fmt::format(", did you mean \"{}\"?", near);
  text += " It has: ";
  for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > names_shown) text += fmt::format(" and {} more", names.size() - names_shown);
  return {Fault::usage, text};
}

}  // namespace retimu
