// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/labelled_spans.hpp"

#include "retimu/connectors/csv_text.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr Duration recovery_told_for = 5 * minute;

// Where each column stands; missing ones are none.
struct LabelColumns {
  std::optional<std::size_t> begin, end, entities, name;
};

using Fields = std::vector<std::string_view>;

std::optional<std::size_t> place_of(const Fields& header,
                                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(header, name, &trim);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('+'), text.size());
    if (at > 0) names.emplace_back(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return names;
}

std::optional<LabelledSpan> read_span(const Fields& fields, const LabelColumns& columns) {
  const auto field = [&](std::optional<std::size_t> place) {
    return place && *place < fields.size() ? trim(fields[*place]) : std::string_view();
  };
  const std::optional<Time> begin = parse_iso_time(field(columns.begin));
  const std::optional<Time> end = parse_iso_time(field(columns.end));
  if (!begin || !end || *end <= *begin) return std::nullopt;
  return LabelledSpan{std::string(field(columns.name)), split_names(field(columns.entities)),
                      *begin, *end};
}

// When the episode first named one of the span's entities within it or its recovery.
std::optional<Time> time_told(const LabelledSpan& span, const ToldEpisode& episode) {
  std::optional<Time> first;
  for (const auto& [entity, time] : episode.named) {
    if (time < span.begin || time >= span.end + recovery_told_for) continue;
    if (!span.entities.empty() && std::ranges::find(span.entities, entity) == span.entities.end()) {
      continue;
    }
    if (!first || time < *first) first = time;
  }
  return first;
}

}  // namespace

Result<std::vector<LabelledSpan>> parse_labelled_spans(std::string_view text,
                                                       std::string_view path) {
  std::vector<LabelledSpan> spans;
  std::optional<LabelColumns> columns;
  Fields fields;
  std::string memory;
  for (std::size_t line = 1; !text.empty(); ++line) {
    std::string_view record = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(record.size() + 1, text.size()));
    if (record.ends_with('\r')) record.remove_suffix(1);
    if (trim(record).empty()) continue;
    const bool is_whole = split_csv(record, ',', fields, memory);
    if (!columns) {
      columns = {place_of(fields, {"begin"}), place_of(fields, {"end"}),
                 place_of(fields, {"entity", "entities"}), place_of(fields, {"fault", "name"})};
      if (is_whole && columns->begin && columns->end) continue;
      return failure(Fault::input,
                     "{}:{}: labels need a header with begin and end, and may have entity (several "
                     "joined by +) and fault; here stands: {}",
                     path, line, record);
    }
    std::optional<LabelledSpan> span;
    if (is_whole) span = read_span(fields, *columns);
    if (!span) {
      return failure(Fault::input, "{}:{}: not a label, whose begin lies before its end: {}", path,
                     line, record);
    }
    spans.push_back(std::move(*span));
  }
  if (spans.empty()) return failure(Fault::input, "{}: has no labels", path);
  return spans;
}

SpansTold find_told(std::span<const LabelledSpan> spans, std::span<const ToldEpisode> episodes) {
  SpansTold told;
  told.delays.resize(spans.size());
  for (const ToldEpisode& episode : episodes) {
    bool tells_of_any = false;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const std::optional<Time> time = time_told(spans[i], episode);
      if (!time) continue;
      tells_of_any = true;
      if (*time >= spans[i].end) continue;
      const Duration delay = *time - spans[i].begin;
      if (!told.delays[i] || delay < *told.delays[i]) told.delays[i] = delay;
    }
    if (!tells_of_any) told.false_episodes.push_back(&episode);
  }
  std::vector<Duration> delays;
  for (const std::optional<Duration>& delay : told.delays) {
    if (delay) delays.push_back(*delay);
  }
  told.found = delays.size();
  if (!delays.empty()) {
    const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
    std::ranges::nth_element(delays, middle);
    told.delay = *middle;
  }
  return told;
}

}  // namespace retimu
