// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/decision/budget.hpp"
#include "retimu/decision/budget_reach.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/memory.hpp"
#include "retimu/engine/self_check.hpp"
#include "retimu/engine/start_report.hpp"
#include "retimu/engine/surroundings.hpp"
#include "retimu/rules/rule_book.hpp"

#include <array>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace retimu::app {

namespace {

struct CheckArguments {
  std::string pipeline;
  bool json = false;
};

constexpr std::array<std::size_t, 4> columns_shown = {1, 4, 16, 64};
constexpr std::array<std::size_t, 4> entities_shown = {1, 10, 100, 1'000};
constexpr std::array<std::pair<std::string_view, double>, 3> rates_shown = {
    {{"second", 86'400.0}, {"minute", 1'440.0}, {"hour", 24.0}}};
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
  fmt::print("Can it be kept to, and when is anything told at all:\n");
  for (const auto& [rate, readings_a_day] : rates_shown) {
    for (const std::size_t entities : entities_shown) {
      const BudgetReach reach =
          budget_reach(per_day, static_cast<double>(entities), readings_a_day);
      fmt::print("  {:>9} a reading every {:<6}  {}\n", entities, rate, reach_text(reach));
    }
  }
}

// What the examples of the rules came to.
struct RuleChecks {
  std::size_t rules = 0, examples = 0;
  std::size_t entity_bytes_max = 0;  // of one that all rules are for
  std::vector<std::string> failed;   // a sentence each
};

Result<RuleChecks> check_rules(const Configuration& configuration, Columns& columns) {
  const Result<std::unique_ptr<RuleBook>> book = build_rules(configuration, columns);
  if (!book) return tl::unexpected(book.error());
  RuleChecks checks;
  checks.rules = configuration.rules.size();
  checks.entity_bytes_max = (*book)->bytes(0) + (*book)->allocated_bytes_max();
  for (const Rule& rule : configuration.rules) {
    checks.examples += rule.examples.size();
    for (std::size_t i = 0; i < rule.examples.size(); ++i) {
      if (std::optional<std::string> failed = failed_example(rule, i)) {
        checks.failed.push_back(std::move(*failed));
      }
    }
  }
  return checks;
}

void print_rules(const RuleChecks& checks) {
  if (checks.rules == 0) return;
  fmt::print("\nRules: {}, at most {} bytes an entity; {} of {} example{} passed\n", checks.rules,
             checks.entity_bytes_max, checks.examples - checks.failed.size(), checks.examples,
             checks.examples == 1 ? "" : "s");
  for (const std::string& failed : checks.failed) fmt::print("  FAILED  {}\n", failed);
}

// What is smaller than any double is no figure for people.
std::string compared(std::string_view sign, double log10_p) {
  constexpr double shown_min = -300;
  if (log10_p < shown_min) return "< 1e-300";
  return fmt::format("{} {}", sign, format_p_value(log10_p, 2));
}

void print_text(const Configuration& configuration, const Pipeline& pipeline,
                const std::vector<SelfTest>& tests, const RuleChecks& rules,
                const StartReport& start) {
  fmt::print("{}: {} source{}, {} detector{}, {} sink{}\n", configuration.file,
             configuration.source_count(), configuration.source_count() == 1 ? "" : "s",
             pipeline.detectors.size(), pipeline.detectors.size() == 1 ? "" : "s",
             configuration.sinks.size(), configuration.sinks.size() == 1 ? "" : "s");
  fmt::print("\nSelf-test: each detector on its own specimen\n");
  for (const SelfTest& test : tests) {
    fmt::print("  {:<20} {}  anomaly p {}, usual events p {}\n", test.detector,
               test.has_passed ? "passed" : "FAILED", compared("=", test.anomaly_p),
               compared(">=", test.usual_p_min));
  }
  fmt::print("\nAt its start\n");
  for (const std::string& line : start_lines(start)) fmt::print("  {}\n", line);
  print_rules(rules);
  fmt::print("\nMemory an entity, everything in it\n");
  for (const std::size_t columns : columns_shown) {
    const std::size_t bytes = entity_bytes(pipeline, columns);
    fmt::print("  {:>3} column{} {:>8} bytes, at most {} for entities_max = {}\n", columns,
               columns == 1 ? " " : "s", bytes,
               megabytes(fixed_bytes(shard_count(configuration)) + bytes * pipeline.entities_max),
               pipeline.entities_max);
  }
  for (const Modality modality : {Modality::logs, Modality::alarms}) {
    const std::size_t bytes = modality_bytes(pipeline, modality);
    if (bytes == 0) continue;
    fmt::print("  with {:<6} {:>9} bytes more, and what is known of its {}\n", name_of(modality),
               bytes, modality == Modality::logs ? "messages" : "codes");
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
                const std::vector<SelfTest>& tests, const RuleChecks& rules,
                const Surroundings& around) {
  std::string text = fmt::format(
      "{{\"sources\":{},\"sinks\":{},\"entities_max\":{},\"fixed_bytes\":{},\"entity_bytes\":{{",
      configuration.source_count(), configuration.sinks.size(), pipeline.entities_max,
      fixed_bytes(shard_count(configuration)));
  std::string_view separator;
  for (const std::size_t columns : columns_shown) {
    text += fmt::format("{}\"{}\":{}", separator, columns, entity_bytes(pipeline, columns));
    separator = ",";
  }
  text += fmt::format("}},\"logs_bytes\":{},\"alarms_bytes\":{},\"self_tests\":[",
                      modality_bytes(pipeline, Modality::logs),
                      modality_bytes(pipeline, Modality::alarms));
  separator = "";
  for (const SelfTest& test : tests) {
    text +=
        fmt::format("{}{{\"detector\":\"{}\",\"passed\":{},\"anomaly_p\":{},\"usual_p_min\":{}}}",
                    separator, test.detector, test.has_passed, format_p_value(test.anomaly_p, 3),
                    format_p_value(test.usual_p_min, 3));
    separator = ",";
  }
  const auto as_it_is = [](const std::string& sentence) { return sentence; };
  text += fmt::format("],\"rules\":{{\"count\":{},\"examples\":{},\"failed\":{}}}", rules.rules,
                      rules.examples, list_json(rules.failed, as_it_is));
  fmt::print("{},\"errors\":{},\"warnings\":{}}}\n", text,
             list_json(around.errors, [](const Error& error) { return error.message; }),
             list_json(around.warnings, as_it_is));
}

int check(const CheckArguments& arguments) {
  const Result<Configuration> configuration = read_configuration(arguments.pipeline);
  if (!configuration) return report(configuration.error());
  if (configuration->source_count() == 0) {
    return report({Fault::usage, configuration->file + ": no [[source]]; a pipeline needs one"});
  }
  Columns columns;
  const auto pipeline = build_pipeline(*configuration, columns);
  if (!pipeline) return report(pipeline.error());
  const Result<std::vector<SelfTest>> tests = run_self_tests(*configuration);
  if (!tests) return report(tests.error());
  const Result<RuleChecks> rules = check_rules(*configuration, columns);
  if (!rules) return report(rules.error());
  const Surroundings around = check_surroundings(*configuration);
  int exit_code = ExitCode::done;
  for (const std::string& warning : around.warnings) warn(warning);
  for (const Error& error : around.errors) {
    const int code = report(error);
    if (exit_code == ExitCode::done) exit_code = code;
  }
  if (arguments.json) {
    print_json(*configuration, **pipeline, *tests, *rules, around);
  } else {
    print_text(*configuration, **pipeline, *tests, *rules,
               make_start_report(*configuration, columns, *tests, 0));
  }
  if (!rules->failed.empty() && exit_code == ExitCode::done) exit_code = ExitCode::failed;
  for (const SelfTest& test : *tests) {
    if (!test.has_passed && exit_code == ExitCode::done) exit_code = ExitCode::failed;
  }
  return exit_code;
}

}  // namespace

void add_check(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "check",
      "Validate a pipeline, its files and folders, estimate its memory, try its detectors and "
      "the examples of its rules");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("PIPELINE", arguments->pipeline, "Pipeline file (TOML)")->required();
  command->add_flag("--json", arguments->json, "The findings as JSON");
  command->footer("Example:\n  retimu check pipeline.toml");
  command->callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace retimu::app
