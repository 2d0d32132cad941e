// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/file_arguments.hpp"
#include "app/list_models.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/training.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct TrainArguments {
  std::vector<std::string> files, detectors;
  FileArguments reading;
  std::string config, output = "models";
  std::uint64_t seed = 0;
  bool has_seed = false, json = false;
};

// Where the command line does not say how to read, the pipeline's only source does, of files or
// not.
FileInput training_input(const TrainArguments& arguments, const Configuration& configuration) {
  const FileArguments& reading = arguments.reading;
  const bool is_told = !reading.time.empty() || !reading.entity.empty() ||
                       !reading.ignore.empty() || !reading.pattern.empty() ||
                       !reading.delimiter.empty() || reading.format != "auto";
  const bool has_one = configuration.files.size() + configuration.live.size() == 1;
  if (is_told || configuration.simulator || !has_one) {
    return make_input(reading, arguments.files);
  }
  FileInput input =
      configuration.live.empty() ? configuration.files[0] : configuration.live[0].reading;
  input.paths = arguments.files;
  input.awaits_line_end = false;
  return input;
}

Result<void> use_detectors(const std::vector<std::string>& names, Configuration& configuration) {
  std::vector<DetectorConfiguration> chosen;
  for (const std::string& name : names) {
    if (find_detector(name) == nullptr) {
      return failure(Fault::usage, "unknown detector \"{}\"; see `retimu list detectors`", name);
    }
    const auto known =
        std::ranges::find(configuration.detectors, name, &DetectorConfiguration::name);
    const bool is_known = known != configuration.detectors.end();
    chosen.push_back(is_known ? *known : DetectorConfiguration{name, {}});
  }
  if (!chosen.empty()) configuration.detectors = std::move(chosen);
  return {};
}

Result<Configuration> make_configuration(const TrainArguments& arguments) {
  Configuration configuration;
  configuration.file = "the command line";
  if (!arguments.config.empty()) {
    Result<Configuration> read = read_configuration(arguments.config);
    if (!read) return read;
    configuration = std::move(*read);
  }
  if (arguments.has_seed) configuration.seed = arguments.seed;
  Result<void> sound = check_file_arguments(arguments.reading);
  if (sound) sound = use_detectors(arguments.detectors, configuration);
  if (!sound) return tl::unexpected(sound.error());
  FileInput input = training_input(arguments, configuration);
  for (const auto& [name, column] : configuration.columns) {
    if (column.is_ignored) input.ignore_if_present.push_back(name);
  }
  configuration.files = {std::move(input)};
  configuration.live.clear();
  configuration.simulator.reset();
  return configuration;
}

void print_summary(const Trained& trained, const std::string& path) {
  const ModelHeader& header = trained.model.header;
  fmt::print(stderr, "{} records of {} entities, {} columns{}{}\n", header.records, header.entities,
             header.columns.size(), header.first == time_none ? "" : ", ", range_text(header));
  if (header.rejected > 0) {
    fmt::print(stderr, "{} records could not be read:\n", header.rejected);
    for (const RejectedReason& reason : trained.rejected_reasons) {
      fmt::print(stderr, "  {}: {}\n", reason.count, printable(reason.example));
    }
  }
  for (const ModelDetector& detector : header.detectors) {
    if (detector.entities == 0) continue;
    fmt::print(stderr,
               "  {:<22} {:<8} {} of {} entities warm, {:.0f} scores behind the middle one\n",
               detector.name, detector.modality, detector.warm, detector.entities,
               detector.samples_middle);
  }
  for (const std::string& note : trained.source.notes) fmt::print(stderr, "note: {}\n", note);
  fmt::print(stderr, "{:.1f} s, {:.1f} MB:\n", trained.seconds,
             static_cast<double>(trained.model.bytes) / 1e6);
  fmt::print("{}\n", path);
}

int train_model(const TrainArguments& arguments) {
  const Result<Configuration> configuration = make_configuration(arguments);
  if (!configuration) return report(configuration.error());
  TrainingOptions options;
  options.program = RETIMU_VERSION;
  options.stop = &stop_requested();
  options.progress = [](const SourceReport& report) {
    draw_progress(report.bytes_read, report.bytes_total,
                  fmt::format("{} records learned", report.records));
  };
  Result<Trained> trained = train(*configuration, options);
  clear_progress_line();
  if (!trained) return report(trained.error());
  const Result<std::string> path = write_model(trained->model, arguments.output);
  if (!path) return report(path.error());
  if (arguments.json) {
    fmt::print("{}\n", to_json(trained->model, *path));
  } else {
    print_summary(*trained, *path);
  }
  return ExitCode::done;
}

}  // namespace

void add_train(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "train", "Learn from files that only teach, to a model that a pipeline may begin with");
  auto arguments = std::make_shared<TrainArguments>();
  command
      ->add_option("FILE", arguments->files,
                   "CSV, TSV, JSON lines or logs, plain, gzip or zstd; globs")
      ->required();
  add_file_options(*command, arguments->reading);
  command
      ->add_option("--config", arguments->config,
                   "The pipeline that will use the model; its only [[source]] says how to read, "
                   "unless options do")
      ->type_name("FILE");
  command
      ->add_option("--detectors", arguments->detectors,
                   "In place of the pipeline's, see `retimu list detectors`")
      ->delimiter(',')
      ->type_name("NAME,..");
  command->add_option("--seed", arguments->seed, "Of everything random")
      ->check(whole_number())
      ->each([arguments](const std::string&) { arguments->has_seed = true; });
  command->add_option("--output", arguments->output, "Folder of models, made if missing")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print what the model holds as JSON");
  command->footer(
      "The file is named by a hash of its bytes: the same data, configuration and program give "
      "the\n"
      "same one. Its path is printed.\n"
      "Examples:\n"
      "  retimu train january.csv february.csv --entity host --time ts\n"
      "  retimu train good.csv --detectors isolation_forest --output models\n"
      "  retimu train history.csv --config pipeline.toml\n"
      "  retimu run pipeline.toml --model models/model-3f9a.model");
  command->callback([arguments, &exit_code] { exit_code = train_model(*arguments); });
}

}  // namespace retimu::app
