// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/score.hpp"

#include "retimu/connectors/alert_json.hpp"
#include "retimu/simulator/output_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace retimu {

namespace {

// First moment at which an alert finds the fault no more.
Time found_until(const FaultLabel& label) {
  if (label.kind != FaultKind::level_shift) return label.end;
  return std::min(label.end, label.begin + shift_told_within);
}

bool names_column_of(const Alert& alert, const FaultLabel& label) {
  return std::any_of(alert.reasons.begin(), alert.reasons.end(), [&](const AlertReason& reason) {
    return std::find(label.columns.begin(), label.columns.end(), reason.subject) !=
           label.columns.end();
  });
}

bool tells_of(const Alert& alert, const FaultLabel& label) {
  return alert.entity == label.entity && alert.time >= label.begin &&
         alert.time < found_until(label) + recovery_told_within && names_column_of(alert, label);
}

void give(const Alert& alert, FaultOutcome& outcome) {
  if (outcome.alert || alert.time >= found_until(outcome.label)) {
    ++outcome.again;
    return;
  }
  outcome.alert = alert;
  outcome.delay = alert.time - outcome.label.begin;
}

std::size_t count_unresolved(std::span<const Alert> alerts) {
  std::set<std::string> open;
  for (const Alert& alert : alerts) {
    if (alert.change == Change::raised) open.insert(to_text(alert.id));
    if (alert.change == Change::resolved) open.erase(to_text(alert.id));
  }
  return open.size();
}

}  // namespace

FaultScore score_faults(const Recording& recording, std::span<const FaultLabel> labels,
                        std::span<const Alert> alerts) {
  FaultScore score;
  for (const FaultLabel& label : labels) score.outcomes.push_back({.label = label});
  std::stable_sort(score.outcomes.begin(), score.outcomes.end(),
                   [](const FaultOutcome& left, const FaultOutcome& right) {
                     return left.label.begin < right.label.begin;
                   });
  for (const Alert& alert : alerts) {
    if (alert.change != Change::raised) continue;
    // Of two faults that overlap, the later one is what is new.
    const auto outcome =
        std::find_if(score.outcomes.rbegin(), score.outcomes.rend(),
                     [&](const FaultOutcome& each) { return tells_of(alert, each.label); });
    if (outcome == score.outcomes.rend()) {
      score.false_alerts.push_back(alert);
    } else {
      give(alert, *outcome);
    }
  }
  score.found = static_cast<std::size_t>(
      std::count_if(score.outcomes.begin(), score.outcomes.end(),
                    [](const FaultOutcome& outcome) { return outcome.alert.has_value(); }));
  score.unresolved = count_unresolved(alerts);
  score.days = static_cast<double>(recording.end - recording.begin) / static_cast<double>(day);
  score.false_per_day = static_cast<double>(score.false_alerts.size()) / score.days;
  score.false_per_day_max = false_per_entity_day_max * static_cast<double>(recording.entities);
  score.has_passed = static_cast<double>(score.found) >=
                         found_share_min * static_cast<double>(score.outcomes.size()) &&
                     score.false_per_day <= score.false_per_day_max;
  return score;
}

Result<std::vector<Alert>> read_told(const std::string& folder) {
  const std::string path = folder + "/alerts.jsonl";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return failure(Fault::input, "{} is missing; `cd {} && retimu run pipeline.toml` writes it",
                   path, folder);
  }
  const Result<std::string> text = read_whole(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<Alert> alerts;
  std::string_view left = *text;
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    Result<Alert> alert = parse_alert(line);
    if (!alert) {
      return failure(Fault::input, "{}:{}: {}", path, number, alert.error().message);
    }
    alerts.push_back(std::move(*alert));
  }
  return alerts;
}

Result<Recording> read_recording(const std::string& folder) {
  const std::string path = folder + "/recording.csv";
  const Result<std::string> text = read_whole(path);
  if (!text) return tl::unexpected(text.error());
  return parse_recording(*text, path);
}

Result<FaultScore> score_folder(const std::string& folder) {
  const std::string labels_path = folder + "/labels.csv";
  std::error_code error;
  if (!std::filesystem::exists(labels_path, error)) {
    return failure(Fault::input, "{} is missing; `retimu simulate faults --output {}` writes it",
                   labels_path, folder);
  }
  const Result<std::string> labels_text = read_whole(labels_path);
  if (!labels_text) return tl::unexpected(labels_text.error());
  const auto labels = parse_labels(*labels_text, labels_path);
  if (!labels) return tl::unexpected(labels.error());
  const auto recording = read_recording(folder);
  if (!recording) return tl::unexpected(recording.error());
  auto alerts = read_told(folder);
  if (!alerts) return tl::unexpected(alerts.error());
  // Faults are looked for entity by entity.
  std::erase_if(*alerts, [](const Alert& alert) { return alert.incident != nullptr; });
  return score_faults(*recording, *labels, *alerts);
}

}  // namespace retimu
