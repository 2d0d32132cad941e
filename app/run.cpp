// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/own_log.hpp"
#include "app/run_report.hpp"
#include "app/watch.hpp"
#include "retimu/engine/start_report.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <malloc.h>
#include <map>
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
  LogLevel log_level = LogLevel::warning;
  bool log_json = false;
  bool watch = false;
};

const std::map<std::string, LogLevel> log_levels = {{"debug", LogLevel::debug},
                                                    {"info", LogLevel::info},
                                                    {"warning", LogLevel::warning},
                                                    {"error", LogLevel::error}};
const std::map<std::string, bool> log_formats = {{"text", false}, {"json", true}};

void tell_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) OwnLog::tell(LogLevel::info, line);
}

void tell_start(const StartReport& report) {
  OwnLog::tell(LogLevel::info, "started", {{"version", RETIMU_VERSION}});
  tell_lines(start_lines(report));
}

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

// glibc raises this bound to the largest block that was freed, and keeps all that lie below it:
// what a burst needed once would stay for the months that a pipeline runs.
constexpr int returned_bytes_min = 512 * 1024;  // of a block that goes back to the system

int run(const RunArguments& arguments) {
  (void)::mallopt(M_MMAP_THRESHOLD, returned_bytes_min);
  const Result<Configuration> configuration = read(arguments);
  if (!configuration) return report(configuration.error());
  ServiceOptions options;
  OwnLog::begin(arguments.log_level, arguments.log_json);
  options.note = [](const Error& error) { OwnLog::tell(LogLevel::warning, error.message); };
  options.debug = [](const std::string& text) { OwnLog::tell(LogLevel::debug, text); };
  if (arguments.log_level <= LogLevel::info) {
    options.started = tell_start;
    options.warming = tell_lines;
  }
  options.health = [](const Alert& alert) {
    const bool is_over = alert.change == Change::resolved;
    OwnLog::tell(is_over ? LogLevel::info : LogLevel::warning, alert.sentence,
                 {{"severity", std::string(name_of(alert.severity))}});
  };
  options.listening = [](std::uint16_t port) {
    OwnLog::tell(LogLevel::info, "listening", {{"port", std::to_string(port)}});
  };
  options.accepts_other_pipeline = arguments.accept;
  options.model = arguments.model;
  if (!arguments.watch) {  // which knows the columns of one engine
    options.hung_up = &reload_requested();
    options.read_again = [&] { return read(arguments); };
  }
  if (arguments.watch) {
    return serve_watched(std::move(*configuration), std::move(options), arguments.pipeline);
  }
  const int code = serve(*configuration, std::move(options), arguments.json);
  OwnLog::tell(LogLevel::info, "stopped", {{"exit_code", std::to_string(code)}});
  return code;
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
  command->add_flag("--json", arguments->json, "Print the summary as JSON, on the last line");
  command
      ->add_flag("--watch", arguments->watch,
                 "Show it on the terminal: the most unusual column, the latest alerts, how fast")
      ->excludes("--json");
  command->add_flag("--accept-other-pipeline", arguments->accept,
                    "Go on with a data_dir that another configuration wrote; detectors that it "
                    "does not know learn anew");
  command
      ->add_option("--log-level", arguments->log_level,
                   "Least level of what it says of its own doings on standard error: debug, info, "
                   "warning (default) or error")
      ->type_name("LEVEL")
      ->transform(CLI::CheckedTransformer(log_levels).description(""));
  command
      ->add_option("--log-format", arguments->log_json,
                   "text (default), or json: a line {ts, level, message, fields} each")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(log_formats).description(""));
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
      "  retimu run pipeline.toml --model models/model-3f9a.model");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace retimu::app
