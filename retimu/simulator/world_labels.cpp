// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_labels.hpp"

#include "retimu/simulator/labels.hpp"

#include <fmt/format.h>
#include <optional>

namespace retimu {

namespace {

std::optional<Modalities> parse_modalities(std::string_view text) {
  Modalities all = 0;
  for (const std::string_view name : split_text(text, '+')) {
    bool is_known = false;
    for (std::size_t i = 0; i < modality_count; ++i) {
      const auto modality = static_cast<Modality>(i);
      if (name_of(modality) != name) continue;
      all |= only(modality);
      is_known = true;
    }
    if (!is_known) return std::nullopt;
  }
  return all;
}

std::optional<WorldLabel> parse_line(std::string_view line) {
  const std::vector<std::string_view> fields = split_text(line, ',');
  if (fields.size() != 5 || fields[0].empty() || fields[1].empty()) return std::nullopt;
  const std::optional<Modalities> modalities = parse_modalities(fields[2]);
  const std::optional<Time> begin = parse_iso_time(fields[3]), end = parse_iso_time(fields[4]);
  if (!modalities || !begin || !end || *end <= *begin) return std::nullopt;
  WorldLabel label{std::string(fields[0]), {}, *begin, *end, *modalities};
  for (const std::string_view name : split_text(fields[1], '+')) {
    if (name.empty()) return std::nullopt;
    label.entities.emplace_back(name);
  }
  return label;
}

}  // namespace

std::string modalities_text(Modalities modalities) {
  std::string text;
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (!has(modalities, modality)) continue;
    if (!text.empty()) text += '+';
    text += name_of(modality);
  }
  return text;
}

std::string world_labels_csv(std::span<const WorldLabel> labels) {
  std::string text = fmt::format("{}\n", world_labels_header);
  for (const WorldLabel& label : labels) {
    text += fmt::format("{},{},{},{},{}\n", label.fault, fmt::join(label.entities, "+"),
                        modalities_text(label.modalities), format_time(label.begin),
                        format_time(label.end));
  }
  return text;
}

Result<std::vector<WorldLabel>> parse_world_labels(std::string_view text, std::string_view path) {
  const auto lines = lines_after_header(text, world_labels_header, path);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<WorldLabel> labels;
  for (const std::string_view line : *lines) {
    std::optional<WorldLabel> label = parse_line(line);
    if (!label) {
      return failure(Fault::input, "{}:{}: not a label: {}", path, labels.size() + 2, line);
    }
    labels.push_back(std::move(*label));
  }
  return labels;
}

}  // namespace retimu
