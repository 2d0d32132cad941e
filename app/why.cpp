// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/decoder.hpp"
#include "retimu/connectors/judgement_json.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/engine/inspection.hpp"
#include "retimu/storage/judgements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace retimu::app {

namespace {

struct WhyArguments {
  std::string entity, time, data_dir;
  std::size_t count = 3;
  bool json = false;
};

std::string_view explain(Hold hold) {
  switch (hold) {
    case Hold::none: return "";
    case Hold::warming: return "too little is known yet to tell";
    case Hold::quiet:
      return "within 100 events of the last episode, and not 2 decades louder than it";
    case Hold::cooldown: return "within [alerts] cooldown of the last episode";
    case Hold::open: return "it belongs to the episode that is open";
  }
  return "";
}

std::string_view explain(Ground ground) {
  switch (ground) {
    case Ground::fused: return "all detectors that have no evidence of their own";
    case Ground::own: return "a detector's own evidence";
    case Ground::lasting: return "what has been high for a while";
  }
  return "";
}

// What was decided and not told.
std::string held_back(const Judgement& judgement) {
  const std::string_view severity = name_of(judgement.decision.severity);
  const std::string by = "held back by " + printable(judgement.held_back);
  if (judgement.change == Change::resolved) return "ended an episode that was not told: " + by;
  const std::string_view did =
      judgement.change == Change::raised ? "raised an alert" : "updated the alert";
  return fmt::format("would have {} ({}): {}", did, severity, by);
}

std::string outcome_of(const Judgement& judgement) {
  const Decision& decision = judgement.decision;
  if (!judgement.held_back.empty()) return held_back(judgement);
  switch (judgement.change) {
    case Change::raised: return fmt::format("raised an alert ({})", name_of(decision.severity));
    case Change::updated: return fmt::format("updated the alert ({})", name_of(decision.severity));
    case Change::resolved: return "resolved the alert";
    default: break;
  }
  if (decision.hold != Hold::none) {
    return fmt::format("told nothing: {}", explain(decision.hold));
  }
  if (decision.evidence >= decision.threshold) return "told nothing new";
  return "told nothing: below the threshold";
}

void print(const Judgement& judgement) {
  const Decision& decision = judgement.decision;
  fmt::print("\n{}  {}{}{}\n", format_time(judgement.time), name_of(judgement.modality),
             judgement.is_tick ? ", nothing came" : "", judgement.is_late ? ", late" : "");
  fmt::print("  {}\n", outcome_of(judgement));
  fmt::print("  evidence {:.2f} of {:.2f} decades, by {}\n", decision.evidence, decision.threshold,
             explain(decision.ground));
  if (judgement.others > 0) {
    fmt::print("  of it {:.2f} alone, and {:.2f} of other modalities shortly before\n",
               decision.alone, judgement.others);
  }
  fmt::print("  phase {}, {}\n", name_of(decision.phase),
             decision.may_learn ? "learned" : "not learned");
  fmt::print("  {:<22} {:>12} {:>10} {:>9}  {}\n", "detector", "score", "p", "samples",
             "own evidence over its threshold");
  for (const DetectorJudgement& one : judgement.detectors) {
    fmt::print("  {:<22} {:>12.5g} {:>10} {:>9.0f}  {}\n", one.detector, one.score,
               format_p_value(one.rating.log10_p, 3), one.rating.samples,
               one.own ? fmt::format("{:+.2f}", *one.own) : "-");
    if (one.tolerated > 0) {
      fmt::print("  {:<22} {:.1f} decades tolerated since {} (false alarm)\n", "", one.tolerated,
                 format_time(one.tolerated_since));
    }
  }
}

// What can be said of an entity of which nothing unusual is kept.
Result<std::string> describe(const WhyArguments& arguments) {
  const Result<Inspection> found = inspect(arguments.data_dir);
  if (!found) return tl::unexpected(found.error());
  const auto entity = std::ranges::find(found->entities, arguments.entity, &EntityReport::name);
  if (entity != found->entities.end()) {
    return fmt::format("{} is {} as of {}; no event of it is kept that was unusual",
                       printable(arguments.entity), name_of(entity->phase),
                       entity->time == time_none ? "-" : format_time(entity->time));
  }
  std::vector<std::string_view> names;
  for (const EntityReport& one : found->entities) names.push_back(one.name);
  const std::string_view near = nearest(arguments.entity, names);
  return failure(Fault::usage, "the last snapshot of {} knows no entity \"{}\"{}",
                 arguments.data_dir, arguments.entity,
                 near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near));
}

Result<void> print_near(const WhyArguments& arguments) {
  const std::optional<Time> time = parse_time(arguments.time);
  if (!time) {
    return failure(Fault::usage,
                   "\"{}\" is no time; write 2026-03-01T22:00:00Z or seconds since "
                   "1970",
                   arguments.time);
  }
  // An error of the folder comes first.
  Result<std::unique_ptr<JudgementLog>> log = JudgementLog::open(arguments.data_dir, true);
  if (!log) return tl::unexpected(log.error());
  std::vector<std::string> lines;
  if (*log != nullptr) {
    Result<std::vector<std::string>> near = (*log)->near(arguments.entity, *time, arguments.count);
    if (!near) return tl::unexpected(near.error());
    lines = std::move(*near);
  }
  if (arguments.json) {
    for (const std::string& line : lines) fmt::print("{}\n", line);
    return {};
  }
  if (lines.empty()) {
    const Result<std::string> text = describe(arguments);
    if (!text) return tl::unexpected(text.error());
    fmt::print("{}\n", *text);
    return {};
  }
  fmt::print("What was unusual of {} next to {}: events within a decade of the threshold.\n",
             printable(arguments.entity), format_time(*time));
  for (const std::string& line : lines) {
    const Result<Judgement> judgement = parse_judgement(line);
    if (!judgement) return tl::unexpected(judgement.error());
    print(*judgement);
  }
  return {};
}

}  // namespace

void add_why(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand(
      "why",
      "What every detector thought of an entity at a time, and what raised or held back an "
      "alert");
  auto arguments = std::make_shared<WhyArguments>();
  command->add_option("ENTITY", arguments->entity, "Its name")->required();
  command->add_option("TIME", arguments->time, "Event time, ISO-8601 or seconds since 1970")
      ->required();
  command->add_option("DATA_DIR", arguments->data_dir, "As in [pipeline] data_dir")->required();
  command->add_option("--count", arguments->count, "So many events before that time, and after it")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "One line of JSON an event");
  command->footer(
      "Of usual events nothing is kept, and of the others the newest million. What a rule says is\n"
      "all of it, and stands in its alert. Works while a pipeline runs.\n"
      "Example:\n  retimu why pump3 2026-11-22T10:42:07Z state");
  command->callback([arguments, &exit_code] {
    const Result<void> done = print_near(*arguments);
    exit_code = done ? static_cast<int>(ExitCode::done) : report(done.error());
  });
}

}  // namespace retimu::app
