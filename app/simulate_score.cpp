// SPDX-License-Identifier: Apache-2.0
#include "app/simulate_score.hpp"

#include "app/command.hpp"
#include "app/label_json.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/simulator/score.hpp"
#include "retimu/simulator/world_score.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>
#include <vector>

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

std::string cause_of(const WorldOutcome& outcome) {
  if (outcome.incidents == 0) return "";
  return outcome.cause_rank == 0 ? "no" : fmt::format("{}.", outcome.cause_rank);
}

Duration median_delay(const WorldScore& score) {
  std::vector<Duration> delays;
  for (const WorldOutcome& outcome : score.outcomes) {
    if (outcome.alert) delays.push_back(outcome.delay);
  }
  if (delays.empty()) return 0;
  std::ranges::sort(delays);
  return delays[delays.size() / 2] / second * second;
}

// A line of the table: the head, what was injected, and what was told of it, if anything was.
std::string head_of(const FaultScore&) {
  return fmt::format("{:<12} {:<8} {:<24} {:>6}  {:<8}  {:>8}  {}", "INJECTED", "ENTITY", "COLUMNS",
                     "SIZE", "BEGAN", "TOLD", "ALERT");
}
std::string injected(const FaultLabel& label) {
  return fmt::format("{:<12} {:<8} {:<24} {:>5.1f}σ  {:<8}  ", name_of(label.kind), label.entity,
                     fmt::format("{}", fmt::join(label.columns, ", ")), label.size,
                     clock_of(label.begin));
}
std::string told(const FaultOutcome& outcome) {
  return fmt::format("{:>8}  {}", "+" + format_duration(outcome.delay), outcome.alert->sentence);
}

std::string head_of(const WorldScore&) {
  return fmt::format("{:<18} {:<10} {:>8}  {:<21} {:<8} {:>8} {:>9} {:>6} {:>6}", "INJECTED",
                     "CAUSE", "ENTITIES", "SHOWS IN", "BEGAN", "TOLD", "INCIDENTS", "ALERTS",
                     "NAMED");
}
std::string injected(const WorldLabel& label) {
  return fmt::format("{:<18} {:<10} {:>8}  {:<21} {:<8} ", label.fault, label.entities.front(),
                     label.entities.size(), modalities_text(label.modalities),
                     clock_of(label.begin));
}
std::string told(const WorldOutcome& outcome) {
  return fmt::format("{:>8} {:>9} {:>6} {:>6}",
                     "+" + format_duration(outcome.delay / second * second), outcome.incidents,
                     outcome.alerts, cause_of(outcome));
}

// What is said below the table, up to whether it has passed, and by which rule.
std::string counts_of(const FaultScore& score) {
  std::string text = fmt::format("{} of {} faults found, {} missed\n", score.found,
                                 score.outcomes.size(), score.outcomes.size() - score.found);
  std::size_t again = 0;
  for (const FaultOutcome& outcome : score.outcomes) again += outcome.again;
  if (again > 0) {
    text += counted(again, "alert") + " told of a fault again, or of its recovery\n";
  }
  text += fmt::format("{} in {:.4g} h: {:.3g} a day\n",
                      counted(score.false_alerts.size(), "false alert"), 24 * score.days,
                      score.false_per_day);
  if (score.unresolved > 0) text += counted(score.unresolved, "alert") + " still open at the end\n";
  return text;
}
std::string rule_of(const FaultScore& score) {
  return fmt::format("at least {:.0f} % found and at most {:.3g} false alerts a day",
                     100 * found_share_min, score.false_per_day_max);
}

std::string counts_of(const WorldScore& score) {
  std::string text =
      fmt::format("{} of {} faults found, {} missed; half of them within {}\n", score.found,
                  score.outcomes.size(), score.outcomes.size() - score.found,
                  format_duration(median_delay(score)));
  if (score.several > 0) {
    text += fmt::format(
        "{} of them show in several entities: {} told as one incident, the cause named first "
        "in {}, among the first three in {}\n",
        score.several, score.told_as_one, score.cause_first, score.cause_in_three);
  }
  return text + fmt::format(
                    "{} in {:.4g} h, {} of them in the first quarter, while all is new; then "
                    "{:.3g} a day\n",
                    counted(score.false_alerts.size(), "false alert"), 24 * score.days,
                    score.false_at_first, score.false_per_day);
}
std::string rule_of(const WorldScore& score) {
  return fmt::format(
      "at least {:.0f} % found, at most {:.3g} false alerts a day after the first\n"
      "quarter, and the cause first in at least {:.0f} % of the faults that several entities show",
      100 * found_share_min, score.false_per_day_max, 100 * cause_share_min);
}

