// SPDX-License-Identifier: Apache-2.0
#include "app/simulate_recording.hpp"

#include "app/label_json.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

std::string catalogue_text() {
  std::string text = "Faults:\n";
  for (const WorldFault& fault : world_faults()) {
    text += fmt::format("  {:<18} {:<8} {}\n", fault.name, fault.kind, fault.story);
  }
  return text;
}

// What one of the two commands has of its own.
struct Faults {
  using Options = WorldOptions;
  static constexpr std::string_view name = "faults";
  static constexpr std::string_view summary =
      "Readings, logs and alarms of a plant and its network, with faults and a pipeline";
  static constexpr std::string_view entities =
      "Of every ten: a link, three hosts behind it with a service each, three pumps";
  static constexpr std::uint64_t entities_min = 10, entities_max = 10'000;

  static Result<WorldSimulation> write(const Options& options, const std::string& folder) {
    return write_world(options, folder);
  }
  static void add_options(CLI::App& command, Options& options) {
    command.add_option("--kinds", options.kinds, "Of faults, see below; else all")
        ->type_name("FAULT...");
  }
  static std::string footer() {
    return catalogue_text() +
           "The same options give the same files on every machine.\n"
           "Example:\n"
           "  retimu simulate faults --output world --seed 7\n"
           "  (cd world && retimu run pipeline.toml)\n"
           "  retimu simulate score world";
  }

  static std::string text(const WorldSimulation& simulation, const std::string& folder) {
    const WorldCounts& counts = simulation.counts;
    std::string text = fmt::format("{} entities, {} to {}, with {} faults\n",
                                   simulation.options.entities, format_time(simulation.begin),
                                   format_time(simulation.end), simulation.labels.size());
    text += fmt::format("  {}/metrics.jsonl   {} readings\n", folder, counts.readings);
    text += fmt::format("  {}/system.log      {} log messages\n", folder, counts.lines);
    text +=
        fmt::format("  {}/alarms.jsonl    {} alarms raised and cleared\n", folder, counts.alarms);
    text += fmt::format("  {}/labels.csv      the faults; recording.csv: the seed\n", folder);
    return text + fmt::format("  {}/edges.csv       who feeds whom\n", folder);
  }
  static std::string json(const WorldSimulation& simulation) {
    return fmt::format(
        "\"seed\":{},\"entities\":{},\"readings\":{},\"log_messages\":{},\"alarms\":{},"
        "\"begin\":\"{}\",\"end\":\"{}\"",
        simulation.options.seed, simulation.options.entities, simulation.counts.readings,
        simulation.counts.lines, simulation.counts.alarms, format_time(simulation.begin),
        format_time(simulation.end));
  }
};

struct Readings {
  using Options = FaultsOptions;
  static constexpr std::string_view name = "readings";
  static constexpr std::string_view summary =
      "Readings alone, of pumps, hosts and links, with faults of single entities";
  static constexpr std::string_view entities = "Pumps, hosts and links, together";
  static constexpr std::uint64_t entities_min = 1, entities_max = INT64_MAX;

  static Result<FaultsSimulation> write(const Options& options, const std::string& folder) {
    return write_faults(options, folder);
  }
  static void add_options(CLI::App&, Options&) {}
  static std::string footer() {
    return "The same options give the same readings on every machine.\n"
           "Example:\n"
           "  retimu simulate readings --output plant --seed 7\n"
           "  (cd plant && retimu run pipeline.toml)\n"
           "  retimu simulate score plant";
  }

  static std::string text(const FaultsSimulation& simulation, const std::string& folder) {
    const Recording& recording = simulation.recording;
    return fmt::format(
        "{0} readings of {1} entities, {2} to {3}, with {4} faults\n"
        "  {5}/events.jsonl    the readings\n"
        "  {5}/labels.csv      the faults: what, where, when; recording.csv: the seed\n",
        recording.readings, recording.entities, format_time(recording.begin),
        format_time(recording.end), simulation.labels.size(), folder);
  }
  static std::string json(const FaultsSimulation& simulation) {
    const Recording& recording = simulation.recording;
    return fmt::format(
        "\"seed\":{},\"entities\":{},\"readings\":{},\"begin\":\"{}\",\"end\":\"{}\"",
        recording.seed, recording.entities, recording.readings, format_time(recording.begin),
        format_time(recording.end));
  }
};

template <class Kind>
struct Arguments {
  typename Kind::Options options;
  std::string output, interval = "10s";
  bool json = false;
};

template <class Kind>
int simulate(Arguments<Kind>& arguments) {
  const std::optional<Duration> interval = parse_duration(arguments.interval);
  if (!interval) {
    return report({Fault::usage, fmt::format("--interval: {} is no duration; write 10s or 1m",
                                             arguments.interval)});
  }
  arguments.options.interval = *interval;
  const auto simulation = Kind::write(arguments.options, arguments.output);
  if (!simulation) return report(simulation.error());
  if (arguments.json) {
    const std::string labels =
        json_list(simulation->labels, [](const auto& label) { return label_json(label); });
    fmt::print("{{{},\"faults\":{}}}\n", Kind::json(*simulation), labels);
  } else {
    fmt::print("{}  {}/pipeline.toml   for `retimu run`\n",
               Kind::text(*simulation, arguments.output), arguments.output);
  }
  return ExitCode::done;
}

template <class Kind>
void add(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(std::string(Kind::name), std::string(Kind::summary));
  auto arguments = std::make_shared<Arguments<Kind>>();
  typename Kind::Options& options = arguments->options;
  command->add_option("--output", arguments->output, "Folder to write; made if missing")
      ->type_name("DIR")
      ->required();
  command->add_option("--seed", options.seed, "Of everything random")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--entities", options.entities, std::string(Kind::entities))
      ->check(whole_number(Kind::entities_min, Kind::entities_max))
      ->capture_default_str();
  command->add_option("--hours", options.hours, "Length of the recording")->capture_default_str();
  command->add_option("--interval", arguments->interval, "Between two readings of an entity")
      ->type_name("DURATION")
      ->capture_default_str();
  command->add_option("--faults", options.faults, "How many; none happens in the first quarter")
      ->check(whole_number())
      ->capture_default_str();
  Kind::add_options(*command, options);
  command->add_flag("--json", arguments->json, "Print the faults as JSON");
  command->footer(Kind::footer());
  command->callback([arguments, &exit_code] { exit_code = simulate(*arguments); });
}

}  // namespace

void add_faults(CLI::App& parent, int& exit_code) { add<Faults>(parent, exit_code); }
void add_readings(CLI::App& parent, int& exit_code) { add<Readings>(parent, exit_code); }

}  // namespace retimu::app
