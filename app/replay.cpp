// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/outputs.hpp"
#include "app/replay_inputs.hpp"
#include "app/replay_report.hpp"
#include "app/run_report.hpp"
#include "retimu/connectors/pace.hpp"
#include "retimu/engine/inspection.hpp"
#include "retimu/engine/paced_source.hpp"
#include "retimu/simulator/output_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <thread>

namespace retimu::app {

namespace {

struct ReplayArguments {
  std::vector<std::string> recording;
  std::string config, model, speed = "max", alerts, labels;
  std::vector<std::string> compare;
  bool digest = false;
  bool json = false;
};

// The pipeline as it judges the recording: nothing is kept, and nothing told but what is asked for.
// Nobody looks after it: address and heartbeat are those of the pipeline that runs.
Result<Configuration> configuration_of(const ReplayArguments& arguments, const std::string& path,
                                       bool is_journal) {
  Result<Configuration> configuration = read_configuration(path);
  if (!configuration) return configuration;
  std::vector<std::string> used = {path, arguments.model, arguments.labels};
  for (const SinkConfiguration& sink : configuration->sinks) used.push_back(sink.path);
  if (Result<void> apart = check_apart(arguments.alerts, used); !apart) {
    return tl::unexpected(apart.error());
  }
  configuration->data_dir.clear();
  configuration->sinks.clear();
  configuration->server = {};
  if (configuration->simulator) configuration->simulator->labels.clear();
  if (is_journal && configuration->live.empty() && configuration->simulator) {
    configuration->simulator->speed = 0;  // its records are made anew, at --speed
    return configuration;
  }
  configuration->simulator.reset();
  if (is_journal) {
    configuration->files.clear();
    const std::string& data_dir = arguments.recording[0];
    if (configuration->live.empty() && !std::filesystem::exists(data_dir + "/journal")) {
      return failure(Fault::usage,
                     "{}: has no journal, as its pipeline read files: name these, `retimu replay "
                     "FILE... --config {}`",
                     data_dir, path);
    }
    if (configuration->live.empty()) {
      return failure(Fault::usage,
                     "{}: has no live [[source]] that could say how the journal's records are to "
                     "be read; give the pipeline that recorded them, or a changed copy",
                     path);
    }
    return configuration;
  }
  Result<std::vector<FileInput>> inputs = inputs_of(*configuration, arguments.recording);
  if (!inputs) return tl::unexpected(inputs.error());
  for (const FileInput& input : *inputs) {
    if (Result<void> apart = check_apart(arguments.alerts, input.paths); !apart) {
      return tl::unexpected(apart.error());
    }
  }
  configuration->files = std::move(*inputs);
  configuration->live.clear();
  return configuration;
}

struct Replayed {
  Result<ServiceSummary> summary{ServiceSummary{}};
  ToldEpisodes episodes;
};

void replay_one(const Configuration& configuration, ServiceOptions options, Replayed& to) {
  const auto told = options.told;
  options.told = [&to, told](const Alert& alert) {
    to.episodes.add(alert);
    if (told) told(alert);
  };
  to.summary = run_service(configuration, options);
}

ServiceOptions options_of(const ReplayArguments& arguments, double speed, bool is_journal) {
  ServiceOptions options;
  options.stop = &stop_requested();
  options.note = [](const Error& error) { (void)report(error); };
  options.describes_entities = true;
  options.model = arguments.model;
  if (is_journal) options.recording = arguments.recording[0];
  if (speed > 0) {
    options.wrap_source = [speed](std::unique_ptr<Source> source) {
      return paced(std::move(source), speed, &stop_requested());
    };
  }
  return options;
}

Result<std::vector<LabelledSpan>> labels_of(const ReplayArguments& arguments) {
  if (arguments.labels.empty()) return std::vector<LabelledSpan>();
  const Result<std::string> text = read_whole(arguments.labels);
  if (!text) return tl::unexpected(text.error());
  return parse_labelled_spans(*text, arguments.labels);
}

int compare(const ReplayArguments& arguments, double speed, bool is_journal) {
  const Result<std::vector<LabelledSpan>> labels = labels_of(arguments);
  if (!labels) return report(labels.error());
  std::vector<Configuration> configurations;
  for (const std::string& path : arguments.compare) {
    Result<Configuration> configuration = configuration_of(arguments, path, is_journal);
    if (!configuration) return report(configuration.error());
    configurations.push_back(std::move(*configuration));
  }
  Replayed a, b;
  ServiceOptions options = options_of(arguments, speed, is_journal);
  std::thread other([&] { replay_one(configurations[1], options, b); });
  ServiceOptions first = options;
  first.progress = progress_line();
  replay_one(configurations[0], first, a);
  other.join();
  clear_progress_line();
  for (const Replayed* one : {&a, &b}) {
    if (!one->summary) return report(one->summary.error());
  }
  const ComparedReplays compared{
      arguments.compare[0], arguments.compare[1], a.summary->engine.records,
      &a.episodes,          &b.episodes,          *labels};
  fmt::print("{}", arguments.json ? to_json(compared) : to_text(compared));
  return ExitCode::done;
}

int replay(const ReplayArguments& arguments) {
  const std::optional<double> speed = parse_speed(arguments.speed);
  if (!speed) {
    return report({Fault::usage, fmt::format("--speed takes max, or a number such as 60x, not "
                                             "\"{}\"",
                                             arguments.speed)});
  }
  const bool is_journal =
      arguments.recording.size() == 1 && std::filesystem::is_directory(arguments.recording[0]);
  if (!arguments.compare.empty()) return compare(arguments, *speed, is_journal);
  if (arguments.config.empty()) {
    return report({Fault::usage, "name a pipeline by --config, or two by --compare"});
  }
  if (!arguments.labels.empty() && (arguments.json || arguments.digest)) {
    return report({Fault::usage,
                   "--labels with one pipeline is told as text: leave out --json and "
                   "--digest, or give two by --compare"});
  }
  Result<Configuration> configuration = configuration_of(arguments, arguments.config, is_journal);
  if (!configuration) return report(configuration.error());
  const Result<std::vector<LabelledSpan>> labels = labels_of(arguments);
  if (!labels) return report(labels.error());
  ServiceOptions options = options_of(arguments, *speed, is_journal);
  ToldEpisodes episodes;
  if (!labels->empty()) options.told = [&](const Alert& alert) { episodes.add(alert); };
  if (!arguments.alerts.empty()) {
    configuration->sinks.push_back({"jsonl", arguments.alerts});
    options.outputs.push_back(arguments.alerts);
  } else if (!arguments.json && !arguments.digest && labels->empty()) {
    configuration->sinks.push_back({"console", ""});
  }
  if (!arguments.digest) {
    const int code = serve(*configuration, std::move(options), arguments.json);
    if (!labels->empty() && !arguments.json) fmt::print("{}", to_text(*labels, episodes));
    return code;
  }
  options.progress = progress_line();
  const Result<ServiceSummary> summary = run_service(*configuration, options);
  clear_progress_line();
  if (!summary) return report(summary.error());
  std::vector<EntityReport> entities = summary->entities;
  std::ranges::sort(entities, {}, &EntityReport::name);
  for (const EntityReport& entity : entities) {
    fmt::print("{:016x} {} {}\n", entity.digest, entity.events, entity.name);
  }
  fmt::print("{:016x}\n", digest_of(entities));
  return ExitCode::done;
}

}  // namespace

void add_replay(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "replay", "A recording through a pipeline, which says of it what it said live");
  auto arguments = std::make_shared<ReplayArguments>();
  command
      ->add_option("RECORDING", arguments->recording,
                   "A data_dir, whose journal has what live sources sent, or files")
      ->required();
  CLI::Option* config = command->add_option("--config", arguments->config, "Pipeline file (TOML)")
                            ->type_name("PIPELINE");
  CLI::Option* both =
      command
          ->add_option("--compare", arguments->compare,
                       "Two pipelines side by side: episodes gained, lost, earlier, later")
          ->expected(2)
          ->type_name("A B")
          ->excludes(config);
  command
      ->add_option("--model", arguments->model,
                   "Begin with what `retimu train` learned, as the data_dir did")
      ->type_name("FILE.model");
  command->add_option("--speed", arguments->speed, "max, or times the speed of its clock: 1x, 60x")
      ->capture_default_str();
  command->add_option("--alerts", arguments->alerts, "Alerts (JSON lines); else printed")
      ->type_name("alerts.jsonl")
      ->excludes(both);
  command
      ->add_option("--labels", arguments->labels,
                   "What was wrong when: which faults each pipeline found, missed, made up")
      ->type_name("LABELS.csv");
  command
      ->add_flag("--digest", arguments->digest,
                 "Print digests: DIGEST EVENTS ENTITY, then that of all")
      ->excludes(both);
  command->add_flag("--json", arguments->json, "Print the summary or the comparison as JSON");
  command->footer(
      "Nothing is kept. A journal holds what came since its oldest part was deleted, see [limits]\n"
      "journal_bytes; detectors begin without what they learned before, or with --model. What\n"
      "people asked for then (`retimu control`) is asked for again. Labels are CSV with begin and\n"
      "end, and entity and fault if known.\n"
      "Examples:\n"
      "  retimu replay state --config pipeline.toml\n"
      "  retimu replay state --config pipeline.toml --speed 60x\n"
      "  retimu replay state --compare pipeline.toml candidate.toml\n"
      "  retimu replay 'day*.csv.gz' --config pipeline.toml --alerts alerts.jsonl\n"
      "  retimu replay 'day*.csv' --compare pipeline.toml candidate.toml --labels labels.csv");
  command->callback([arguments, &exit_code] { exit_code = replay(*arguments); });
}

}  // namespace retimu::app
