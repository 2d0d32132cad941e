// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/labels.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace retimu {

namespace {

constexpr std::string_view labels_header = "fault,entity,columns,begin,end,size";
constexpr std::string_view recording_header = "seed,entities,begin,end,readings";

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<FaultLabel> parse_label(std::string_view line) {
  const std::vector<std::string_view> fields = split_text(line, ',');
  if (fields.size() != 6 || fields[1].empty() || fields[2].empty()) return std::nullopt;
  const auto kind = parse_fault_kind(fields[0]);
  const auto begin = parse_iso_time(fields[3]);
  const auto end = parse_iso_time(fields[4]);
  const auto size = number<double>(fields[5]);
  if (!kind || !begin || !end || !size || *end <= *begin || !std::isfinite(*size)) {
    return std::nullopt;
  }
  FaultLabel label{*kind, std::string(fields[1]), {}, *begin, *end, *size};
  for (const std::string_view column : split_text(fields[2], '+'))
    label.columns.emplace_back(column);
  return label;
}

std::optional<Recording> parse_recording_line(std::string_view line) {
  const std::vector<std::string_view> fields = split_text(line, ',');
  if (fields.size() != 5) return std::nullopt;
  const auto seed = number<std::uint64_t>(fields[0]);
  const auto entities = number<std::uint64_t>(fields[1]);
  const auto begin = parse_iso_time(fields[2]);
  const auto end = parse_iso_time(fields[3]);
  const auto readings = number<std::uint64_t>(fields[4]);
  if (!seed || !entities || !begin || !end || !readings || *end <= *begin) return std::nullopt;
  return Recording{*seed, *entities, *readings, *begin, *end};
}

}  // namespace

std::vector<std::string_view> split_text(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t found = text.find(at);
    parts.push_back(text.substr(0, found));
    if (found == std::string_view::npos) return parts;
    text.remove_prefix(found + 1);
  }
}

Result<std::vector<std::string_view>> lines_after_header(std::string_view text,
                                                         std::string_view header,
                                                         std::string_view path) {
  std::vector<std::string_view> lines = split_text(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  if (lines.empty() || lines.front() != header) {
    return failure(Fault::input, "{}:1: the header must be {}", path, header);
  }
  lines.erase(lines.begin());
  return lines;
}

std::string labels_csv(std::span<const FaultLabel> labels) {
  std::string text = fmt::format("{}\n", labels_header);
  for (const FaultLabel& label : labels) {
    text += fmt::format("{},{},{},{},{},{:.1f}\n", name_of(label.kind), label.entity,
                        fmt::join(label.columns, "+"), format_time(label.begin),
                        format_time(label.end), label.size);
  }
  return text;
}

std::string recording_csv(const Recording& recording) {
  return fmt::format("{}\n{},{},{},{},{}\n", recording_header, recording.seed, recording.entities,
                     format_time(recording.begin), format_time(recording.end), recording.readings);
}

Result<std::vector<FaultLabel>> parse_labels(std::string_view text, std::string_view path) {
  const auto lines = lines_after_header(text, labels_header, path);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<FaultLabel> labels;
  for (const std::string_view line : *lines) {
    std::optional<FaultLabel> label = parse_label(line);
    if (!label) {
      return failure(Fault::input, "{}:{}: not a label: {}", path, labels.size() + 2, line);
    }
    labels.push_back(std::move(*label));
  }
  return labels;
}

Result<Recording> parse_recording(std::string_view text, std::string_view path) {
  const auto lines = lines_after_header(text, recording_header, path);
  if (!lines) return tl::unexpected(lines.error());
  std::optional<Recording> recording;
  if (lines->size() == 1) recording = parse_recording_line(lines->front());
  if (!recording) return failure(Fault::input, "{}:2: must be one line of a recording", path);
  return *recording;
}

}  // namespace retimu
