// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/simulate_recording.hpp"
#include "app/simulate_score.hpp"
#include "app/simulate_stream.hpp"
#include "retimu/simulator/throughput.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct ThroughputArguments {
  ThroughputOptions options;
  std::uint64_t lines = 1'000'000;
  std::string output;
};

int throughput(const ThroughputArguments& arguments) {
  const auto written = write_throughput(arguments.options, arguments.lines, arguments.output);
  if (!written) return report(written.error());
  return ExitCode::done;
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
