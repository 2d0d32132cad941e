// SPDX-License-Identifier: Apache-2.0
// What a person reads of an incident: "23 entities have alerts: first switch1, then web4, web7 and
// others; packet loss, no data; likely cause: errors of switch1 is 512, usually 0 to 3 (first,
// feeds all 22, 1 hop from web1; cpu from 12 to 96)".
#ifndef RETIMU_DECISION_INCIDENT_TEXT_HPP
#define RETIMU_DECISION_INCIDENT_TEXT_HPP

#include "retimu/core/incident.hpp"

#include <string>

namespace retimu {

// `onset`: of the incident; `others`: its entities beside this one.
std::string cause_sentence(const LikelyCause& cause, Time onset, std::uint64_t others);
// From the other fields; `is_over`: it is resolved. No moments, which readers of rows tell
// otherwise.
std::string incident_sentence(const Incident& incident, bool is_over);
// Of one that ends because it belongs to another, which is called by its first entity.
std::string merged_sentence(const std::string& entity, const std::string& into);

}  // namespace retimu

#endif
