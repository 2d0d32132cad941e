// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/file_arguments.hpp"
#include "app/outputs.hpp"
#include "app/plot.hpp"
#include "app/run_report.hpp"
#include "retimu/connectors/file_paths.hpp"
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/model_start.hpp"

#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct DetectArguments {
  std::vector<std::string> files, train;
  FileArguments reading;
  std::string config, model, output, alerts, plot;
  std::uint64_t train_rows = 0;
  std::uint64_t seed = 0;
  bool has_seed = false;
  bool json = false;
};

Result<void> check_outputs(const DetectArguments& arguments) {
  if (is_same_file(arguments.output, arguments.alerts)) {
    return failure(Fault::usage, "--output and --alerts are the same file: {}", arguments.output);
  }
  for (const std::string& output : {arguments.output, arguments.alerts, arguments.plot}) {
    for (const auto* inputs : {&arguments.files, &arguments.train}) {
      const Result<std::vector<std::string>> paths = find_paths(*inputs);
      if (!paths) continue;  // said when they are opened
      if (Result<void> apart = check_apart(output, *paths); !apart) return apart;
    }
    if (Result<void> apart = check_apart(output, {arguments.config, arguments.model}); !apart) {
      return apart;
    }
  }
  return {};
}

Result<Configuration> make_configuration(const DetectArguments& arguments) {
  Configuration configuration;
  configuration.file = "the command line";
  if (!arguments.config.empty()) {
    Result<Configuration> read = read_configuration(arguments.config);
    if (!read) return read;
    configuration = std::move(*read);
    if (configuration.source_count() > 0 || !configuration.sinks.empty() ||
        !configuration.data_dir.empty()) {
      return failure(Fault::usage,
                     "{}: detect takes its files and outputs from the command line: leave out "
                     "[[source]], [[sink]] and data_dir, or use `retimu run`",
                     arguments.config);
    }
  }
  if (arguments.config.empty() && !arguments.model.empty()) {
    const Result<Model> model = read_model(arguments.model);
    if (!model) return tl::unexpected(model.error());
    Result<Configuration> read = configuration_of(*model);
    if (!read) return read;
    configuration = std::move(*read);
    configuration.file = "the command line";
  }
  if (arguments.has_seed) configuration.seed = arguments.seed;
  if (Result<void> sound = check_file_arguments(arguments.reading); !sound) {
    return tl::unexpected(sound.error());
  }
  FileInput input = make_input(arguments.reading, arguments.files);
  for (const auto& [name, column] : configuration.columns) {
    if (column.is_ignored) input.ignore_if_present.push_back(name);
  }
  configuration.files = {std::move(input)};
  if (Result<void> apart = check_outputs(arguments); !apart) return tl::unexpected(apart.error());
  if (!arguments.alerts.empty()) configuration.sinks.push_back({"jsonl", arguments.alerts});
  const bool is_console_free = !arguments.json && arguments.alerts.empty();
  if (is_console_free) configuration.sinks.push_back({"console", ""});
  return configuration;
}

int detect(const DetectArguments& arguments) {
  const Result<Configuration> configuration = make_configuration(arguments);
  if (!configuration) return report(configuration.error());
  ServiceOptions options;
  options.train_rows = arguments.train_rows;
  options.model = arguments.model;
  if (!arguments.train.empty()) {
    options.training = {make_input(arguments.reading, arguments.train)};
    options.training[0].ignore_if_present = configuration->files[0].ignore_if_present;
  }
  options.scores_path = arguments.output;
  // Alerts are an output like any other: the file begins empty.
  if (!arguments.alerts.empty()) options.outputs.push_back(arguments.alerts);
  if (arguments.plot.empty()) return serve(*configuration, std::move(options), arguments.json);
  return serve_with_plot(*configuration, std::move(options), arguments.json,
                         {arguments.plot, fmt::format("{}", fmt::join(arguments.files, ", "))});
}

}  // namespace

void add_detect(CLI::App& program, int& exit_code) {
  CLI::App* command =
      program.add_subcommand("detect", "Find what is unusual in files, without configuration");
  auto arguments = std::make_shared<DetectArguments>();
  command
      ->add_option("FILE", arguments->files,
                   "CSV, TSV, JSON lines or logs, plain, gzip or zstd; globs")
      ->required();
  add_file_options(*command, arguments->reading);
  CLI::Option* rows =
      command->add_option("--train-rows", arguments->train_rows, "The first N records only teach")
          ->check(whole_number())
          ->type_name("N");
  CLI::Option* train =
      command->add_option("--train", arguments->train, "Files that only teach, read first")
          ->type_name("FILE..")
          ->excludes(rows);
  command
      ->add_option("--model", arguments->model,
                   "Begin with what `retimu train` learned, by its detectors if --config is not "
                   "given")
      ->type_name("FILE.model")
      ->excludes(rows)
      ->excludes(train);
  command
      ->add_option("--config", arguments->config,
                   "[columns], [detectors], [alerts], [limits] of a pipeline file")
      ->type_name("FILE");
  command->add_option("--seed", arguments->seed, "Of everything random")
      ->check(whole_number())
      ->each([arguments](const std::string&) { arguments->has_seed = true; });
  command->add_option("--output", arguments->output, "Scores, one line a record (CSV)")
      ->type_name("scores.csv");
  command->add_option("--alerts", arguments->alerts, "Alerts (JSON lines); else printed")
      ->type_name("alerts.jsonl");
  command
      ->add_option("--plot", arguments->plot,
                   "Picture of the most unusual columns (needs gnuplot): .png or .svg")
      ->type_name("FILE");
  command->add_flag("--json", arguments->json, "Print the summary as JSON");
  command->footer(
      "Examples:\n"
      "  retimu detect machine.csv\n"
      "  retimu detect 'rack*.csv.gz' --entity host --time ts --output scores.csv\n"
      "  retimu detect machine.csv --plot machine.png\n"
      "  retimu detect test.csv --train train.csv --alerts alerts.jsonl --json\n"
      "  retimu detect test.csv --model models/model-3f9a.model");
  command->callback([arguments, &exit_code] { exit_code = detect(*arguments); });
}

}  // namespace retimu::app
