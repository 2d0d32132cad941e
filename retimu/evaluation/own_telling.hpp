// SPDX-License-Identifier: Apache-2.0
// RETIMU itself as a teller of alarms: its engine over a stream, whose hosts are the entities.
#ifndef RETIMU_EVALUATION_OWN_TELLING_HPP
#define RETIMU_EVALUATION_OWN_TELLING_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/alarm_telling.hpp"

namespace retimu {

// An alarm is told if an alert is raised or updated by it; its score is what it ranks by. "retimu".
NamedTeller own_teller(const Configuration& configuration);

}  // namespace retimu

#endif
