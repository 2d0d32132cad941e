// SPDX-License-Identifier: Apache-2.0
// Which alerts belong together. Takes all alerts in the order of telling and gives incidents that
// open, change and end.
//
// Idea: an alert joins an incident that has its entity; else one with entities at most `hops`
// edges away and onsets at most `window` apart, if these are more than chance would have there once
// in twenty times: five hundred servers of one switch are all neighbours, and two of them often
// complain within minutes; else, of an entity that the topology does not
// know, a storm: so many onsets within a minute that by chance, given how often alerts usually
// begin, they would be together once in a million minutes (Poisson), and five at least. What is
// usual is the upper quartile of the last 8 hours, which a storm does not move; a storm takes
// onsets for ten minutes. An incident of one entity is told as its alerts are, and nothing more;
// unless several modalities show it: then by a line of its own, with all that was seen, in place of
// the alert's, whose end alone is told beside it. Where that one turns out to be part of a larger
// one, it ends there.
// One of several is told by lines of its own, and of its alerts the first three only: the others
// are told by it. It changes when it is ten times as large, when it is worse, and when a minute
// without a new entity has passed and it has grown by a quarter. It ends a minute after its last
// alert has, so that what flaps stays one incident. The clock is that of the admitted order;
// nothing depends on how alerts are batched. What changed at entities that have no alert is kept,
// of the 64 strangest of late, and taken as evidence of what is behind an incident. Cost: an alert
// looks at every entity of every open incident; 16,384 entities at most, beyond which alerts are
// only counted. Blind: without a topology what happens at the same time is one incident, also where
// it has two causes; with one, what spreads slower than `window` becomes several.
#ifndef RETIMU_DECISION_CORRELATOR_HPP
#define RETIMU_DECISION_CORRELATOR_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/state.hpp"
#include "retimu/decision/causes.hpp"
#include "retimu/decision/topology.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

struct CorrelatorOptions {
  const Topology* topology = nullptr;  // must outlive it; null: none
  std::size_t hops = 2;
  Duration window = 5 * minute;  // > 0
};

class Correlator {
 public:
  explicit Correlator(const CorrelatorOptions& options);

  // The next alert, raised, updated or resolved. Gives the id of the incident that tells it, if the
  // alert is not to be told itself.
  std::optional<AlertId> take(const Alert& alert);
  // After it: what is to be told of the alert's incident. `is_told`: the alert is not held back.
  // `may_open`: asked once before an incident of several entities is told for the first time; if
  // not it is asked again with the next alert. Gives the incident's id if it is told in place of
  // the alert.
  std::optional<AlertId> tell(const Alert& alert, bool is_told,
                              const std::function<bool()>& may_open, std::vector<Alert>& told);
  // The clock of the admitted order before the event `sequence`.
  void pass(Time clock, std::uint64_t sequence, std::vector<Alert>& told);

  // What changed at an entity, before the alerts of the same event or later ones.
  void see(const Departure& departure);

  std::size_t open() const;  // incidents that were told and are not over
  void visit(StateVisitor& visitor);

 private:
  // How an alert is told: by itself, by its incident, or by both: itself first, and its end.
  enum Telling : std::uint8_t { by_itself, by_incident, by_both };
  struct Member {  // an entity
    std::uint64_t entity = 0;
    AlertId alert;  // its last
    Time onset = 0;
    std::uint8_t is_open = 1, telling = by_itself;
  };
  struct Cluster {  // an incident, or what may become one
    AlertId id;
    std::uint32_t revision = 0;        // 0: not told
    Time onset = 0, onset_last = 0;    // of its alerts
    Time grown = 0, ends = time_none;  // by the clock; none: an alert is open
    Time ended = time_none;            // its last alert
    Severity severity{}, severity_told{};
    std::uint8_t is_storm = 0;
    std::uint64_t entities = 0, entities_told = 0, alerts = 0;
    std::vector<AlertId> first_alerts;
    std::vector<std::pair<Time, std::string>> first;  // by onset
    std::vector<std::string> hints;
    std::vector<AlertReason> signals;  // while it has one entity
    std::vector<AlertPart> parts;      // the same
    std::vector<Suspect> suspects;
    std::vector<Member> members;
  };
  static void visit_cluster(StateVisitor& visitor, Cluster& cluster, std::uint32_t version);

  Time now(const Alert& alert) const;
  std::size_t place_for(const Alert& alert, std::uint64_t entity);
  std::optional<std::size_t> neighbour_of(const Alert& alert, std::uint64_t entity);
  std::optional<std::size_t> storm_of(const Alert& alert, std::uint64_t entity);
  void merge(std::size_t to, const std::vector<std::size_t>& others);
  void join(Cluster& cluster, const Alert& alert, std::uint64_t entity);
  void note(Cluster& cluster, const Alert& alert) const;
  bool is_near(const Departure& departure, Time onset) const;
  std::vector<Suspect> suspects_of(const Cluster& cluster,
                                   std::span<const std::uint64_t> entities) const;
  std::optional<AlertId> tell_story(Cluster& cluster, const Alert& alert, bool is_told,
                                    std::vector<Alert>& told);
  void tell_merged(const Cluster& into, const Alert& alert, std::vector<Alert>& told);
  void learn_rate(Time clock);
  void set_back(Time clock);
  double usual() const;  // that begin in a minute
  bool is_storm(std::size_t onsets) const;
  std::optional<AlertId> take_beyond(const Alert& alert);
  Alert make(Cluster& cluster, Change change, Time time, std::uint64_t sequence,
             const Cluster* into = nullptr) const;

  static constexpr Duration linger = minute;     // after its last alert
  static constexpr std::size_t counts_max = 48;  // 8 hours
  static constexpr std::size_t members_max = 16'384;
  static constexpr std::size_t first_max = 8, first_alerts_max = 16, hints_max = 5, signals_max = 8;
  static constexpr std::size_t departures_max = 64;

  CorrelatorOptions options_;
  Topology no_topology_;
  const Topology& topology_;
  std::vector<Cluster> clusters_;     // in the order in which they began
  std::size_t members_ = 0;           // of all
  ReusedList<Departure> departures_;  // of late, one an entity; beyond room the strangest
  std::optional<std::size_t> touched_;
  std::vector<Cluster> merged_;  // that were told: what became of them is told next
  Time clock_ = time_none;
  std::uint64_t beyond_ = 0;  // open alerts that were only counted
  // How many alerts began by themselves in each of the last stretches of ten minutes; as if there
  // had been some before the first.
  std::vector<std::uint32_t> counts_ = {1, 1, 1};
  Time stretch_ = time_none;  // the one that runs
  std::uint32_t began_ = 0;   // in it
};

}  // namespace retimu

#endif
