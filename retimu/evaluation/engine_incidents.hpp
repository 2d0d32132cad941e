// SPDX-License-Identifier: Apache-2.0
// A system of services watched by the engine with its defaults, and what it tells of it.
#ifndef RETIMU_EVALUATION_ENGINE_INCIDENTS_HPP
#define RETIMU_EVALUATION_ENGINE_INCIDENTS_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/incident_measures.hpp"

namespace retimu {

struct EngineIncidents {
  // Each line that a person would read of what begins or grows: an alert, of its service; an
  // incident, of its causes. By time of telling.
  std::vector<ToldIncident> told;
  // Told when the faults are injected: the services whose alerts began from a minute before to
  // incident_reach after it, ranked as the causes of one incident. One a fault.
  std::vector<ToldIncident> given;
  // Told likewise: those, and services whose signals have changed from then on without an alert.
  std::vector<ToldIncident> changed;
  // Told likewise: services by the signal that changed most within incident_reach, alerts or not.
  std::vector<ToldIncident> signals;
  // Told likewise: all services, by the strongest evidence of any of their events within
  // incident_reach, alerts or not.
  std::vector<ToldIncident> ranked;
};

// No topology: the set has none.
Result<EngineIncidents> engine_incidents(const ServiceRun& run, const Configuration& configuration);

}  // namespace retimu

#endif
