// SPDX-License-Identifier: Apache-2.0
// A recording at the speed of a clock: what it says does not change, only when.
#ifndef RETIMU_ENGINE_PACED_SOURCE_HPP
#define RETIMU_ENGINE_PACED_SOURCE_HPP

#include "retimu/core/source.hpp"

#include <atomic>
#include <memory>

namespace retimu {

// `speed` > 0: seconds of event time that pass in one. What comes late comes at once. `stop`, which
// may be null, ends a wait.
std::unique_ptr<Source> paced(std::unique_ptr<Source> source, double speed,
                              const std::atomic<bool>* stop);

}  // namespace retimu

#endif
