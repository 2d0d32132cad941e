// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/run_report.hpp"
#include "app/watch.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

namespace retimu::app {

namespace {

struct RunArguments {
  std::string pipeline, model;
  std::vector<std::string> entity;
  bool json = false;
  bool accept = false;
  bool watch = false;
};

Result<Configuration> read(const RunArguments& arguments) {
  Result<Configuration> configuration =
      arguments.pipeline == "-" ? parse_configuration("[[source]]\ntype = \"stdin\"\n", "-")
                                : read_configuration(arguments.pipeline);
  if (!configuration) return configuration;
  if (!arguments.entity.empty() && arguments.pipeline != "-") {
    return failure(Fault::usage,
                   "--entity is for `retimu run -`; in a pipeline the [[source]] says what is "
                   "watched");
  }
  for (LiveSource& source : configuration->live) {
    if (!arguments.entity.empty()) source.reading.entity = arguments.entity;
  }
  if (configuration->sinks.empty() && !arguments.json) {
    configuration->sinks.push_back({"console", ""});
  }
  return configuration;
}

int run(const RunArguments& arguments) {
  const Result<Configuration> configuration = read(arguments);
  if (!configuration) return report(configuration.error());
  ServiceOptions options;
  options.note = [](const Error& error) { (void)report(error); };
  options.accepts_other_pipeline = arguments.accept;
  options.model = arguments.model;
  options.hung_up = &reload_requested();
  options.read_again = [&] { return read(arguments); };
  if (!arguments.watch) return serve(*configuration, std::move(options), arguments.json);
  return serve_watched(std::move(*configuration), std::move(options), arguments.pipeline);
}

}  // namespace

void add_run(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("run", "Run a pipeline; it goes on where it was");
  auto arguments = std::make_shared<RunArguments>();
  command
      ->add_option("PIPELINE", arguments->pipeline,
                   "Pipeline file (TOML); - watches what comes on standard input, by defaults")
      ->required();
  command->add_option("--entity", arguments->entity,
                      "With -: columns or JSON pointers that name what is watched");
  command->add_flag("--json", arguments->json, "Print the summary as JSON");
  command
      ->add_flag("--watch", arguments->watch,
                 "Show it on the terminal: the most unusual column, the latest alerts, how fast")
      ->excludes("--json");
  command->add_flag("--accept-other-pipeline", arguments->accept,
                    "Go on with a data_dir that another configuration wrote; detectors that it "
                    "does not know learn anew");
  command
      ->add_option("--model", arguments->model,
                   "Begin a new data_dir with what `retimu train` learned; one that began with it "
                   "goes on")
      ->type_name("FILE.model");
  command->footer(
      "Ctrl-C or SIGTERM: what was read is judged, committed and snapshotted, then it ends.\n"
      "SIGHUP: the pipeline file is read again; see `retimu control`.\n"
      "Examples:\n"
      "  retimu run pipeline.toml\n"
      "  journalctl --follow --output json | retimu run - --entity _HOSTNAME\n"
      "  retimu run pipeline.toml --json > summary.json\n"
      "  retimu run pipeline.toml --model models/model-3f9a….model");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace retimu::app