// Fields of JSON behind those that both have.
std::string fields_of(const FaultScore& score) {
  return fmt::format("\"days\":{},\"false_per_day\":{},\"unresolved\":{}", score.days,
                     score.false_per_day, score.unresolved);
}
std::string fields_of(const FaultOutcome& outcome) {
  return fmt::format("\"again\":{}", outcome.again);
}
std::string fields_of(const WorldScore& score) {
  return fmt::format(
      "\"false_at_first\":{},\"days\":{},\"false_per_day\":{},\"several\":{},\"told_as_one\":{},"
      "\"cause_first\":{},\"cause_in_three\":{},\"delay_s\":{}",
      score.false_at_first, score.days, score.false_per_day, score.several, score.told_as_one,
      score.cause_first, score.cause_in_three, median_delay(score) / second);
}
std::string fields_of(const WorldOutcome& outcome) {
  return fmt::format("\"incidents\":{},\"alerts\":{},\"cause_rank\":{}", outcome.incidents,
                     outcome.alerts, outcome.cause_rank);
}

template <class Score>
void print_text(const Score& score) {
  const bool has_colour = has_colours(STDOUT_FILENO);
  const std::string_view red = has_colour ? "\033[31m" : "", plain = has_colour ? "\033[0m" : "";
  fmt::print("{}\n", head_of(score));
  for (const auto& outcome : score.outcomes) {
    const std::string missed = fmt::format("{}{:>8}{}", red, "MISSED", plain);
    fmt::print("{}{}\n", injected(outcome.label), outcome.alert ? told(outcome) : missed);
  }
  if (!score.false_alerts.empty()) fmt::print("\nFalse alerts\n");
  for (const Alert& alert : score.false_alerts) {
    fmt::print("  {}  {}{}\n", format_time(alert.time),
               alert.incident == nullptr ? "" : "incident: ", printable(alert.sentence));
  }
  fmt::print("\n{}{}: the rule is {}\n", counts_of(score), score.has_passed ? "passed" : "FAILED",
             rule_of(score));
}

template <class Outcome>
std::string outcome_json(const Outcome& outcome) {
  std::string text = label_json(outcome.label);
  text.pop_back();
  text += fmt::format(",\"found\":{},{}", outcome.alert.has_value(), fields_of(outcome));
  if (outcome.alert) {
    text +=
        fmt::format(",\"delay_s\":{},\"alert\":{}",
                    static_cast<double>(outcome.delay) / double{second}, to_json(*outcome.alert));
  }
  return text + "}";
}

template <class Score>
void print_json(const Score& score) {
  fmt::print(
      "{{\"passed\":{},\"found\":{},\"missed\":{},\"false_alerts\":{},{},\"faults\":{},"
      "\"false\":{}}}\n",
      score.has_passed, score.found, score.outcomes.size() - score.found, score.false_alerts.size(),
      fields_of(score),
      json_list(score.outcomes, [](const auto& outcome) { return outcome_json(outcome); }),
      json_list(score.false_alerts, [](const Alert& alert) { return to_json(alert); }));
}

template <class Score>
int print(const Result<Score>& score, bool json) {
  if (!score) return report(score.error());
  if (json) {
    print_json(*score);
  } else {
    print_text(*score);
  }
  return score->has_passed ? ExitCode::done : ExitCode::failed;
}

int score(const ScoreArguments& arguments) {
  return is_world_folder(arguments.folder)
             ? print(score_world_folder(arguments.folder), arguments.json)
             : print(score_folder(arguments.folder), arguments.json);
}

}  // namespace

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
      "Reads labels.csv, recording.csv and alerts.jsonl there.\n"
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
