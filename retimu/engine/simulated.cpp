// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/simulated.hpp"

#include "retimu/simulator/world_source.hpp"

namespace retimu {

Result<std::unique_ptr<Source>> open_files_and_simulator(const Configuration& configuration,
                                                         Columns& columns) {
  if (!configuration.simulator) return open_files(configuration.files, columns);
  const SimulatorSource& simulator = *configuration.simulator;
  Result<std::vector<MadeFile>> made = made_world(simulator.world);
  if (!made) return tl::unexpected(made.error());
  for (MadeFile& one : *made) one.reading.ignore_if_present = simulator.ignore_if_present;
  return open_files(configuration.files, *made, simulator.speed, columns);
}

Result<void> write_truth(const Configuration& configuration) {
  if (!configuration.simulator || configuration.simulator->labels.empty()) return {};
  return write_world_truth(configuration.simulator->world, configuration.simulator->labels);
}

}  // namespace retimu
