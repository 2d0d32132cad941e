// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/simulate_faults.hpp"
#include "app/simulate_score.hpp"
#include "app/simulate_stream.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/throughput.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct ReadingsArguments {
  FaultsOptions options;
  std::string output, interval = "10s";
  bool json = false;
};

struct ThroughputArguments {
  ThroughputOptions options;
  std::uint64_t lines = 1'000'000;
  std::string output;
};

void print_text(const FaultsSimulation& simulation, const std::string& folder) {
  const Recording& recording = simulation.recording;
  fmt::print("{} readings of {} entities, {} to {}, with {} faults\n", recording.readings,
             recording.entities, format_time(recording.begin), format_time(recording.end),
             simulation.labels.size());
  fmt::print("  {}/events.jsonl    the readings\n", folder);
  fmt::print("  {}/labels.csv      the faults: what, where, when; recording.csv: the seed\n",
             folder);
  fmt::print("  {}/pipeline.toml   for `retimu run`\n", folder);
}

void print_json(const FaultsSimulation& simulation) {
  std::string text = fmt::format(
      "{{\"seed\":{},\"entities\":{},\"readings\":{},\"begin\":\"{}\",\"end\":\"{}\",\"faults\":[",
      simulation.recording.seed, simulation.recording.entities, simulation.recording.readings,
      format_time(simulation.recording.begin), format_time(simulation.recording.end));
  std::string_view separator;
  for (const FaultLabel& label : simulation.labels) {
    text += separator;
    separator = ",";
    text += label_json(label);
  }
  fmt::print("{}]}}\n", text);
}

int readings(ReadingsArguments& arguments) {
  const std::optional<Duration> interval = parse_duration(arguments.interval);
  if (!interval) {
    return report({Fault::usage, fmt::format("--interval: {} is no duration; write 10s or 1m",
                                             arguments.interval)});
  }
  arguments.options.interval = *interval;
  const auto simulation = write_faults(arguments.options, arguments.output);
  if (!simulation) return report(simulation.error());
  if (arguments.json) {
    print_json(*simulation);
  } else {
    print_text(*simulation, arguments.output);
  }
  return ExitCode::done;
}

int throughput(const ThroughputArguments& arguments) {
  const auto written = write_throughput(arguments.options, arguments.lines, arguments.output);
  if (!written) return report(written.error());
  return ExitCode::done;
}

void add_readings(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(
      "readings", "Readings alone, of pumps, hosts and links, with faults of single entities");
  auto arguments = std::make_shared<ReadingsArguments>();
  command->add_option("--output", arguments->output, "Folder to write; made if missing")
      ->type_name("DIR")
      ->required();
  command->add_option("--seed", arguments->options.seed, "Of everything random")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--entities", arguments->options.entities, "Pumps, hosts and links, together")
      ->check(whole_number(1))
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
  command->footer(
      "The same options give the same readings on every machine.\n"
      "Example:\n"
      "  retimu simulate readings --output plant --seed 7\n"
      "  (cd plant && retimu run pipeline.toml)\n"
      "  retimu simulate score plant");
  command->callback([arguments, &exit_code] { exit_code = readings(*arguments); });
}

void add_throughput(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(
      "throughput", "JSON lines of 150 bytes, 4 columns, without faults: to measure speed");
  auto arguments = std::make_shared<ThroughputArguments>();
  command->add_option("--output", arguments->output, "File to write")
      ->type_name("FILE")
      ->required();
  command->add_option("--seed", arguments->options.seed, "Of everything random")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--entities", arguments->options.entities, "Each has a reading a second")
      ->check(whole_number(1))
      ->capture_default_str();
  command->add_option("--lines", arguments->lines, "How many")
      ->check(whole_number())
      ->capture_default_str();
  command->footer(
      "Example:\n"
      "  retimu simulate throughput --entities 1000 --lines 1000000 --output events.jsonl");
  command->callback([arguments, &exit_code] { exit_code = throughput(*arguments); });
}

}  // namespace

void add_simulate(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "simulate", "Make readings whose faults are known, and compare them with what was told");
  command->require_subcommand(1);
  add_faults(*command, exit_code);
  add_readings(*command, exit_code);
  add_score(*command, exit_code);
  add_stream(*command, exit_code);
  add_throughput(*command, exit_code);
  command->footer("Example:\n  retimu simulate faults --help");
}

}  // namespace retimu::app
