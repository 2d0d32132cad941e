// SPDX-License-Identifier: Apache-2.0
// The templates that an entity has sent, of late or before: a set that forgets what did not come
// for longest, half at a time. 12 to 48 bytes a template, from a few on.
#ifndef RETIMU_DETECTORS_KNOWN_TEMPLATES_HPP
#define RETIMU_DETECTORS_KNOWN_TEMPLATES_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/state.hpp"
#include "retimu/text/flat_map.hpp"

#include <cstddef>

namespace retimu {

class KnownTemplates {
 public:
  static constexpr std::size_t recent_max = 2'048;

  bool contains(TemplateId id) const {
    return recent_.find(id) != FlatMap::none || earlier_.find(id) != FlatMap::none;
  }
  void add(TemplateId id);
  void visit(StateVisitor& visitor);

 private:
  FlatMap recent_, earlier_;
};

}  // namespace retimu

#endif
