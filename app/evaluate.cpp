// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "app/evaluate_alarms.hpp"
#include "app/evaluate_incidents.hpp"
#include "app/evaluate_logs.hpp"
#include "app/evaluate_sessions.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/evaluation/compare.hpp"
#include "retimu/evaluation/compare_grid.hpp"
#include "retimu/evaluation/engine_scorer.hpp"
#include "retimu/evaluation/evaluate.hpp"
#include "retimu/evaluation/online.hpp"
#include "retimu/evaluation/references.hpp"
#include "retimu/evaluation/report.hpp"
#include "retimu/evaluation/score_file.hpp"
#include "retimu/evaluation/table.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <thread>
#include <unistd.h>

namespace retimu::app {

namespace {

struct EvaluateArguments {
  std::string set, data, config, detector, report, scores, labels;
  std::vector<std::string> compare;
  std::size_t jobs = 0;
  bool online = false, json = false;
};

Result<Configuration> configuration_of(const std::string& path) {
  return path.empty() ? Result<Configuration>(Configuration{}) : read_configuration(path);
}

EvaluateOptions options_of(const EvaluateArguments& arguments) {
  EvaluateOptions options;
  options.jobs = arguments.jobs > 0 ? arguments.jobs
                                    : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  options.stop = &stop_requested();
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [](std::size_t done, std::size_t all) {
      fmt::print(stderr, "\r\033[K{} of {} series scored", done, all);
      if (done == all) clear_progress_line();
    };
  }
  return options;
}

Result<std::vector<NamedScorer>> scorers_of(const EvaluateArguments& arguments) {
  Result<Configuration> configuration = configuration_of(arguments.config);
  if (!configuration) return tl::unexpected(configuration.error());
  std::vector<NamedScorer> list = reference_scorers();
  std::vector<NamedScorer> own;
  if (arguments.detector.empty()) {
    own = retimu_scorers(*configuration);
  } else {
    if (find_detector(arguments.detector) == nullptr) {
      return failure(Fault::usage, "unknown detector \"{}\"; see `retimu list detectors`",
                     arguments.detector);
    }
    own.push_back(
        {arguments.detector, make_engine_scorer(alone(*configuration, arguments.detector))});
  }
  std::ranges::move(own, std::back_inserter(list));
  return list;
}

int print_result(const EvaluateArguments& arguments, const SetSize& size,
                 std::span<const Case> cases, std::span<const JudgedSet> rows) {
  if (!arguments.report.empty()) {
    if (Result<void> written = write_report(arguments.report, size, cases, rows); !written) {
      return report(written.error());
    }
  }
  if (arguments.json) {
    fmt::print("{}", to_json(size, cases, rows));
    return ExitCode::done;
  }
  fmt::print("{}\n", to_text(size));
  for (const Grid& grid : make_grids(size, rows)) fmt::print("\n{}", to_text(grid));
  fmt::print("\nseconds of scoring");
  std::string_view separator = ": ";
  for (const JudgedSet& row : rows) {
    fmt::print("{}{} {:.2f}", std::exchange(separator, ", "), row.scorer, row.seconds);
  }
  fmt::print("\nPA-F1! misleads: a random score looks good under it.\n");
  return ExitCode::done;
}

Result<std::vector<Case>> read_cases(const EvaluateArguments& arguments, const SetEntry& set) {
  Result<std::vector<Case>> cases = set.read(arguments.data);
  if (cases && arguments.online) cases = online(set, std::move(*cases));
  return cases;
}

// The figures of a set are those of its own split.
const SetEntry* figures_of(const EvaluateArguments& arguments, const SetEntry& set) {
  return arguments.online ? nullptr : &set;
}

int evaluate_set(const EvaluateArguments& arguments, const SetEntry& set) {
  const Result<std::vector<Case>> cases = read_cases(arguments, set);
  if (!cases) return report(cases.error());
  const Result<std::vector<NamedScorer>> scorers = scorers_of(arguments);
  if (!scorers) return report(scorers.error());
  const auto rows = evaluate(figures_of(arguments, set), *cases, *scorers, options_of(arguments));
  if (!rows) return report(rows.error());
  const std::string name = fmt::format("{}{}", set.name, arguments.online ? " online" : "");
  return print_result(arguments, size_of(&set, name, *cases), *cases, *rows);
}

int compare_set(const EvaluateArguments& arguments, const SetEntry& set) {
  const Result<std::vector<Case>> cases = read_cases(arguments, set);
  if (!cases) return report(cases.error());
  std::vector<NamedScorer> scorers;
  for (const std::string& path : arguments.compare) {
    const Result<Configuration> configuration = read_configuration(path);
    if (!configuration) return report(configuration.error());
    scorers.push_back({path, make_engine_scorer(*configuration)});
  }
  const auto rows = evaluate(figures_of(arguments, set), *cases, scorers, options_of(arguments));
  if (!rows) return report(rows.error());
  if (arguments.json) {
    fmt::print("{}", comparison_json(set, *cases, (*rows)[0], (*rows)[1]));
    return ExitCode::done;
  }
  fmt::print("{}\n", to_text(size_of(&set, std::string(set.name), *cases)));
  for (const Grid& grid : comparison_grids(*cases, (*rows)[0], (*rows)[1])) {
    fmt::print("\n{}", to_text(grid));
  }
  return ExitCode::done;
}

int evaluate_scores(const EvaluateArguments& arguments) {
  Result<ScoredCase> scored = read_scored(arguments.scores, arguments.labels);
  if (!scored) return report(scored.error());
  const std::vector<Case> cases{std::move(scored->one)};
  std::vector<JudgedSet> rows(1);
  rows[0].scorer = "scores";
  rows[0].series = {judge_series(cases[0], scored->scores)};
  rows[0].scores = {std::move(scored->scores)};
  return print_result(arguments, size_of(nullptr, arguments.scores, cases), cases, rows);
}

// Of a set that has no series.
int run_other(const EvaluateArguments& arguments,
              int (*evaluate_other)(const std::string&, const std::string&, bool)) {
  if (!arguments.config.empty() || !arguments.detector.empty() || !arguments.compare.empty() ||
      arguments.online) {
    return report({Fault::usage, fmt::format("{} takes --data, --report and --json only: there "
                                             "are no detectors in it",
                                             arguments.set)});
  }
  if (arguments.data.empty()) {
    return report({Fault::usage, fmt::format("--data is needed: the folder of {}", arguments.set)});
  }
  return evaluate_other(arguments.data, arguments.report, arguments.json);
}

int run(const EvaluateArguments& arguments) {
  const bool has_scores = !arguments.scores.empty() || !arguments.labels.empty();
  if (has_scores && (arguments.scores.empty() || arguments.labels.empty())) {
    return report({Fault::usage, "--scores and --labels go together"});
  }
  if (has_scores && !arguments.set.empty()) {
    return report({Fault::usage, "give a set, or --scores and --labels, not both"});
  }
  if (has_scores) return evaluate_scores(arguments);
  if (arguments.set.empty()) {
    return report({Fault::usage, "name a set, or give --scores and --labels; see --help"});
  }
  if (arguments.set == logs_set) return run_other(arguments, evaluate_logs);
  if (arguments.set == alarms_set) return run_other(arguments, evaluate_alarms);
  if (arguments.set == incidents_set) return run_other(arguments, evaluate_incidents);
  if (arguments.set == sessions_set) return run_other(arguments, evaluate_sessions);
  const SetEntry* set = find_set(arguments.set);
  if (set == nullptr) {
    std::string names =
        fmt::format(" {} {} {} {}", logs_set, sessions_set, alarms_set, incidents_set);
    for (const SetEntry& entry : set_catalogue()) names += fmt::format(" {}", entry.name);
    return report(
        {Fault::usage, fmt::format("unknown set \"{}\"; there are:{}", arguments.set, names)});
  }
  if (arguments.data.empty()) {
    return report({Fault::usage, fmt::format("--data is needed: the folder of {}", set->name)});
  }
  return arguments.compare.empty() ? evaluate_set(arguments, *set) : compare_set(arguments, *set);
}

std::string describe_sets() {
  std::string text = "Sets:\n";
  for (const SetEntry& entry : set_catalogue()) {
    text += fmt::format("  {:<13} {}\n", entry.name, entry.description);
  }
  text += fmt::format("  {:<13} {}\n", logs_set, logs_set_description);
  text += fmt::format("  {:<13} {}\n", sessions_set, sessions_set_description);
  text += fmt::format("  {:<13} {}\n", alarms_set, alarms_set_description);
  text += fmt::format("  {:<13} {}\n", incidents_set, incidents_set_description);
  return text;
}

}  // namespace

