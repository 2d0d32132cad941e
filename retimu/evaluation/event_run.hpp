// SPDX-License-Identifier: Apache-2.0
// The engine of `retimu run` over a list of events of any modality, in memory.
#ifndef RETIMU_EVALUATION_EVENT_RUN_HPP
#define RETIMU_EVALUATION_EVENT_RUN_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/batch.hpp"
#include "retimu/core/departure.hpp"
#include "retimu/decision/correlator.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/entity.hpp"

#include <optional>
#include <vector>

namespace retimu {

struct EventRun {
  std::vector<Verdict> verdicts;      // one an event
  std::vector<Alert> alerts;          // told, in order
  std::vector<Departure> departures;  // as they came
};

// Of the configuration only what judges is used: no source, sink or data_dir. Events by time; their
// columns are those of `columns`. No `incidents`: each alert for itself. Fault::usage from the
// configuration.
Result<EventRun> run_events(const Configuration& configuration, Columns& columns,
                            const Batch& events,
                            const std::optional<CorrelatorOptions>& incidents = std::nullopt);

}  // namespace retimu

#endif
