// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/compare_grid.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/evaluation/compare.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace retimu {

namespace {

struct Named {
  std::string_view name, description;
  std::size_t EpisodeChanges::*count;
};

constexpr std::array counts = {
    Named{"events", "true events", &EpisodeChanges::events},
    Named{"gained", "events found only after", &EpisodeChanges::gained},
    Named{"lost", "events found only before", &EpisodeChanges::lost},
    Named{"earlier", "events found earlier", &EpisodeChanges::earlier},
    Named{"later", "events found later", &EpisodeChanges::later},
    Named{"same", "events found at the same row", &EpisodeChanges::same},
    Named{"false_gained", "false episodes only after", &EpisodeChanges::false_gained},
    Named{"false_lost", "false episodes only before", &EpisodeChanges::false_lost},
    Named{"false_kept", "false episodes of both", &EpisodeChanges::false_kept},
};

EpisodeChanges count_episodes(std::span<const Case> cases, const JudgedSet& before,
                              const JudgedSet& after) {
  EpisodeChanges sum;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    sum += compare_episodes(cases[i].truth, before.scores[i].anomalous, after.scores[i].anomalous);
  }
  return sum;
}

// Whether the interval leaves out 0, and to which side.
std::string_view verdict_of(const Difference& difference, bool more_is_better) {
  if (difference.low <= 0 && difference.high >= 0) return "";
  return (difference.low > 0) == more_is_better ? "better" : "worse";
}

using Visit =
    std::function<void(std::string_view kind, const Measure& measure, const Difference& found)>;

void for_differences(const JudgedSet& before, const JudgedSet& after, const Visit& visit) {
  for (std::size_t k = 0; k < measures().size(); ++k) {
    const Measure& measure = measures()[k];
    if (const auto found = compare(before.best(k), after.best(k))) visit("best", measure, *found);
  }
  for (std::size_t k = 0; k < measures().size(); ++k) {
    const Measure& measure = measures()[k];
    if (const auto found = compare(before.own(k), after.own(k))) visit("own", measure, *found);
  }
}

}  // namespace

std::vector<Grid> comparison_grids(std::span<const Case> cases, const JudgedSet& before,
                                   const JudgedSet& after) {
  Grid differences{
      fmt::format("{} -> {}: means over the series, 95 % interval of the difference", before.scorer,
                  after.scorer),
      {"measure", "rows", "series", "before", "after", "difference", "low", "high", ""},
      {}};
  for_differences(
      before, after, [&](std::string_view kind, const Measure& measure, const Difference& found) {
        differences.rows.push_back(
            {std::string(measure.title.empty() ? measure.name : measure.title), std::string(kind),
             fmt::format("{}", found.series), fmt::format("{:.3f}", found.mean_before),
             fmt::format("{:.3f}", found.mean_after), fmt::format("{:+.3f}", found.mean),
             fmt::format("{:+.3f}", found.low), fmt::format("{:+.3f}", found.high),
             std::string(verdict_of(found, measure.more_is_better))});
      });
  Grid episodes{"episodes by the scorers' own decisions", {"what", "count"}, {}};
  const EpisodeChanges changes = count_episodes(cases, before, after);
  for (const Named& one : counts) {
    episodes.rows.push_back({std::string(one.description), fmt::format("{}", changes.*one.count)});
  }
  Grid figures{"of the whole set", {"figure", "before", "after"}, {}};
  for (std::size_t i = 0; i < before.figures.size(); ++i) {
    const auto text = [](const Figure& one) {
      return one.value ? fmt::format("{:.3f}", *one.value) : std::string("-");
    };
    figures.rows.push_back(
        {before.figures[i].name, text(before.figures[i]), text(after.figures[i])});
  }
  std::vector<Grid> grids{std::move(differences), std::move(episodes)};
  if (!figures.rows.empty()) grids.push_back(std::move(figures));
  return grids;
}

std::string comparison_json(const SetEntry& set, std::span<const Case> cases,
                            const JudgedSet& before, const JudgedSet& after) {
  std::string json = "{\"set\":";
  append_json_string(json, set.name);
  json += ",\"before\":";
  append_json_string(json, before.scorer);
  json += ",\"after\":";
  append_json_string(json, after.scorer);
  json += ",\"differences\":[";
  for_differences(
      before, after, [&](std::string_view kind, const Measure& measure, const Difference& found) {
        if (json.back() != '[') json += ',';
        json += fmt::format("{{\"measure\":\"{}\",\"rows\":\"{}\",\"series\":{}", measure.name,
                            kind, found.series);
        const std::pair<std::string_view, double> numbers[] = {{"before", found.mean_before},
                                                               {"after", found.mean_after},
                                                               {"difference", found.mean},
                                                               {"low", found.low},
                                                               {"high", found.high}};
        for (const auto& [name, value] : numbers) {
          json += fmt::format(",\"{}\":", name);
          append_json_number(json, value);
        }
        json += '}';
      });
  json += "],\"episodes\":{";
  const EpisodeChanges changes = count_episodes(cases, before, after);
  for (const Named& one : counts) {
    if (json.back() != '{') json += ',';
    json += fmt::format("\"{}\":{}", one.name, changes.*one.count);
  }
  return json + "}}\n";
}

}  // namespace retimu
