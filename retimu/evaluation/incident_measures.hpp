// SPDX-License-Identifier: Apache-2.0
// Whether the incidents that were told of a system of services are its faults, how soon, and
// whether they name the service at fault.
#ifndef RETIMU_EVALUATION_INCIDENT_MEASURES_HPP
#define RETIMU_EVALUATION_INCIDENT_MEASURES_HPP

#include "retimu/evaluation/service_run.hpp"
#include "retimu/evaluation/table.hpp"

#include <array>
#include <optional>
#include <span>

namespace retimu {

struct ToldIncident {
  Time time = 0;                        // when it was told
  std::vector<std::uint32_t> services;  // the one most likely at fault first; may be some of them
};

// An incident within this time after the injection of a fault, and before the next one, is of it.
inline constexpr Duration incident_reach = 3 * minute;

struct JudgedIncidents {
  static constexpr std::array<std::size_t, 3> depths = {1, 3, 5};

  std::size_t faults = 0, found = 0;        // found: an incident is of it
  std::size_t incidents = 0, of_fault = 0;  // several may be of one fault
  // Faults whose first incident has the service among its first `depths`.
  std::array<double, 3> named{};
  std::vector<std::size_t> ranks;  // of the service in that incident, one a fault; 0: not named
  std::optional<Duration>
      delay;  // median from the injection to the first incident; none found: none

  double precision() const;  // 0 without incidents
  double recall() const;
  double accuracy(std::size_t depth) const;  // AS@1, 3, 5 by the place in `depths`; of all faults
};

// Both by time.
JudgedIncidents judge_incidents(std::span<const ServiceRun::Fault> faults,
                                std::span<const ToldIncident> incidents);
// What services in random order would be expected to name, told of every fault at once.
JudgedIncidents by_chance(std::size_t faults, std::size_t services);

struct NamedIncidents {
  std::string name;
  bool knows_times = false;  // it was told when faults are injected: only what it names is judged
  JudgedIncidents judged;
};
Grid make_grid(std::string title, std::span<const NamedIncidents> rows);
// A row a fault: at which place each of them names its service; of by_chance() nothing.
Grid make_faults_grid(std::string title, std::span<const ServiceRun::Fault> faults,
                      std::span<const std::string> services, std::span<const NamedIncidents> named);
// "name":{"faults":...}, ... without braces around it
std::string to_json(std::span<const NamedIncidents> rows);

}  // namespace retimu

#endif
