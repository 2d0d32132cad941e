// SPDX-License-Identifier: Apache-2.0
// After the groups: what they raised, in one order, within the budget. Of what a stated budget
// holds back one summary is told when the event-day ends.
#ifndef RETIMU_ENGINE_TELLER_HPP
#define RETIMU_ENGINE_TELLER_HPP

#include "retimu/decision/budget.hpp"
#include "retimu/engine/round.hpp"
#include "retimu/engine/worked_on.hpp"

#include <map>
#include <string>
#include <vector>

namespace retimu {

class Teller {
 public:
  // 0: no budget, everything is told.
  Teller(double budget_per_day, std::uint64_t seed, Maintenance maintenance = {});

  // Gathers the round's alerts, ordered by (sequence, time, entity), into `told`, less what an
  // earlier process had told (sequence below the restored one), what the budget holds back, and
  // what is kept back while an entity is worked on.
  // Strings are moved out of the round.
  void tell(Round& round, std::vector<Alert>& told);
  // The input ended: tells the summary of what was held back since the last one.
  void finish(std::vector<Alert>& told);

  std::uint64_t held_back() const { return held_back_; }  // episodes, since the pipeline began
  void visit(StateVisitor& visitor);

 private:
  bool may_tell(const Alert& alert);
  void summarise(Time time, std::uint64_t sequence, std::vector<Alert>& told);
  void pass_day(Time time, std::uint64_t sequence, std::vector<Alert>& told);

  double budget_per_day_;
  std::uint64_t seed_;
  TokenBucket bucket_;
  std::uint64_t sequence_ = 0;  // everything before it was told
  Time clock_ = time_none;  // of the last mark: one alert's bad clock must not refill the bucket
  Time day_ = time_none;    // start of the event-day
  Time time_ = time_none;   // of the last alert
  std::uint64_t held_back_ = 0;
  std::map<std::string, std::uint64_t>
      pending_;  // held back since the last summary, by entity; bounded
  std::uint64_t pending_others_ = 0;
  WorkedOn worked_on_;
  std::vector<AlertId> muted_;  // open episodes that were not told; at most one an entity
  std::vector<Alert> gathered_;
};

}  // namespace retimu

#endif
