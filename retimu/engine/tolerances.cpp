// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/tolerances.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <utility>

namespace retimu {

namespace {
constexpr std::uint32_t state_version = 1;
constexpr std::size_t text_bytes_max = 64UL * 1024;
}  // namespace

const std::vector<Tolerance>* Tolerances::of(std::string_view entity) const {
  const auto at = of_.find(entity);
  return at == of_.end() ? nullptr : &at->second;
}

void Tolerances::take(const FalseAlarm& alarm, Time now) {
  if (alarm.parts.empty()) {
    of_.erase(alarm.entity);
    return;
  }
  if (of_.size() >= entities_max && !of_.contains(alarm.entity)) return;
  std::vector<Tolerance>& list = of_[alarm.entity];
  for (const FalseAlarm::Part& part : alarm.parts) {
    const double decades = std::min(part.decades, decades_max);
    const auto known = std::ranges::find_if(list, [&](const Tolerance& one) {
      return one.detector == part.detector && one.subject == part.subject;
    });
    if (known == list.end()) {
      if (list.size() >= of_entity_max) list.erase(list.begin());
      list.push_back({part.detector, part.subject, decades, now});
    } else if (known->decades < decades) {
      known->decades = decades;
      known->since = now;
    }
  }
}

void Tolerances::visit(StateVisitor& visitor) {
  (void)visitor.version(state_version);
  std::vector<std::pair<std::string, std::vector<Tolerance>>> list(of_.begin(), of_.end());
  visit_list(visitor, "entities", list, entities_max, [&](auto& one) {
    visit_text(visitor, "entity", one.first, text_bytes_max);
    visit_list(visitor, "tolerances", one.second, of_entity_max, [&](Tolerance& tolerance) {
      visit_text(visitor, "detector", tolerance.detector, text_bytes_max);
      visit_text(visitor, "subject", tolerance.subject, text_bytes_max);
      visitor.cell("decades", tolerance.decades);
      visitor.cell("since", tolerance.since);
      if (!(tolerance.decades > 0 && tolerance.decades <= decades_max)) visitor.refuse();
    });
  });
  of_ = {std::make_move_iterator(list.begin()), std::make_move_iterator(list.end())};
}

double tolerated(double evidence, double decades) {
  return evidence <= 1 ? evidence : std::max(evidence - decades, 1.0);
}

}  // namespace retimu
