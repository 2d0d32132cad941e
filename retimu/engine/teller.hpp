// SPDX-License-Identifier: Apache-2.0
// After the groups: what they raised, in one order, as incidents where it belongs together, within
// the budget. Of what a stated budget holds back one summary is told when the event-day ends.
#ifndef RETIMU_ENGINE_TELLER_HPP
#define RETIMU_ENGINE_TELLER_HPP

#include "retimu/decision/budget.hpp"
#include "retimu/decision/correlator.hpp"
#include "retimu/engine/round.hpp"
#include "retimu/engine/worked_on.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct TellerOptions {
  double budget_per_day = 0;  // 0: none, everything is told
  std::uint64_t seed = 0;
  Maintenance maintenance = {};
  std::optional<CorrelatorOptions> incidents = std::nullopt;  // none: each alert for itself
};

// What a group decided to tell and nobody is told, or not yet.
struct HeldBack {
  std::uint64_t sequence = 0;  // of its event
  Time time = 0;
  Change change = Change::none;
  std::string entity;
  std::string by;  // "maintenance: the reason of it", "the budget"
};

class Teller {
 public:
  explicit Teller(TellerOptions options);

  // Gathers the round's alerts, ordered by (sequence, time, entity), into `told`, less what an
  // earlier process had told (sequence below the restored one), what the budget holds back, and
  // what is kept back while an entity is worked on.
  // What departs is evidence for the alerts of the same event and later ones.
  // Incidents stand behind the alert that changed them; what an incident tells is there, too, and
  // marked (Alert::told_by). An incident that opens costs the budget what an alert costs; alerts
  // that it tells cost nothing. Strings are moved out of the round.
  void tell(Round& round, std::vector<Alert>& told);
  // The input ended: tells the summary of what was held back since the last one.
  void finish(std::vector<Alert>& told);

  // Of the last call of tell(), in its order.
  std::span<const HeldBack> held() const { return held_; }

  // Windows that people asked for, past ones of the last day, too.
  std::span<const MaintenanceWindow> maintenance() const { return worked_on_.asked(); }
  // What the pipeline said of itself and did not resolve; at most open_health_max, the newest.
  const std::vector<Alert>& open_health() const { return open_health_; }
  static constexpr std::size_t open_health_max = 1'000;

  // The clock on the wall, as it last entered the order; time_none: it did not. See lateness.hpp.
  Time wall() const { return wall_; }

  std::size_t open_incidents() const { return correlator_.open(); }  // told and not over
  std::uint64_t held_back() const { return held_back_; }  // episodes, since the pipeline began
  void visit(StateVisitor& visitor);

 private:
  void gather(Round& round);
  void hold(const Alert& alert, std::string by);
  bool may_tell(const Alert& alert);
  bool take_token(Time time);
  void hand_on(Alert& alert, std::vector<Alert>& told);
  void correlate(Alert& alert, std::vector<Alert>& told);
  void pass(const Mark& mark, std::vector<Alert>& told);
  void tell_sources(const Mark& mark, std::vector<Alert>& told);
  void tell_health(const Mark& mark, std::vector<Alert>& told);
  void visit_health(StateVisitor& visitor);
  void summarise(Time time, std::uint64_t sequence, std::vector<Alert>& told);
  void pass_day(Time time, std::uint64_t sequence, std::vector<Alert>& told);

  double budget_per_day_;
  std::uint64_t seed_;
  WorkedOn worked_on_;
  bool has_incidents_;
  Correlator correlator_;
  TokenBucket bucket_;
  std::uint64_t sequence_ = 0;  // everything before it was told
  Time clock_ = time_none;  // of the last mark: one alert's bad clock must not refill the bucket
  Time day_ = time_none;    // start of the event-day
  Time time_ = time_none;   // of the last alert
  Time wall_ = time_none;
  std::uint64_t held_back_ = 0;
  std::map<std::string, std::uint64_t>
      pending_;  // held back since the last summary, by entity; bounded
  std::uint64_t pending_others_ = 0;
  std::vector<AlertId> muted_;  // open episodes that were not told; at most one an entity
  std::vector<Alert> open_health_;
  std::vector<Alert> gathered_, released_, of_incidents_;
  std::vector<HeldBack> held_;
  std::vector<const Departure*> departures_;
};

}  // namespace retimu

#endif
