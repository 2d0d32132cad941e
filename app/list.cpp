// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/list_models.hpp"
#include "retimu/connectors/catalogue.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/configuration.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct ListArguments {
  std::string what = "all", models;
  bool json = false;
};

std::string_view profiles_of(const DetectorEntry& entry) {
  if (entry.in_auto) return entry.in_light ? " (auto, light)" : " (auto)";
  return entry.in_light ? " (light)" : "";
}

void print_detectors() {
  for (const DetectorEntry& entry : detector_catalogue()) {
    fmt::print("{}{}\n    {}\n", entry.name, profiles_of(entry), entry.summary);
    for (const Parameter& parameter : entry.parameters) {
      fmt::print("    {:<16} {} [{} to {}] {}\n", parameter.name, parameter.standard, parameter.low,
                 parameter.high, parameter.summary);
    }
  }
}

void print_connectors(std::span<const ConnectorEntry> entries) {
  for (const ConnectorEntry& entry : entries) {
    fmt::print("{:<12} {}\n", entry.name, entry.summary);
  }
}

void print_keys() {
  std::string_view table;
  for (const KeyDescription& key : configuration_keys()) {
    if (key.table != table) fmt::print("[{}]\n", key.table);
    table = key.table;
    fmt::print("  {:<18} {:<20} {:<16} {}\n", key.key, key.type, key.standard, key.summary);
  }
}

std::string named(std::string_view name, std::string_view summary) {
  std::string text = "{\"name\":";
  append_json_string(text, name);
  text += ",\"summary\":";
  append_json_string(text, summary);
  return text;
}

std::string key_json(const KeyDescription& key) {
  std::string text = "{\"table\":";
  append_json_string(text, key.table);
  for (const auto& [name, value] :
       {std::pair{"key", key.key}, std::pair{"type", key.type}, std::pair{"default", key.standard},
        std::pair{"summary", key.summary}}) {
    text += fmt::format(",\"{}\":", name);
    append_json_string(text, value);
  }
  return text + "}";
}

void print_json() {
  std::string text = "{\"detectors\":[";
  std::string_view separator;
  for (const DetectorEntry& entry : detector_catalogue()) {
    text += separator;
    separator = ",";
    text += named(entry.name, entry.summary);
    text +=
        fmt::format(",\"auto\":{},\"light\":{},\"parameters\":[", entry.in_auto, entry.in_light);
    std::string_view comma;
    for (const Parameter& parameter : entry.parameters) {
      text += comma;
      comma = ",";
      text += named(parameter.name, parameter.summary);
      text += fmt::format(",\"default\":{},\"low\":{},\"high\":{}}}", parameter.standard,
                          parameter.low, parameter.high);
    }
    text += "]}";
  }
  for (const auto& [name, entries] :
       {std::pair{"sources", source_catalogue()}, std::pair{"sinks", sink_catalogue()}}) {
    text += fmt::format("],\"{}\":[", name);
    separator = "";
    for (const ConnectorEntry& entry : entries) {
      text += separator;
      separator = ",";
      text += named(entry.name, entry.summary) + "}";
    }
  }
  text += "],\"keys\":[";
  separator = "";
  for (const KeyDescription& key : configuration_keys()) {
    text += separator;
    separator = ",";
    text += key_json(key);
  }
  fmt::print("{}]}}\n", text);
}

int list(const ListArguments& arguments) {
  if (!arguments.models.empty()) return list_models(arguments.models, arguments.json);
  if (arguments.json) {
    print_json();
    return ExitCode::done;
  }
  const auto wanted = [&](std::string_view what) {
    return arguments.what == "all" || arguments.what == what;
  };
  const auto title = [&](std::string_view what) {
    if (arguments.what == "all") fmt::print("\n{}\n", what);
  };
  if (wanted("detectors")) {
    title("DETECTORS");
    print_detectors();
  }
  if (wanted("sources")) {
    title("SOURCES");
    print_connectors(source_catalogue());
  }
  if (wanted("sinks")) {
    title("SINKS");
    print_connectors(sink_catalogue());
  }
  if (wanted("keys")) {
    title("CONFIGURATION KEYS");
    print_keys();
  }
  return ExitCode::done;
}

}  // namespace

void add_list(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "list", "What there is: detectors, sources, sinks, configuration keys");
  auto arguments = std::make_shared<ListArguments>();
  command
      ->add_option("WHAT", arguments->what, "detectors, sources, sinks or keys; all if not given")
      ->check(CLI::IsMember({"all", "detectors", "sources", "sinks", "keys"}));
  command->add_option("--models", arguments->models, "The models in this folder instead")
      ->type_name("DIR");
  command->add_flag("--json", arguments->json, "Everything as JSON");
  command->footer("Examples:\n  retimu list detectors\n  retimu list --models models");
  command->callback([arguments, &exit_code] { exit_code = list(*arguments); });
}

}  // namespace retimu::app
