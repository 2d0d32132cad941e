// SPDX-License-Identifier: Apache-2.0
#include "app/run_report.hpp"

#include "app/process.hpp"
#include "retimu/connectors/console_sink.hpp"

#include <fmt/format.h>

namespace retimu::app {

namespace {

constexpr std::size_t notes_shown = 12;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// What a person must not overlook; an input that was not read, or not to its end, is an error, too.
std::vector<std::string> warnings_of(const ServiceSummary& summary) {
  std::vector<std::string> warnings;
  if (!summary.nothing_watched.empty()) {
    warnings.push_back("no column was watched, nothing was judged: " + summary.nothing_watched);
  }
  if (summary.nothing_watched.empty() && summary.log_lines > 0) {
    warnings.push_back(fmt::format("{} not judged: there is no detector for them",
                                   counted(summary.log_lines, "log line was", "log lines were")));
  }
  if (summary.nothing_watched.empty() && summary.alarms > 0) {
    warnings.push_back(fmt::format("{} not judged: there is no detector for them",
                                   counted(summary.alarms, "alarm was", "alarms were")));
  }
  for (const std::string& broken : summary.source.broken) {
    warnings.push_back("not read to the end: " + broken);
  }
  if (summary.engine.forgotten > 0) {
    warnings.push_back(fmt::format(
        "{} forgotten: there are more than [limits] entities_max and no data_dir to keep them in",
        counted(summary.engine.forgotten, "entity was", "entities were")));
  }
  if (summary.letters_left_out > 0) {
    warnings.push_back(
        fmt::format("{} not kept: the file of dead letters is full, move it away",
                    counted(summary.letters_left_out, "dead letter was", "dead letters were")));
  }
  return warnings;
}

std::string summary_text(const ServiceSummary& summary, bool goes_on) {
  const EngineSummary& engine = summary.engine;
  std::string text = fmt::format(
      "{}, {}, {} raised ({} updates, {} resolved)\n", counted(engine.records, "record", "records"),
      counted(engine.counts.entities, "entity", "entities"),
      counted(engine.raised, "alert", "alerts"), engine.updated, engine.resolved);
  if (engine.held_back > 0) {
    text += fmt::format("{} held back by the budget\n",
                        counted(engine.held_back, "episode", "episodes"));
  }
  if (engine.trained > 0) text += fmt::format("{} for training only\n", engine.trained);
  if (engine.incidents > 0) {
    text += counted(engine.incidents, "incident", "incidents");
    if (engine.told_by_incidents > 0) {
      text += fmt::format(", which told {} in place of {}", engine.told_by_incidents,
                          engine.told_by_incidents == 1 ? "an alert" : "alerts");
    }
    text += '\n';
  }
  if (engine.replayed > 0) {
    text += fmt::format("{} judged again after the restart, told once\n",
                        counted(engine.replayed, "record", "records"));
  }
  if (summary.rejected > 0) {
    text += fmt::format("{} could not be read:\n", counted(summary.rejected, "record", "records"));
    std::uint64_t others = summary.rejected;
    for (const RejectedReason& reason : summary.rejected_reasons) {
      others -= reason.count;
      text += fmt::format("  {}: {}\n", reason.count, printable(reason.example));
    }
    if (others > 0) text += fmt::format("  {}: for other reasons\n", others);
  }
  for (const std::string& warning : warnings_of(summary)) {
    text += fmt::format("warning: {}\n", printable(warning));
  }
  if (engine.counts.left_out > 0) {
    text += fmt::format("{} left out: an entity has more columns than [limits] columns_max\n",
                        counted(engine.counts.left_out, "value", "values"));
  }
  if (engine.counts.duplicates > 0) {
    text += fmt::format("{} judged once\n",
                        counted(engine.counts.duplicates, "duplicate", "duplicates"));
  }
  if (engine.counts.late > 0) {
    text += fmt::format("{} older than what its entity sent before\n",
                        counted(engine.counts.late, "record", "records"));
  }
  if (engine.evicted > 0) text += fmt::format("{} evictions from memory\n", engine.evicted);
  for (const std::string& name : engine.rewarmed) {
    text +=
        fmt::format("the stored state of {} could not be used: it learned anew\n", printable(name));
  }
  for (std::size_t i = 0; i < summary.source.notes.size() && i < notes_shown; ++i) {
    text += fmt::format("note: {}\n", printable(summary.source.notes[i]));
  }
  if (summary.source.notes.size() > notes_shown) {
    text += fmt::format("note: and {} more\n", summary.source.notes.size() - notes_shown);
  }
  if (engine.is_paused) text += "paused; nothing is read until `retimu control --resume`\n";
  if (engine.was_stopped) {
    text += goes_on ? "stopped; the next run goes on from here\n" : "stopped before the end\n";
  }
  return text;
}

std::string reasons_json(const ServiceSummary& summary) {
  std::string text;
  for (const RejectedReason& reason : summary.rejected_reasons) {
    text += text.empty() ? "{\"reason\":" : ",{\"reason\":";
    append_json_string(text, reason.reason);
    text += ",\"example\":";
    append_json_string(text, reason.example);
    text += fmt::format(",\"count\":{}}}", reason.count);
  }
  return text;
}

std::string summary_json(const ServiceSummary& summary) {
  const EngineSummary& engine = summary.engine;
  std::string warnings;
  for (const std::string& warning : warnings_of(summary)) {
    if (!warnings.empty()) warnings += ',';
    append_json_string(warnings, warning);
  }
  std::string notes;
  for (const std::string& note : summary.source.notes) {
    if (!notes.empty()) notes += ',';
    append_json_string(notes, note);
  }
  return fmt::format(
      "{{\"records\":{},\"rejected\":{},\"rejected_reasons\":[{}],\"trained\":{},\"replayed\":{},"
      "\"duplicates\":{},"
      "\"late\":{},\"left_out\":{},\"entities\":{},\"raised\":{},\"updated\":{},\"resolved\":{},"
      "\"incidents\":{},\"told_by_incidents\":{},\"held_back\":{},"
      "\"evicted\":{},\"score_lines\":{},\"stopped\":{},\"paused\":{},\"latency_us\":{{\"p50\":{},"
      "\"p99\":{},"
      "\"p99.9\":{}}},\"warnings\":[{}],\"notes\":[{}]}}\n",
      engine.records, summary.rejected, reasons_json(summary), engine.trained, engine.replayed,
      engine.counts.duplicates, engine.counts.late, engine.counts.left_out, engine.counts.entities,
      engine.raised, engine.updated, engine.resolved, engine.incidents, engine.told_by_incidents,
      engine.held_back, engine.evicted, summary.score_lines, engine.was_stopped, engine.is_paused,
      engine.latency.quantile(0.5) / microsecond, engine.latency.quantile(0.99) / microsecond,
      engine.latency.quantile(0.999) / microsecond, warnings, notes);
}

}  // namespace

int serve(const Configuration& configuration, ServiceOptions options, bool json,
          const std::function<void()>& ended) {
  options.stop = &stop_requested();
  if (!options.progress) options.progress = progress_line();
  const Result<ServiceSummary> summary = run_service(configuration, options);
  if (ended) ended();
  if (!summary) return report(summary.error());
  clear_progress_line();
  if (json) {
    fmt::print("{}", summary_json(*summary));
  } else {
    fmt::print(stderr, "{}", summary_text(*summary, !configuration.data_dir.empty()));
  }
  // Of one that goes on: records may have been read before.
  const bool is_garbage = summary->rejected > 0 && summary->engine.records == 0 &&
                          summary->engine.trained == 0 && configuration.data_dir.empty();
  const bool is_read =
      summary->nothing_watched.empty() && summary->source.broken.empty() && !is_garbage;
  return is_read ? ExitCode::done : ExitCode::input;
}

}  // namespace retimu::app
