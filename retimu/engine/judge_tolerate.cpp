// SPDX-License-Identifier: Apache-2.0
// What a judge makes of false alarms that people told of.
#include "retimu/engine/judge.hpp"

#include <algorithm>

namespace retimu {

// Lowers an opinion and the excess of own evidence over its threshold (NaN: none) where the
// detector speaks of a subject that a person said is nothing. What is low anyway needs no reason:
// that is cold.
void Judge::tolerate(EntityParts entity, const Observation& observation, Opinion& opinion,
                     double& excess) {
  constexpr double low_evidence = 1, low_excess = -2;  // decades
  const std::uint16_t i = opinion.detector;
  tolerated_[i] = nullptr;
  if (!(-opinion.rating.log10_p > low_evidence) && !(excess > low_excess)) return;
  const std::string& name = pipeline_.detectors[i].name;
  if (std::ranges::find(*tolerances_, name, &Tolerance::detector) == tolerances_->end()) return;
  reasons_.clear();
  pipeline_.detectors[i].detector->explain(entity.detector(i), observation, scratch(i), reasons_);
  if (reasons_.empty()) return;
  const Reason& reason = reasons_.front();
  const std::string_view subject = is_of_column(reason) ? pipeline_.columns->name(reason.column)
                                                        : std::string_view(reason.subject);
  for (const Tolerance& one : *tolerances_) {
    if (one.detector != name || one.subject != subject) continue;
    tolerated_[i] = &one;
    opinion.rating.log10_p = -tolerated(-opinion.rating.log10_p, one.decades);
    if (excess > low_excess) excess = std::max(excess - one.decades, low_excess);
  }
}

}  // namespace retimu
