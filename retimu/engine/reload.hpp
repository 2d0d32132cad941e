// SPDX-License-Identifier: Apache-2.0
// Whether a pipeline may go on with a configuration that has changed, and what has.
#ifndef RETIMU_ENGINE_RELOAD_HPP
#define RETIMU_ENGINE_RELOAD_HPP

#include "retimu/engine/configuration.hpp"

namespace retimu {

// What has changed, for people: "[alerts] threshold was not given and is 6; sinks". Fault::usage:
// it cannot be built, is of another data_dir, or judges otherwise, which is refused unless
// `accepts_other_pipeline`, as detectors may lose what they have learned.
Result<std::string> plan_reload(const Configuration& before, const Configuration& after,
                                bool accepts_other_pipeline);

}  // namespace retimu

#endif
