// SPDX-License-Identifier: Apache-2.0
// The simulated world of a configuration, as a source beside its files.
#ifndef RETIMU_ENGINE_SIMULATED_HPP
#define RETIMU_ENGINE_SIMULATED_HPP

#include "retimu/engine/configuration.hpp"

#include <memory>

namespace retimu {

// Files that are read once and the simulator, merged by time; one of them at least is stated.
Result<std::unique_ptr<Source>> open_files_and_simulator(const Configuration& configuration,
                                                         Columns& columns);

// The ground truth, where it is asked for.
Result<void> write_truth(const Configuration& configuration);

}  // namespace retimu

#endif
