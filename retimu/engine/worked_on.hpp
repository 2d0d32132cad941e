// SPDX-License-Identifier: Apache-2.0
// Keeps back alerts of entities that are worked on, and gives them back when the work is over and
// they are still open. What was told before the work began is resolved as ever.
#ifndef RETIMU_ENGINE_WORKED_ON_HPP
#define RETIMU_ENGINE_WORKED_ON_HPP

#include "retimu/core/alert.hpp"
#include "retimu/engine/maintenance.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

class WorkedOn {
 public:
  // Open alerts that are kept back; of more the oldest are told nowhere.
  static constexpr std::size_t kept_max = 100'000;

  explicit WorkedOn(Maintenance configured) : configured_(std::move(configured)) {}

  // True: the alert is not to be told now.
  bool takes(const Alert& alert);
  // Why the entity is worked on at that time; empty: it is not, or nobody said.
  std::string_view reason(std::string_view entity, Time time) const;
  // The pipeline's clock has passed `time`: appends what is told now, in order of (time, entity).
  void pass(Time time, std::uint64_t sequence, std::vector<Alert>& told);
  // A person asks for it when the pipeline's clock is `now`. What is kept back by a window that
  // ends early is told with the next pass().
  void ask(const MaintenanceRequest& request, Time now);
  std::span<const MaintenanceWindow> asked() const { return asked_.windows(); }
  void visit(StateVisitor& visitor);

 private:
  struct Kept {
    Alert alert;  // as it is told, by its last revision
    Time until = 0;
  };
  using Key = std::pair<std::uint64_t, std::uint64_t>;  // an alert's id

  const MaintenanceWindow* window(std::string_view entity, Time time) const;

  Maintenance configured_, asked_;
  std::map<Key, Kept> kept_;
};

}  // namespace retimu

#endif
