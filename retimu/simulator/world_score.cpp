// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_score.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/score.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace retimu {

namespace {

bool is_of(const WorldLabel& label, std::string_view entity) {
  return std::ranges::find(label.entities, entity) != label.entities.end();
}

// Who an alert or incident is about.
std::vector<std::string_view> entities_of(const Alert& alert) {
  std::vector<std::string_view> names = {alert.entity};
  if (alert.incident == nullptr) return names;
  for (const std::string& name : alert.incident->first) names.push_back(name);
  for (const LikelyCause& cause : alert.incident->causes) names.push_back(cause.entity);
  return names;
}

bool tells_of(const Alert& alert, const WorldLabel& label) {
  if (alert.time < label.begin || alert.time >= label.end + recovery_told_within) return false;
  return std::ranges::any_of(entities_of(alert),
                             [&](std::string_view entity) { return is_of(label, entity); });
}

// What was told under one id.
struct Telling {
  const Alert* first = nullptr;
  const Alert* last = nullptr;  // that is not its end
};

class Scorer {
 public:
  explicit Scorer(std::span<const WorldLabel> labels) {
    for (const WorldLabel& label : labels) score_.outcomes.push_back({.label = label});
    std::ranges::stable_sort(score_.outcomes, {}, [](const auto& one) { return one.label.begin; });
    incidents_of_.resize(score_.outcomes.size());
  }

  void take(std::span<const Alert> alerts) {
    for (const Alert& alert : alerts) {
      const bool is_told = alert.change == Change::raised || alert.change == Change::updated;
      if (!is_told) continue;
      const auto [at, is_new] = tellings_.try_emplace(to_text(alert.id), Telling{&alert, &alert});
      at->second.last = &alert;
      if (is_new) order_.push_back(at->first);
      if (alert.incident != nullptr) {
        for (const AlertId& id : alert.incident->first_alerts) {
          incident_of_.emplace(to_text(id), at->first);
        }
      }
      give(alert, at->first);
    }
  }

  WorldScore finish(const Recording& recording) {
    for (const std::string& id : order_) {
      // An alert of an incident goes with it.
      const auto incident = incident_of_.find(id);
      const bool has_truth = true_.contains(id) ||
                             (incident != incident_of_.end() && true_.contains(incident->second));
      const bool is_counted_there =
          incident != incident_of_.end() && tellings_.contains(incident->second);
      if (!has_truth && !is_counted_there) score_.false_alerts.push_back(*tellings_[id].first);
    }
    for (std::size_t i = 0; i < score_.outcomes.size(); ++i) judge(i);
    const Duration all_time = recording.end - recording.begin, first_quarter = all_time / 4;
    score_.days = static_cast<double>(all_time) / static_cast<double>(day);
    score_.false_at_first = static_cast<std::size_t>(std::ranges::count_if(
        score_.false_alerts,
        [&](const Alert& alert) { return alert.time < recording.begin + first_quarter; }));
    const std::size_t later = score_.false_alerts.size() - score_.false_at_first;
    score_.false_per_day = static_cast<double>(later) / (0.75 * score_.days);
    score_.false_per_day_max = false_per_entity_day_max * static_cast<double>(recording.entities);
    const auto all = static_cast<double>(score_.outcomes.size());
    score_.has_passed = static_cast<double>(score_.found) >= found_share_min * all &&
                        score_.false_per_day <= score_.false_per_day_max &&
                        static_cast<double>(score_.cause_first) >=
                            cause_share_min * static_cast<double>(score_.several);
    return std::move(score_);
  }

 private:
  void give(const Alert& alert, const std::string& id) {
    // Of two faults that it may tell of, the later one is what is new.
    for (std::size_t i = score_.outcomes.size(); i-- > 0;) {
      WorldOutcome& outcome = score_.outcomes[i];
      if (!tells_of(alert, outcome.label)) continue;
      true_.insert(id);
      const bool is_in_time = alert.time < outcome.label.end;
      if (!is_in_time) return;
      if (alert.incident != nullptr) {
        if (incidents_of_[i].empty() || incidents_of_[i].back() != id) {
          if (std::ranges::find(incidents_of_[i], id) == incidents_of_[i].end()) {
            incidents_of_[i].push_back(id);
          }
        }
      } else if (alert.change == Change::raised) {
        ++outcome.alerts;
      }
      if (outcome.alert) return;
      outcome.alert = alert;
      outcome.delay = alert.time - outcome.label.begin;
      return;
    }
  }

  void judge(std::size_t i) {
    WorldOutcome& outcome = score_.outcomes[i];
    outcome.incidents = incidents_of_[i].size();
    if (!outcome.alert) return;
    ++score_.found;
    if (!incidents_of_[i].empty()) {
      const std::vector<LikelyCause>& causes =
          tellings_[incidents_of_[i].front()].last->incident->causes;
      const auto cause =
          std::ranges::find(causes, outcome.label.entities.front(), &LikelyCause::entity);
      if (cause != causes.end()) {
        outcome.cause_rank = static_cast<std::size_t>(cause - causes.begin()) + 1;
      }
    }
    if (outcome.label.entities.size() < 2) return;
    ++score_.several;
    score_.told_as_one += outcome.incidents == 1 ? 1 : 0;
    score_.cause_first += outcome.cause_rank == 1 ? 1 : 0;
    score_.cause_in_three += outcome.cause_rank >= 1 && outcome.cause_rank <= 3 ? 1 : 0;
  }

  WorldScore score_;
  std::map<std::string, Telling> tellings_;             // by id
  std::vector<std::string> order_;                      // of the ids
  std::map<std::string, std::string> incident_of_;      // by id of an alert
  std::set<std::string> true_;                          // ids that tell of a fault
  std::vector<std::vector<std::string>> incidents_of_;  // by outcome
};

}  // namespace

WorldScore score_world(const Recording& recording, std::span<const WorldLabel> labels,
                       std::span<const Alert> alerts) {
  Scorer scorer(labels);
  scorer.take(alerts);
  return scorer.finish(recording);
}

bool is_world_folder(const std::string& folder) {
  const Result<std::string> text = read_whole(folder + "/labels.csv");
  return text && text->starts_with(world_labels_header);
}

Result<WorldScore> score_world_folder(const std::string& folder) {
  const std::string path = folder + "/labels.csv";
  const Result<std::string> text = read_whole(path);
  if (!text) return tl::unexpected(text.error());
  const auto labels = parse_world_labels(*text, path);
  if (!labels) return tl::unexpected(labels.error());
  const Result<Recording> recording = read_recording(folder);
  if (!recording) return tl::unexpected(recording.error());
  const Result<std::vector<Alert>> alerts = read_told(folder);
  if (!alerts) return tl::unexpected(alerts.error());
  return score_world(*recording, *labels, *alerts);
}

}  // namespace retimu
