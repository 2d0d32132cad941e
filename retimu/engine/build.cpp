// SPDX-License-Identifier: Apache-2.0
// From a configuration to the immutable judging part.
#include "retimu/core/alert.hpp"
#include "retimu/decision/calibration.hpp"
#include "retimu/decision/policy.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/configuration_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retimu {

namespace {

std::vector<DetectorConfiguration> chosen_detectors(const Configuration& configuration) {
  return configuration.detectors.empty()
             ? detectors_of(configuration.profile, configuration.budget_per_day > 0)
             : configuration.detectors;
}

std::span<const Modality> modalities_of(const DetectorEntry& entry) {
  static constexpr std::array all{Modality::metrics, Modality::logs, Modality::alarms};
  return entry.is_of_each_modality ? std::span<const Modality>(all) : std::span(&entry.modality, 1);
}

std::string state_name_of(const DetectorEntry& entry, Modality modality) {
  if (entry.is_of_each_modality) return fmt::format("{}.{}", entry.name, name_of(modality));
  return std::string(entry.state_of.empty() ? entry.name : entry.state_of);
}

}  // namespace

std::vector<DetectorConfiguration> detectors_of(Profile profile, bool has_budget) {
  const bool is_auto = profile == Profile::automatic;
  std::vector<DetectorConfiguration> list;
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (!(is_auto ? entry.in_auto : entry.in_light)) continue;
    const bool is_limited = is_auto && !has_budget && entry.modality == Modality::metrics;
    list.push_back({std::string(entry.name), {}, is_limited ? entry.auto_columns_min : 1});
  }
  return list;
}

std::string judging_text(const Configuration& configuration) {
  std::string text = fmt::format("[pipeline]\nseed = {}\n", configuration.seed);
  if (configuration.time_zone != "UTC") {
    text += fmt::format("time_zone = \"{}\"\n", configuration.time_zone);
  }
  std::string counters;
  for (const auto& [name, column] : configuration.columns) {
    if (!column.is_counter) continue;
    append_json_string(counters, name);
    counters += " = { kind = \"counter\" }\n";
  }
  if (!counters.empty()) text += "\n[columns]\n" + counters;
  text += fmt::format("\n[limits]\ncolumns_max = {}\n", configuration.columns_max);
  std::string alerts;
  if (configuration.budget_per_day > 0) {
    alerts += fmt::format("budget = \"{} per day\"\n", configuration.budget_per_day);
  }
  if (configuration.threshold > 0) {
    alerts += fmt::format("threshold = {}\n", configuration.threshold);
  }
  if (configuration.cooldown > 0) {
    alerts += fmt::format("cooldown = \"{}\"\n", format_duration(configuration.cooldown));
  }
  if (configuration.shift_after > 0) {
    alerts += fmt::format("shift_after = {}\n", configuration.shift_after);
  }
  if (!alerts.empty()) text += "\n[alerts]\n" + alerts;
  std::string names, parameters;
  for (const DetectorConfiguration& detector : chosen_detectors(configuration)) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", detector.name);
    if (detector.parameters.empty() && detector.columns_min <= 1) continue;
    parameters += fmt::format("\n[detectors.{}]\n", detector.name);
    if (detector.columns_min > 1) {
      parameters += fmt::format("columns_min = {}\n", detector.columns_min);
    }
    for (const auto& [name, value] : detector.parameters) {
      parameters += fmt::format("{} = {}\n", name, value);
    }
  }
  text += fmt::format("\n[detectors]\nuse = [{}]\n", names) + parameters;
  return text + rules_text(configuration.rules);
}

Result<std::unique_ptr<Pipeline>> build_pipeline(const Configuration& configuration,
                                                 Columns& columns) {
  auto pipeline = std::make_unique<Pipeline>();
  Result<TimeZone> zone = TimeZone::find(configuration.time_zone);
  if (!zone) return tl::unexpected(zone.error());
  pipeline->zone = *zone;
  pipeline->seed = mix(0x7265'7469'6D75ULL, configuration.seed);
  for (const DetectorConfiguration& detector : chosen_detectors(configuration)) {
    const DetectorEntry* entry = find_detector(detector.name);
    if (entry == nullptr) {
      return failure(Fault::usage, "unknown detector \"{}\"; see `retimu list detectors`",
                     detector.name);
    }
    ParameterValues values(entry->parameters);
    for (const auto& [name, value] : detector.parameters) {
      if (Result<void> set = values.set(name, value); !set) return tl::unexpected(set.error());
    }
    if (detector.name == "silence") pipeline->silence_times = values.number("times");
    for (const Modality modality : modalities_of(*entry)) {
      Result<std::unique_ptr<Detector>> made =
          entry->make(values, hash(detector.name, pipeline->seed));
      if (!made) return tl::unexpected(made.error());
      std::vector<NamedDetector>& all = pipeline->detectors;
      const std::string state_name = state_name_of(*entry, modality);
      const auto keeper = std::ranges::find(all, state_name, &NamedDetector::state_name);
      const auto index = static_cast<std::size_t>(keeper - all.begin());
      // Other modalities have no columns.
      const std::size_t columns_min = modality == Modality::metrics ? detector.columns_min : 0;
      all.push_back({detector.name, std::move(*made), modality, columns_min, state_name, index});
    }
  }
  if (pipeline->detectors.empty()) {
    return failure(Fault::usage, "a pipeline needs at least one detector");
  }
  pipeline->calibration = make_calibration({});
  PolicyOptions policy;
  policy.budget_per_day = configuration.budget_per_day;
  policy.cooldown = configuration.cooldown;
  for (const NamedDetector& named : pipeline->detectors) {
    if (named.detector->own_threshold(1) > 0) pipeline->has_own_evidence = true;
  }
  policy.threshold = pipeline->threshold = configuration.threshold;
  if (configuration.shift_after > 0) {
    policy.shift_after = static_cast<std::uint32_t>(configuration.shift_after);
  }
  pipeline->policy = make_policy(policy);
  Result<std::unique_ptr<RuleBook>> rules = build_rules(configuration, columns);
  if (!rules) return tl::unexpected(rules.error());
  pipeline->rules = std::move(*rules);
  pipeline->maintenance = Maintenance(configuration.maintenance);
  pipeline->budget_per_day = configuration.budget_per_day;
  pipeline->columns_max = configuration.columns_max;
  pipeline->entities_max = configuration.entities_max;
  pipeline->columns = &columns;
  for (const auto& [name, column] : configuration.columns) {
    if (column.unit.empty() && !column.is_counter) continue;
    const std::optional<ColumnId> id = columns.intern(name);
    if (!id) continue;
    if (!column.is_counter) {
      pipeline->units.emplace(*id, column.unit);
      continue;
    }
    pipeline->units.emplace(*id, column.unit.empty() ? "1/s" : column.unit + "/s");
    pipeline->counters.push_back(*id);
  }
  std::ranges::sort(pipeline->counters);
  return pipeline;
}

Result<std::unique_ptr<RuleBook>> build_rules(const Configuration& configuration,
                                              Columns& columns) {
  return RuleBook::make(configuration.rules, columns);
}

}  // namespace retimu
