// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/decision/budget.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/memory.hpp"
#include "retimu/engine/self_check.hpp"
#include "retimu/engine/surroundings.hpp"

#include <array>
#include <fmt/format.h>
#include <memory>

namespace retimu::app {

namespace {

struct CheckArguments {
  std::string pipeline;
  bool json = false;
};

constexpr std::array<std::size_t, 4> columns_shown = {1, 4, 16, 64};
constexpr std::array<std::size_t, 4> entities_shown = {1, 10, 100, 1'000};
constexpr std::array<std::pair<std::string_view, double>, 3> spans_shown = {
    {{"1 day", 1.0}, {"1 week", 7.0}, {"1 month", 30.0}}};

std::string megabytes(std::size_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void print_budget(double per_day) {
  fmt::print(
      "\nBudget: {} a day. Decades by which it lies beyond what is seen of an entity\n"
      "(0 or less: the data themselves show it; above 2: trust it only roughly):\n",
      per_day);
  fmt::print("  {:>9}", "entities");
  for (const auto& [name, days] : spans_shown) fmt::print(" {:>9}", name);
  fmt::print("\n");
  for (const std::size_t entities : entities_shown) {
    fmt::print("  {:>9}", entities);
    for (const auto& [name, days] : spans_shown) {
      fmt::print(" {:>9.1f}", extrapolation(per_day, static_cast<double>(entities), days));
    }
    fmt::print("\n");
  }
}

void print_text(const Configuration& configuration, const Pipeline& pipeline,
                const std::vector<SelfTest>& tests) {
  fmt::print("{}: {} source{}, {} detector{}, {} sink{}\n", configuration.file,
             configuration.files.size(), configuration.files.size() == 1 ? "" : "s",
             pipeline.detectors.size(), pipeline.detectors.size() == 1 ? "" : "s",
             configuration.sinks.size(), configuration.sinks.size() == 1 ? "" : "s");
  fmt::print("\nSelf-test: each detector on its own specimen\n");
  for (const SelfTest& test : tests) {
    fmt::print("  {:<20} {}  anomaly p = {}, usual events p >= {}\n", test.detector,
               test.has_passed ? "passed" : "FAILED", format_p_value(test.anomaly_p, 2),
               format_p_value(test.usual_p_min, 2));
  }
  fmt::print("\nMemory an entity, everything in it\n");
  for (const std::size_t columns : columns_shown) {
    const std::size_t bytes = entity_bytes(pipeline, columns);
    fmt::print("  {:>3} column{} {:>8} bytes, at most {} for entities_max = {}\n", columns,
               columns == 1 ? " " : "s", bytes,
               megabytes(fixed_bytes(shard_count(configuration)) + bytes * pipeline.entities_max),
               pipeline.entities_max);
  }
  if (pipeline.budget_per_day > 0) print_budget(pipeline.budget_per_day);
}

// A JSON list of texts.
template <class List, class Text>
std::string list_json(const List& list, Text text_of) {
  std::string text = "[";
  for (const auto& one : list) {
    if (text.size() > 1) text += ',';
    append_json_string(text, text_of(one));
  }
  return text + "]";
}

void print_json(const Configuration& configuration, const Pipeline& pipeline,
                const std::vector<SelfTest>& tests, const Surroundings& around) {
  std::string text = fmt::format(
      "{{\"sources\":{},\"sinks\":{},\"entities_max\":{},\"fixed_bytes\":{},\"entity_bytes\":{{",
      configuration.files.size(), configuration.sinks.size(), pipeline.entities_max,
      fixed_bytes(shard_count(configuration)));
  std::string_view separator;
  for (const std::size_t columns : columns_shown) {
    text += fmt::format("{}\"{}\":{}", separator, columns, entity_bytes(pipeline, columns));
    separator = ",";
  }
  text += "},\"self_tests\":[";
  separator = "";
  for (const SelfTest& test : tests) {
    text +=
        fmt::format("{}{{\"detector\":\"{}\",\"passed\":{},\"anomaly_p\":{},\"usual_p_min\":{}}}",
                    separator, test.detector, test.has_passed, format_p_value(test.anomaly_p, 3),
                    format_p_value(test.usual_p_min, 3));
    separator = ",";
  }
  fmt::print("{}],\"errors\":{},\"warnings\":{}}}\n", text,
             list_json(around.errors, [](const Error& error) { return error.message; }),
             list_json(around.warnings, [](const std::string& warning) { return warning; }));
}

int check(const CheckArguments& arguments) {
  const Result<Configuration> configuration = read_configuration(arguments.pipeline);
  if (!configuration) return report(configuration.error());
  if (configuration->files.empty()) {
    return report({Fault::usage, configuration->file + ": no [[source]]; a pipeline needs one"});
  }
  Columns columns;
  const auto pipeline = build_pipeline(*configuration, columns);
  if (!pipeline) return report(pipeline.error());
  const Result<std::vector<SelfTest>> tests = run_self_tests(*configuration);
  if (!tests) return report(tests.error());
  const Surroundings around = check_surroundings(*configuration);
  int exit_code = ExitCode::done;
  for (const std::string& warning : around.warnings) warn(warning);
  for (const Error& error : around.errors) {
    const int code = report(error);
    if (exit_code == ExitCode::done) exit_code = code;
  }
  if (arguments.json) {
    print_json(*configuration, **pipeline, *tests, around);
  } else {
    print_text(*configuration, **pipeline, *tests);
  }
  for (const SelfTest& test : *tests) {
    if (!test.has_passed && exit_code == ExitCode::done) exit_code = ExitCode::failed;
  }
  return exit_code;
}

}  // namespace

void add_check(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "check",
      "Validate a pipeline, its files and folders, estimate its memory, try its detectors");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("PIPELINE", arguments->pipeline, "Pipeline file (TOML)")->required();
  command->add_flag("--json", arguments->json, "The findings as JSON");
  command->footer("Example:\n  retimu check pipeline.toml");
  command->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace retimu::app
