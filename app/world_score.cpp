// SPDX-License-Identifier: Apache-2.0
#include "app/world_score.hpp"

#include "app/command.hpp"
#include "app/simulate_faults.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/simulator/score.hpp"
#include "retimu/simulator/world_score.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>
#include <vector>

namespace retimu::app {

namespace {

std::string clock_of(Time time) { return format_time(time).substr(11, 8); }

std::string cause_of(const WorldOutcome& outcome) {
  if (outcome.incidents == 0) return "";
  return outcome.cause_rank == 0 ? "no" : fmt::format("{}.", outcome.cause_rank);
}

void print_outcomes(const WorldScore& score) {
  const bool has_colour = has_colours(STDOUT_FILENO);
  const std::string_view red = has_colour ? "\033[31m" : "", plain = has_colour ? "\033[0m" : "";
  fmt::print("{:<18} {:<10} {:>8}  {:<21} {:<8} {:>8} {:>9} {:>6} {:>6}\n", "INJECTED", "CAUSE",
             "ENTITIES", "SHOWS IN", "BEGAN", "TOLD", "INCIDENTS", "ALERTS", "NAMED");
  for (const WorldOutcome& outcome : score.outcomes) {
    const WorldLabel& label = outcome.label;
    fmt::print("{:<18} {:<10} {:>8}  {:<21} {:<8} ", label.fault, label.entities.front(),
               label.entities.size(), modalities_text(label.modalities), clock_of(label.begin));
    if (outcome.alert) {
      fmt::print("{:>8} {:>9} {:>6} {:>6}\n",
                 "+" + format_duration(outcome.delay / second * second), outcome.incidents,
                 outcome.alerts, cause_of(outcome));
    } else {
      fmt::print("{}{:>8}{}\n", red, "MISSED", plain);
    }
  }
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

void print_text(const WorldScore& score) {
  print_outcomes(score);
  if (!score.false_alerts.empty()) fmt::print("\nFalse alerts\n");
  for (const Alert& alert : score.false_alerts) {
    fmt::print("  {}  {}{}\n", format_time(alert.time),
               alert.incident == nullptr ? "" : "incident: ", printable(alert.sentence));
  }
  fmt::print("\n{} of {} faults found, {} missed; half of them within {}\n", score.found,
             score.outcomes.size(), score.outcomes.size() - score.found,
             format_duration(median_delay(score)));
  if (score.several > 0) {
    fmt::print(
        "{} of them show in several entities: {} told as one incident, the cause named first "
        "in {}, among the first three in {}\n",
        score.several, score.told_as_one, score.cause_first, score.cause_in_three);
  }
  const std::size_t all = score.false_alerts.size();
  fmt::print(
      "{} false alert{} in {:.4g} h, {} of them in the first quarter, while all is new; then "
      "{:.3g} a day\n",
      all, all == 1 ? "" : "s", 24 * score.days, score.false_at_first, score.false_per_day);
  fmt::print(
      "{}: the rule is at least {:.0f} % found, at most {:.3g} false alerts a day after the first\n"
      "quarter, and the cause first in at least {:.0f} % of the faults that several entities "
      "show\n",
      score.has_passed ? "passed" : "FAILED", 100 * found_share_min, score.false_per_day_max,
      100 * cause_share_min);
}

void print_json(const WorldScore& score) {
  std::string text = fmt::format(
      "{{\"passed\":{},\"found\":{},\"missed\":{},\"false_alerts\":{},\"false_at_first\":{},"
      "\"days\":{},"
      "\"false_per_day\":{},\"several\":{},\"told_as_one\":{},\"cause_first\":{},"
      "\"cause_in_three\":{},\"delay_s\":{},\"faults\":[",
      score.has_passed, score.found, score.outcomes.size() - score.found, score.false_alerts.size(),
      score.false_at_first, score.days, score.false_per_day, score.several, score.told_as_one,
      score.cause_first, score.cause_in_three, median_delay(score) / second);
  std::string_view separator;
  for (const WorldOutcome& outcome : score.outcomes) {
    text += separator;
    separator = ",";
    text += world_label_json(outcome.label);
    text.pop_back();
    text += fmt::format(",\"found\":{},\"incidents\":{},\"alerts\":{},\"cause_rank\":{}",
                        outcome.alert.has_value(), outcome.incidents, outcome.alerts,
                        outcome.cause_rank);
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

}  // namespace

int print_world_score(const std::string& folder, bool json) {
  const Result<WorldScore> score = score_world_folder(folder);
  if (!score) return report(score.error());
  if (json) {
    print_json(*score);
  } else {
    print_text(*score);
  }
  return score->has_passed ? ExitCode::done : ExitCode::failed;
}

}  // namespace retimu::app
