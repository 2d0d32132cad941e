// SPDX-License-Identifier: Apache-2.0
#include "app/simulate_score.hpp"

#include "app/command.hpp"
#include "app/world_score.hpp"
#include "retimu/simulator/score.hpp"
#include "retimu/simulator/world_score.hpp"

#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace retimu::app {

namespace {

struct ScoreArguments {
  std::string folder;
  bool json = false;
};

std::string clock_of(Time time) { return format_time(time).substr(11, 8); }

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string columns_of(const FaultLabel& label) {
  return fmt::format("{}", fmt::join(label.columns, ", "));
}

void print_outcomes(const FaultScore& score) {
  const bool has_colour = has_colours(STDOUT_FILENO);
  const std::string_view red = has_colour ? "\033[31m" : "", plain = has_colour ? "\033[0m" : "";
  fmt::print("{:<12} {:<8} {:<24} {:>6}  {:<8}  {:>8}  {}\n", "INJECTED", "ENTITY", "COLUMNS",
             "SIZE", "BEGAN", "TOLD", "ALERT");
  for (const FaultOutcome& outcome : score.outcomes) {
    const FaultLabel& label = outcome.label;
    fmt::print("{:<12} {:<8} {:<24} {:>5.1f}σ  {:<8}  ", name_of(label.kind), label.entity,
               columns_of(label), label.size, clock_of(label.begin));
    if (outcome.alert) {
      fmt::print("{:>8}  {}\n", "+" + format_duration(outcome.delay), outcome.alert->sentence);
    } else {
      fmt::print("{}{:>8}{}\n", red, "MISSED", plain);
    }
  }
}

void print_text(const FaultScore& score) {
  print_outcomes(score);
  if (!score.false_alerts.empty()) fmt::print("\nFalse alerts\n");
  for (const Alert& alert : score.false_alerts) {
    fmt::print("  {}  {}\n", format_time(alert.time), alert.sentence);
  }
  std::size_t again = 0;
  for (const FaultOutcome& outcome : score.outcomes) again += outcome.again;
  fmt::print("\n{} of {} faults found, {} missed\n", score.found, score.outcomes.size(),
             score.outcomes.size() - score.found);
  if (again > 0) {
    fmt::print("{} told of a fault again, or of its recovery\n", counted(again, "alert"));
  }
  fmt::print("{} in {:.4g} h: {:.3g} a day\n", counted(score.false_alerts.size(), "false alert"),
             24 * score.days, score.false_per_day);
  if (score.unresolved > 0) {
    fmt::print("{} still open at the end\n", counted(score.unresolved, "alert"));
  }
  fmt::print("{}: the rule is at least {:.0f} % found and at most {:.3g} false alerts a day\n",
             score.has_passed ? "passed" : "FAILED", 100 * found_share_min,
             score.false_per_day_max);
}

void print_json(const FaultScore& score) {
  std::string text = fmt::format(
      "{{\"passed\":{},\"found\":{},\"missed\":{},\"false_alerts\":{},\"days\":{},"
      "\"false_per_day\":{},\"unresolved\":{},\"faults\":[",
      score.has_passed, score.found, score.outcomes.size() - score.found, score.false_alerts.size(),
      score.days, score.false_per_day, score.unresolved);
  std::string_view separator;
  for (const FaultOutcome& outcome : score.outcomes) {
    text += separator;
    separator = ",";
    text += label_json(outcome.label);
    text.pop_back();
    text += fmt::format(",\"found\":{},\"again\":{}", outcome.alert.has_value(), outcome.again);
    if (outcome.alert) {
      text +=
          fmt::format(",\"delay_s\":{},\"alert\":{}",
                      static_cast<double>(outcome.delay) / double{second}, to_json(*outcome.alert));
    }
    text += '}';
  }
  text += "],\"false\":[";
  separator = "";
  for (const Alert& alert : score.false_alerts) {
    text += separator;
    separator = ",";
    text += to_json(alert);
  }
  fmt::print("{}]}}\n", text);
}

int score(const ScoreArguments& arguments) {
  if (is_world_folder(arguments.folder)) return print_world_score(arguments.folder, arguments.json);
  const Result<FaultScore> found = score_folder(arguments.folder);
  if (!found) return report(found.error());
  if (arguments.json) {
    print_json(*found);
  } else {
    print_text(*found);
  }
  return found->has_passed ? ExitCode::done : ExitCode::failed;
}

}  // namespace

std::string label_json(const FaultLabel& label) {
  std::string text = fmt::format("{{\"fault\":\"{}\",\"entity\":", name_of(label.kind));
  append_json_string(text, label.entity);
  text += ",\"columns\":[";
  std::string_view separator;
  for (const std::string& column : label.columns) {
    text += separator;
    separator = ",";
    append_json_string(text, column);
  }
  return text + fmt::format("],\"begin\":\"{}\",\"end\":\"{}\",\"size\":{:.1f}}}",
                            format_time(label.begin), format_time(label.end), label.size);
}

void add_score(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(
      "score", "Compare what was told of a simulation with the faults that were injected");
  auto arguments = std::make_shared<ScoreArguments>();
  command
      ->add_option("DIR", arguments->folder,
                   "Folder of `simulate faults` or `simulate readings`, after `retimu run`")
      ->required();
  command->add_flag("--json", arguments->json, "Everything as JSON");
  command->footer(fmt::format(
      "Of `simulate faults`: a fault is found if an alert or incident that names one of its\n"
      "entities is told while it lasts; of `simulate readings` it must name one of its columns\n"
      "(a level shift: within an hour). What is told in the five minutes after tells of the\n"
      "recovery and does not count; everything else is false. Exit code 0: at least {:.0f} %\n"
      "found, at most one false alert a day for every {:.0f} entities and, of `simulate faults`,\n"
      "where that counts after the first quarter, the cause named first in at least {:.0f} % of\n"
      "the faults that several entities show; else 1.\n"
      "Example:\n  retimu simulate score world",
      100 * found_share_min, 1 / false_per_entity_day_max, 100 * cause_share_min));
  command->callback([arguments, &exit_code] { exit_code = score(*arguments); });
}

}  // namespace retimu::app
