// SPDX-License-Identifier: Apache-2.0
// What a pipeline has when it starts, and what it can be expected to do.
#ifndef RETIMU_ENGINE_START_REPORT_HPP
#define RETIMU_ENGINE_START_REPORT_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/self_check.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace retimu {

struct StartReport {
  std::vector<std::string> sources;    // by name or path
  std::vector<std::string> detectors;  // "gap_novelty: warm after 33 readings"
  std::vector<std::string> columns;    // those that are known already, with their kind
  std::uint64_t entities = 0;          // restored, or come since
  std::string budget;                  // whether it can be kept to, or what decides without one
  std::string limits;
};

// `columns`: known from files and earlier processes. `tests`: of the detectors, see self_check.hpp.
StartReport make_start_report(const Configuration& configuration, const Columns& columns,
                              const std::vector<SelfTest>& tests, std::uint64_t entities);
// A line for each thing that there is to say.
std::vector<std::string> start_lines(const StartReport& report);

}  // namespace retimu

#endif
