// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/maintenance.hpp"

#include "retimu/rules/glob.hpp"

#include <algorithm>

namespace retimu {

namespace {

bool holds(const MaintenanceWindow& window, std::string_view entity, Time time) {
  if (time < window.from || time >= window.to) return false;
  return window.entities.empty() ||
         std::ranges::any_of(window.entities, [&](const std::string& pattern) {
           return matches_glob(pattern, entity);
         });
}

}  // namespace

const MaintenanceWindow* Maintenance::of(std::string_view entity, Time time) const {
  const MaintenanceWindow* last = nullptr;
  for (const MaintenanceWindow& window : windows_) {
    if (last != nullptr && window.to <= last->to) continue;
    if (holds(window, entity, time)) last = &window;
  }
  return last;
}

bool Maintenance::is_learned(std::string_view entity, Time time) const {
  return std::ranges::none_of(windows_, [&](const MaintenanceWindow& window) {
    return !window.is_learned && holds(window, entity, time);
  });
}

}  // namespace retimu
