// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/maintenance.hpp"

#include "retimu/rules/glob.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t text_bytes_max = 64UL * 1024;

bool holds(const MaintenanceWindow& window, std::string_view entity, Time time) {
  if (time < window.from || time >= window.to) return false;
  return window.entities.empty() ||
         std::ranges::any_of(window.entities, [&](const std::string& pattern) {
           return matches_glob(pattern, entity);
         });
}

}  // namespace

std::optional<MaintenanceWindow> window_of(const MaintenanceRequest& request, Time now) {
  if (request.ends) return std::nullopt;
  MaintenanceWindow window{request.entities, request.from, request.to, request.reason,
                           request.is_learned};
  if (window.from == time_none) window.from = now;
  if (window.to == time_none) window.to = add_saturated(window.from, request.lasts);
  return window.to > window.from ? std::optional(std::move(window)) : std::nullopt;
}

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

void Maintenance::add(MaintenanceWindow window, Time now) {
  std::erase_if(windows_, [&](const MaintenanceWindow& old) {
    return old == window || add_saturated(old.to, day) < now;
  });
  if (windows_.size() >= maintenance_max) {
    windows_.erase(std::ranges::min_element(windows_, {}, &MaintenanceWindow::to));
  }
  windows_.push_back(std::move(window));
}

void Maintenance::end(std::span<const std::string> entities, Time now) {
  for (MaintenanceWindow& window : windows_) {
    if (std::ranges::equal(window.entities, entities)) window.to = std::min(window.to, now);
  }
  std::erase_if(windows_, [](const MaintenanceWindow& one) { return one.to <= one.from; });
}

void Maintenance::visit(StateVisitor& visitor) {
  visit_list(visitor, "windows", windows_, maintenance_max, [&](MaintenanceWindow& window) {
    visit_list(visitor, "entities", window.entities, maintenance_max, [&](std::string& pattern) {
      visit_text(visitor, "pattern", pattern, text_bytes_max);
    });
    visitor.cell("from", window.from);
    visitor.cell("to", window.to);
    visit_text(visitor, "reason", window.reason, text_bytes_max);
    std::uint8_t is_learned = window.is_learned ? 1 : 0;
    visitor.cell("is_learned", is_learned);
    window.is_learned = is_learned != 0;
  });
}

}  // namespace retimu
