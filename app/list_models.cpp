// SPDX-License-Identifier: Apache-2.0
#include "app/list_models.hpp"

#include "app/process.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/engine/model_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <span>

namespace retimu::app {

namespace {

constexpr std::size_t columns_shown = 8, detectors_shown = 3;

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string columns_text(const ModelHeader& header) {
  std::string text;
  for (std::size_t i = 0; i < header.columns.size() && i < columns_shown; ++i) {
    const ModelColumn& column = header.columns[i];
    text += fmt::format("{}{}", i == 0 ? "" : ", ", column.name);
    if (!column.unit.empty()) text += fmt::format(" ({})", column.unit);
  }
  if (header.columns.size() > columns_shown) {
    text += fmt::format(" and {} more", header.columns.size() - columns_shown);
  }
  return text;
}

void print_model(const FoundModel& found) {
  fmt::print("{}\n", printable(file_name(found.path)));
  if (!found.model) {
    fmt::print("    damaged    {}\n", printable(found.problem));
    return;
  }
  const ModelHeader& header = found.model->header;
  fmt::print("    detectors  {}\n", printable(detectors_text(header)));
  fmt::print("    entities   {}\n", header.entities);
  fmt::print("    columns    {}  {}\n", header.columns.size(), printable(columns_text(header)));
  fmt::print("    records    {}  {}\n", header.records, range_text(header));
  fmt::print("    size       {:.1f} MB\n", static_cast<double>(found.bytes) / 1e6);
}

template <class List, class Function>
std::string array_of(const List& list, Function element) {
  std::string text = "[";
  for (const auto& one : list) {
    if (text.size() > 1) text += ',';
    text += element(one);
  }
  return text + "]";
}

std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

std::string damaged_json(const FoundModel& found) {
  return fmt::format("{{\"file\":{},\"bytes\":{},\"problem\":{}}}",
                     json_text(file_name(found.path)), found.bytes, json_text(found.problem));
}

std::string time_json(Time time) {
  return time == time_none ? "null" : fmt::format("\"{}\"", format_time(time));
}

}  // namespace

std::string detectors_text(const ModelHeader& header) {
  std::vector<std::string> names;
  for (const ModelDetector& detector : header.detectors) {
    if (!std::ranges::count(names, detector.name)) names.push_back(detector.name);
  }
  const std::size_t shown = std::min(names.size(), detectors_shown);
  std::string text = fmt::format("{}", fmt::join(std::span(names).first(shown), ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string range_text(const ModelHeader& header) {
  if (header.first == time_none) return "";
  if (header.has_row_times != 0) {
    return fmt::format("row {} to {}", header.first / second, header.last / second);
  }
  return fmt::format("{} to {}", format_time(header.first), format_time(header.last));
}

std::string to_json(const Model& model, const std::string& path) {
  const ModelHeader& header = model.header;
  const std::string sources = array_of(header.sources, [](const ModelSource& source) {
    return fmt::format("{{\"file\":{},\"bytes\":{},\"digest\":\"{:016x}\"}}",
                       json_text(source.name), source.bytes, source.digest);
  });
  const std::string columns = array_of(header.columns, [](const ModelColumn& column) {
    return fmt::format("{{\"name\":{},\"unit\":{},\"counter\":{}}}", json_text(column.name),
                       json_text(column.unit), column.is_counter != 0);
  });
  const std::string detectors = array_of(header.detectors, [](const ModelDetector& detector) {
    return fmt::format(
        "{{\"name\":{},\"modality\":{},\"entities\":{},\"warm\":{},\"samples_middle\":{:.0f}}}",
        json_text(detector.name), json_text(detector.modality), detector.entities, detector.warm,
        detector.samples_middle);
  });
  return fmt::format(
      "{{\"id\":\"{}\",\"file\":{},\"bytes\":{},\"program\":{},\"entities\":{},\"records\":{},"
      "\"rejected\":{},\"first\":{},\"last\":{},\"sources\":{},\"columns\":{},\"detectors\":{},"
      "\"pipeline\":{}}}",
      model.id, json_text(file_name(path)), model.bytes, json_text(header.program), header.entities,
      header.records, header.rejected, time_json(header.first), time_json(header.last), sources,
      columns, detectors, json_text(header.judging));
}

int list_models(const std::string& folder, bool json) {
  const Result<std::vector<FoundModel>> found = find_models(folder);
  if (!found) return report(found.error());
  const bool is_sound =
      std::ranges::all_of(*found, [](const FoundModel& one) { return one.model.has_value(); });
  if (json) {
    fmt::print("{{\"models\":{}}}\n", array_of(*found, [](const FoundModel& one) {
                 return one.model ? to_json(*one.model, one.path) : damaged_json(one);
               }));
  } else {
    for (const FoundModel& one : *found) print_model(one);
    if (found->empty()) fmt::print("no model in {}\n", printable(folder));
  }
  return is_sound ? ExitCode::done : ExitCode::corrupt;
}

}  // namespace retimu::app
