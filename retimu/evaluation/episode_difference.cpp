// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/episode_difference.hpp"

#include "retimu/core/incident.hpp"

#include <algorithm>
#include <tuple>

namespace retimu {

void ToldEpisodes::add(const Alert& alert) {
  const auto [place, is_new] = places_.emplace(to_text(alert.id), list_.size());
  if (is_new) {
    ToldEpisode episode;
    episode.entity = alert.entity;
    episode.onset = alert.onset;
    episode.told = alert.time;
    episode.is_incident = alert.incident != nullptr;
    episode.sentence = alert.sentence;
    list_.push_back(std::move(episode));
  }
  ToldEpisode& episode = list_[place->second];
  episode.last = std::max(episode.last, alert.time);
  episode.severity = std::max(episode.severity, alert.severity);
  episode.is_over = episode.is_over || alert.change == Change::resolved;
  episode.named.emplace(alert.entity, alert.time);
  if (alert.incident == nullptr) return;
  for (const std::string& entity : alert.incident->first) {
    episode.named.emplace(entity, alert.time);
  }
  for (const LikelyCause& cause : alert.incident->causes) {
    episode.named.emplace(cause.entity, alert.time);
  }
}

std::vector<EpisodePair> compare_episodes(std::span<const ToldEpisode> a,
                                          std::span<const ToldEpisode> b) {
  struct Match {
    Duration distance;
    std::size_t a, b;
  };
  std::map<std::string, std::vector<std::size_t>> of_entity;
  for (std::size_t i = 0; i < b.size(); ++i) of_entity[b[i].entity].push_back(i);
  std::vector<Match> matches;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (const std::size_t k : of_entity[a[i].entity]) {
      if (a[i].onset > b[k].last || b[k].onset > a[i].last) continue;
      const Duration distance = a[i].onset - b[k].onset;
      matches.push_back({distance < 0 ? -distance : distance, i, k});
    }
  }
  std::ranges::sort(matches, {}, [](const Match& m) { return std::tuple(m.distance, m.a, m.b); });
  std::vector<bool> has_pair_a(a.size()), has_pair_b(b.size());
  std::vector<EpisodePair> pairs;
  for (const Match& match : matches) {
    if (has_pair_a[match.a] || has_pair_b[match.b]) continue;
    has_pair_a[match.a] = has_pair_b[match.b] = true;
    pairs.push_back({&a[match.a], &b[match.b], b[match.b].told - a[match.a].told});
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!has_pair_a[i]) pairs.push_back({&a[i], nullptr, 0});
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!has_pair_b[i]) pairs.push_back({nullptr, &b[i], 0});
  }
  std::ranges::sort(pairs, {}, [](const EpisodePair& pair) {
    const ToldEpisode& first = pair.a != nullptr ? *pair.a : *pair.b;
    return std::tuple(first.told, first.entity, pair.a == nullptr);
  });
  return pairs;
}

}  // namespace retimu
