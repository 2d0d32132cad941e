// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/engine/inspection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <utility>

namespace retimu::app {

namespace {

struct InspectArguments {
  std::string data_dir;
  bool digest = false;
  bool json = false;
  std::size_t entities = 20;
};

void print_text(const Inspection& found, const InspectArguments& arguments) {
  fmt::print("as of           record {} of the admitted order: the last snapshot\n",
             found.sequence);
  if (found.clock != time_none) fmt::print("clock           {}\n", format_time(found.clock));
  fmt::print("alerts told     {}\n", found.store.alerts);
  if (found.held_back > 0) fmt::print("held back       {} episodes\n", found.held_back);
  fmt::print("controls        {}\n", found.store.controls);
  fmt::print("on disk         {:.1f} MB\n", static_cast<double>(found.store.bytes_on_disk) / 1e6);
  fmt::print("entities        {} ({} of them evicted)\n", found.entities.size(),
             found.store.evicted);
  fmt::print("digest          {:016x}\n", found.digest);
  for (const auto& [name, offset] : found.positions) {
    fmt::print("position        {}, byte {}\n", printable(name), offset);
  }
  for (const Tried& one : found.tried) {
    if (one.entities == 0) continue;
    fmt::print("tried           {}: sees a leap in {} of {} entities{}\n", one.detector, one.seen,
               one.entities, one.seen == 0 ? " - it is blind or broken here" : "");
  }
  for (const MaintenanceWindow& window : found.maintenance) {
    fmt::print("maintenance     {} from {} to {}{}: {}\n",
               window.entities.empty()
                   ? "all entities"
                   : printable(fmt::format("{}", fmt::join(window.entities, ", "))),
               format_time(window.from), format_time(window.to),
               window.is_learned ? "" : ", not learned", printable(window.reason));
  }
  std::size_t alarms_shown = 0;
  for (const auto& [entity, tolerances] : found.tolerances) {
    if (!arguments.digest && alarms_shown++ == arguments.entities) break;
    for (const Tolerance& one : tolerances) {
      fmt::print("false alarm     {}: {:.1f} decades of {} {} tolerated since {}\n",
                 printable(entity), one.decades, one.detector, printable(one.subject),
                 format_time(one.since));
    }
  }
  if (found.entities.empty()) return;
  fmt::print("\n{:<24} {:>10} {:>7} {:>9} {:>8}  {:<9} {:<24} {}\n", "entity", "records", "columns",
             "bytes", "episodes", "phase", "last event", "digest");
  std::size_t shown = 0;
  for (const EntityReport& entity : found.entities) {
    if (!arguments.digest && shown++ == arguments.entities) break;
    fmt::print("{:<24} {:>10} {:>7} {:>9} {:>8}  {:<9} {:<24} {:016x}\n", printable(entity.name),
               entity.events, entity.columns, entity.bytes, entity.episodes, name_of(entity.phase),
               entity.time == time_none ? "-" : format_time(entity.time), entity.digest);
  }
  if (!arguments.digest && found.entities.size() > arguments.entities) {
    fmt::print("… and {} more; --entities N shows more\n",
               found.entities.size() - arguments.entities);
  }
}

void print_json(const Inspection& found) {
  std::string text = fmt::format(
      "{{\"records\":{},\"clock\":{},\"alerts\":{},\"controls\":{},\"held_back\":{},\"evicted\":{},"
      "\"bytes_on_disk\":{},\"digest\":\"{:016x}\",\"entities\":[",
      found.sequence,
      found.clock == time_none ? "null" : fmt::format("\"{}\"", format_time(found.clock)),
      found.store.alerts, found.store.controls, found.held_back, found.store.evicted,
      found.store.bytes_on_disk, found.digest);
  std::string_view separator;
  for (const EntityReport& entity : found.entities) {
    text += separator;
    separator = ",";
    text += "{\"entity\":";
    append_json_string(text, entity.name);
    text += fmt::format(
        ",\"records\":{},\"columns\":{},\"bytes\":{},\"episodes\":{},\"phase\":\"{}\","
        "\"open\":{},\"digest\":\"{:016x}\"}}",
        entity.events, entity.columns, entity.bytes, entity.episodes, name_of(entity.phase),
        entity.is_open, entity.digest);
  }
  text += "],\"tried\":[";
  separator = "";
  for (const Tried& one : found.tried) {
    text += fmt::format("{}{{\"detector\":\"{}\",\"entities\":{},\"seen\":{}}}", separator,
                        one.detector, one.entities, one.seen);
    separator = ",";
  }
  text += "],\"maintenance\":[";
  separator = "";
  for (const MaintenanceWindow& window : found.maintenance) {
    text += fmt::format("{}{{\"entities\":[", separator);
    std::string_view comma;
    for (const std::string& pattern : window.entities) {
      text += std::exchange(comma, ",");
      append_json_string(text, pattern);
    }
    text += fmt::format("],\"from\":\"{}\",\"to\":\"{}\",\"learn\":{},\"reason\":",
                        format_time(window.from), format_time(window.to), window.is_learned);
    append_json_string(text, window.reason);
    text += '}';
    separator = ",";
  }
  text += "],\"false_alarms\":[";
  separator = "";
  for (const auto& [entity, tolerances] : found.tolerances) {
    for (const Tolerance& one : tolerances) {
      text += fmt::format("{}{{\"entity\":", std::exchange(separator, ","));
      append_json_string(text, entity);
      text += fmt::format(",\"detector\":\"{}\",\"subject\":", one.detector);
      append_json_string(text, one.subject);
      text +=
          fmt::format(",\"decades\":{},\"since\":\"{}\"}}", one.decades, format_time(one.since));
    }
  }
  text += "],\"positions\":[";
  separator = "";
  for (const auto& [name, offset] : found.positions) {
    text += fmt::format("{}{{\"partition\":", separator);
    append_json_string(text, name);
    text += fmt::format(",\"offset\":{}}}", offset);
    separator = ",";
  }
  fmt::print("{}]}}\n", text);
}

int inspect_data_dir(const InspectArguments& arguments) {
  const Result<Inspection> found = inspect(arguments.data_dir);
  if (!found) return report(found.error());
  if (arguments.json) {
    print_json(*found);
  } else {
    print_text(*found, arguments);
  }
  return ExitCode::done;
}

}  // namespace

void add_inspect(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "inspect", "Look into a data_dir: entities, state, positions, alerts, digests");
  auto arguments = std::make_shared<InspectArguments>();
  command->add_option("DATA_DIR", arguments->data_dir, "As in [pipeline] data_dir")->required();
  command->add_flag("--digest", arguments->digest, "Every entity with its digest");
  command->add_option("--entities", arguments->entities, "So many entities at most")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Everything as JSON");
  command->footer(
      "Changes nothing, and works while a pipeline runs on it.\n"
      "Example:\n  retimu inspect state --digest");
  command->callback([arguments, &exit_code] { exit_code = inspect_data_dir(*arguments); });
}

}  // namespace retimu::app
