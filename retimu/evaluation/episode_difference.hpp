// SPDX-License-Identifier: Apache-2.0
// What two configurations told of the same records, episode by episode.
#ifndef RETIMU_EVALUATION_EPISODE_DIFFERENCE_HPP
#define RETIMU_EVALUATION_EPISODE_DIFFERENCE_HPP

#include "retimu/core/alert.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// An alert or incident from its first revision to its last.
struct ToldEpisode {
  std::string entity;  // of an incident the first
  Time onset = 0;
  Time told = 0;                          // event time of the first revision
  Time last = time_none;                  // of the last one
  Severity severity = Severity::cleared;  // the worst
  bool is_over = false;
  bool is_incident = false;
  std::string sentence;  // of the first revision
  // Whoever it is about, and the event time at which it first said so; of an incident also those
  // that joined it, and its likely causes.
  std::map<std::string, Time> named;
};

// Gathers alerts as sinks get them.
class ToldEpisodes {
 public:
  void add(const Alert& alert);
  // In the order in which they were told. An incident that became part of another one stays.
  const std::vector<ToldEpisode>& list() const { return list_; }

 private:
  std::vector<ToldEpisode> list_;
  std::map<std::string, std::size_t> places_;  // by id
};

struct EpisodePair {
  const ToldEpisode* a = nullptr;  // null: gained
  const ToldEpisode* b = nullptr;  // null: lost
  Duration later = 0;              // that b was told than a; negative: earlier
};

// Episodes of one entity are the same one where their spans, from onset to the last revision, meet;
// of several the nearest onset, each at most once. In the order of when they were told.
std::vector<EpisodePair> compare_episodes(std::span<const ToldEpisode> a,
                                          std::span<const ToldEpisode> b);

}  // namespace retimu

#endif