std::vector<std::string> evaluation_sets() {
  std::vector<std::string> names;
  for (const SetEntry& entry : set_catalogue()) names.emplace_back(entry.name);
  for (const std::string_view name : {logs_set, sessions_set, alarms_set, incidents_set}) {
    names.emplace_back(name);
  }
  return names;
}

void add_evaluate(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "evaluate", "Measure detection quality on public sets, or of scores in a file");
  auto arguments = std::make_shared<EvaluateArguments>();
  command->add_option("SET", arguments->set, "Name of a public set, below");
  command->add_option("--data", arguments->data, "Folder of the set, as its authors publish it")
      ->type_name("DIR");
  command->add_option("--config", arguments->config, "Pipeline whose detectors and alerts are used")
      ->type_name("FILE");
  command->add_option("--detector", arguments->detector, "This detector alone")->type_name("NAME");
  command->add_option("--jobs", arguments->jobs, "Series scored at once; by default one a core")
      ->check(CLI::Range(1, 1024));
  command->add_option("--compare", arguments->compare, "Two pipelines, before and after")
      ->expected(2)
      ->type_name("A.toml B.toml");
  command->add_option("--scores", arguments->scores, "scores.csv, with a column score")
      ->type_name("FILE");
  command->add_option("--labels", arguments->labels, "CSV with a column label, 0 or 1 a row")
      ->type_name("FILE");
  command
      ->add_option("--report", arguments->report,
                   "HTML file to write: tables and plots; .md: the tables")
      ->type_name("FILE");
  command->add_flag("--online", arguments->online,
                    "Without the rows to learn from; the first 128 rows are not judged");
  command->add_flag("--json", arguments->json, "Print everything as JSON");
  command->footer(describe_sets() +
                  "Labels are taken out before a scorer sees a row. Files may be packed by gzip.\n"
                  "Examples:\n"
                  "  retimu evaluate nab --data NAB\n"
                  "  retimu evaluate smd --data ServerMachineDataset --report smd.html\n"
                  "  retimu evaluate skab --data SKAB --compare before.toml after.toml\n"
                  "  retimu detect day.csv --output scores.csv\n"
                  "  retimu evaluate --scores scores.csv --labels labels.csv");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace retimu::app
