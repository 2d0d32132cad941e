// SPDX-License-Identifier: Apache-2.0
// The simulated world as a source: the files of `retimu simulate faults`, made while they are read.
#ifndef RETIMU_SIMULATOR_WORLD_SOURCE_HPP
#define RETIMU_SIMULATOR_WORLD_SOURCE_HPP

#include "retimu/connectors/made_file.hpp"
#include "retimu/simulator/world_simulation.hpp"

#include <string>
#include <vector>

namespace retimu {

// Readings, log and alarms, each made by a world of its own: memory and time are those of three. To
// go back in one, or to go on behind a restart, makes what comes before that place anew, about 1
// microsecond a line. Fault::usage as WorldMaker::plan().
Result<std::vector<MadeFile>> made_world(const WorldOptions& options);

// The ground truth: labels.csv at that path, and recording.csv beside it with the number of
// readings that are planned; for `retimu simulate score`.
Result<void> write_world_truth(const WorldOptions& options, const std::string& path);

}  // namespace retimu

#endif
