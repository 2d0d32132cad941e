// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/known_templates.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace retimu {

void KnownTemplates::add(TemplateId id) {
  if (recent_.find(id) != FlatMap::none) return;
  if (recent_.size() >= recent_max) earlier_ = std::exchange(recent_, {});
  recent_.set(id, 0);
}

void KnownTemplates::visit(StateVisitor& visitor) {
  for (FlatMap* map : {&recent_, &earlier_}) {
    std::vector<TemplateId> ids;
    map->for_each([&](TemplateId id, std::uint32_t) { ids.push_back(id); });
    std::ranges::sort(ids);
    visit_list(visitor, "templates", ids, recent_max,
               [&](TemplateId& id) { visitor.cell("id", id); });
    map->clear();
    for (const TemplateId id : ids) map->set(id, 0);
  }
}

}  // namespace retimu
