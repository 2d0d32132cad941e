// SPDX-License-Identifier: Apache-2.0
// Times at which a person works on an entity: what is unusual then is judged as ever and not told.
// What is still unusual when the work is over is told then.
#ifndef RETIMU_ENGINE_MAINTENANCE_HPP
#define RETIMU_ENGINE_MAINTENANCE_HPP

#include "retimu/core/request.hpp"
#include "retimu/core/time.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

inline constexpr std::size_t maintenance_max = 1'000;

struct MaintenanceWindow {
  std::vector<std::string> entities;  // names or glob patterns; empty: all
  Time from = 0, to = 0;              // event time, `to` not included
  std::string reason;
  bool is_learned = true;  // else models and calibrations leave it out
  friend bool operator==(const MaintenanceWindow&, const MaintenanceWindow&) = default;
};

// The window that a request opens if it enters at `now`; none: it ends windows, or is over before
// it begins.
std::optional<MaintenanceWindow> window_of(const MaintenanceRequest& request, Time now);

class Maintenance {
 public:
  Maintenance() = default;
  explicit Maintenance(std::vector<MaintenanceWindow> windows) : windows_(std::move(windows)) {}

  bool is_empty() const { return windows_.empty(); }
  std::span<const MaintenanceWindow> windows() const { return windows_; }
  // The window that ends last of those that the entity is in; null: none.
  const MaintenanceWindow* of(std::string_view entity, Time time) const;
  bool is_learned(std::string_view entity, Time time) const;

  // Asked by a person at `now`. Windows that were over a day before go; of more than
  // maintenance_max the one that ends first does.
  void add(MaintenanceWindow window, Time now);
  // Those of exactly these patterns are over at `now`.
  void end(std::span<const std::string> entities, Time now);
  void visit(StateVisitor& visitor);

 private:
  std::vector<MaintenanceWindow> windows_;
};

}  // namespace retimu

#endif
