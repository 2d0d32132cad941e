// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/worked_on.hpp"

#include "retimu/connectors/alert_json.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::uint32_t state_version = 3;
constexpr std::size_t alert_bytes_max = 1024 * 1024;
constexpr std::size_t name_bytes_max = 64 * 1024;

}  // namespace

// The one that ends last, whoever asked for it.
const MaintenanceWindow* WorkedOn::window(std::string_view entity, Time time) const {
  const MaintenanceWindow* configured = configured_.of(entity, time);
  const MaintenanceWindow* asked = asked_.of(entity, time);
  if (configured == nullptr || asked == nullptr) return configured == nullptr ? asked : configured;
  return asked->to > configured->to ? asked : configured;
}

std::string_view WorkedOn::reason(std::string_view entity, Time time) const {
  const MaintenanceWindow* of = window(entity, time);
  return of == nullptr ? std::string_view() : std::string_view(of->reason);
}

void WorkedOn::ask(const MaintenanceRequest& request, Time now) {
  if (const std::optional<MaintenanceWindow> opened = window_of(request, now)) {
    asked_.add(*opened, now);
  }
  if (!request.ends) return;
  asked_.end(request.entities, now);
  for (auto& [key, kept] : kept_) {
    const MaintenanceWindow* left = window(kept.alert.entity, now);
    kept.until = std::min(kept.until, left == nullptr ? now : left->to);
  }
}

bool WorkedOn::takes(const Alert& alert) {
  const auto at = kept_.find({alert.id.high, alert.id.low});
  if (at == kept_.end()) {
    if (configured_.is_empty() && asked_.is_empty()) return false;
    const MaintenanceWindow* until = window(alert.entity, alert.time);
    if (until == nullptr || alert.change == Change::resolved) return false;
    if (alert.change == Change::updated) return true;
    if (kept_.size() >= kept_max) return true;
    const Key key{alert.id.high, alert.id.low};
    kept_.emplace(key, Kept{alert, until->to});
    return true;
  }
  if (alert.change == Change::resolved) {
    kept_.erase(at);
    return true;
  }
  // Told as if it had been raised so.
  at->second.alert = alert;
  at->second.alert.change = Change::raised;
  return true;
}

void WorkedOn::pass(Time time, std::uint64_t sequence, std::vector<Alert>& told) {
  if (kept_.empty()) return;
  const auto first = static_cast<std::ptrdiff_t>(told.size());
  for (auto at = kept_.begin(); at != kept_.end();) {
    Kept& kept = at->second;
    if (kept.until > time) {
      ++at;
      continue;
    }
    // Another window may have begun meanwhile.
    if (const MaintenanceWindow* next = window(kept.alert.entity, kept.until)) {
      kept.until = next->to;
      continue;
    }
    kept.alert.time = kept.until;
    kept.alert.sequence = sequence;
    told.push_back(std::move(kept.alert));
    at = kept_.erase(at);
  }
  std::stable_sort(told.begin() + first, told.end(), [](const Alert& a, const Alert& b) {
    return a.time != b.time ? a.time < b.time : a.entity < b.entity;
  });
}

void WorkedOn::visit(StateVisitor& visitor) {
  const std::uint32_t version = visitor.version(state_version);
  struct Stored {
    std::string json, entity;  // as it is: JSON knows no other bytes than those of UTF-8
    Time until = 0;
  };
  std::vector<Stored> list;
  for (const auto& [key, kept] : kept_) {
    list.push_back({to_json(kept.alert), kept.alert.entity, kept.until});
  }
  const std::size_t count = visitor.count("kept", list.size(), kept_max);
  if (visitor.failed()) return;
  list.resize(count);
  kept_.clear();
  for (auto& [json, entity, until] : list) {
    json.resize(visitor.count("alert", json.size(), alert_bytes_max));
    visitor.cells("alert", std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(json.data()),
                                                   json.size()));
    visitor.cell("until", until);
    if (version >= 3) visit_text(visitor, "entity", entity, name_bytes_max);
    if (visitor.failed()) return;
    Result<Alert> alert = parse_alert(json);
    if (!alert) return visitor.refuse();
    if (version >= 3) alert->entity = std::move(entity);
    const Key key{alert->id.high, alert->id.low};
    kept_.emplace(key, Kept{std::move(*alert), until});
  }
  if (version >= 2) asked_.visit(visitor);
}

}  // namespace retimu
