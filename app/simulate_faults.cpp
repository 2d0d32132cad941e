// SPDX-License-Identifier: Apache-2.0
#include "app/simulate_faults.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/simulator/world_labels.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct FaultsArguments {
  WorldOptions options;
  std::string output, interval = "10s";
  bool json = false;
};

void print_text(const WorldSimulation& simulation, const std::string& folder) {
  const WorldCounts& counts = simulation.counts;
  fmt::print("{} entities, {} to {}, with {} faults\n", simulation.options.entities,
             format_time(simulation.begin), format_time(simulation.end), simulation.labels.size());
  fmt::print("  {}/metrics.jsonl   {} readings\n", folder, counts.readings);
  fmt::print("  {}/system.log      {} log messages\n", folder, counts.lines);
  fmt::print("  {}/alarms.jsonl    {} alarms raised and cleared\n", folder, counts.alarms);
  fmt::print("  {}/labels.csv      the faults; recording.csv: the seed\n", folder);
  fmt::print("  {}/edges.csv       who feeds whom\n", folder);
  fmt::print("  {}/pipeline.toml   for `retimu run`\n", folder);
}

void print_json(const WorldSimulation& simulation) {
  std::string text = fmt::format(
      "{{\"seed\":{},\"entities\":{},\"readings\":{},\"log_messages\":{},\"alarms\":{},"
      "\"begin\":\"{}\",\"end\":\"{}\",\"faults\":[",
      simulation.options.seed, simulation.options.entities, simulation.counts.readings,
      simulation.counts.lines, simulation.counts.alarms, format_time(simulation.begin),
      format_time(simulation.end));
  std::string_view separator;
  for (const WorldLabel& label : simulation.labels) {
    text += separator;
    separator = ",";
    text += world_label_json(label);
  }
  fmt::print("{}]}}\n", text);
}

int faults(FaultsArguments& arguments) {
  const std::optional<Duration> interval = parse_duration(arguments.interval);
  if (!interval) {
    return report({Fault::usage, fmt::format("--interval: {} is no duration; write 10s or 1m",
                                             arguments.interval)});
  }
  arguments.options.interval = *interval;
  const auto simulation = write_world(arguments.options, arguments.output);
  if (!simulation) return report(simulation.error());
  if (arguments.json) {
    print_json(*simulation);
  } else {
    print_text(*simulation, arguments.output);
  }
  return ExitCode::done;
}

std::string catalogue_text() {
  std::string text = "Faults:\n";
  for (const WorldFault& fault : world_faults()) {
    text += fmt::format("  {:<18} {:<8} {}\n", fault.name, fault.kind, fault.story);
  }
  return text;
}

}  // namespace

std::string world_label_json(const WorldLabel& label) {
  std::string text = fmt::format("{{\"fault\":\"{}\",\"entities\":[", label.fault);
  std::string_view separator;
  for (const std::string& entity : label.entities) {
    text += separator;
    separator = ",";
    append_json_string(text, entity);
  }
  return text + fmt::format("],\"modalities\":\"{}\",\"begin\":\"{}\",\"end\":\"{}\"}}",
                            modalities_text(label.modalities), format_time(label.begin),
                            format_time(label.end));
}

void add_faults(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(
      "faults", "Readings, logs and alarms of a plant and its network, with faults and a pipeline");
  auto arguments = std::make_shared<FaultsArguments>();
  command->add_option("--output", arguments->output, "Folder to write; made if missing")
      ->type_name("DIR")
      ->required();
  command->add_option("--seed", arguments->options.seed, "Of everything random")
      ->check(whole_number())
      ->capture_default_str();
  command
      ->add_option("--entities", arguments->options.entities,
                   "Of every ten: a link, three hosts behind it with a service each, three pumps")
      ->check(whole_number(10, 10'000))
      ->capture_default_str();
  command->add_option("--hours", arguments->options.hours, "Length of the recording")
      ->capture_default_str();
  command->add_option("--interval", arguments->interval, "Between two readings of an entity")
      ->type_name("DURATION")
      ->capture_default_str();
  command
      ->add_option("--faults", arguments->options.faults,
                   "How many; none happens in the first quarter")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print the faults as JSON");
  command->footer(catalogue_text() +
                  "The same options give the same files on every machine.\n"
                  "Example:\n"
                  "  retimu simulate faults --output world --seed 7\n"
                  "  (cd world && retimu run pipeline.toml)\n"
                  "  retimu simulate score world");
  command->callback([arguments, &exit_code] { exit_code = faults(*arguments); });
}

}  // namespace retimu::app
