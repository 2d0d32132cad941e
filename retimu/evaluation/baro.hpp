// SPDX-License-Identifier: Apache-2.0
// The reference for naming the service at fault: BARO's RobustScorer (Pham, Ha, Zhang, "BARO:
// Robust root cause analysis for microservices via multivariate Bayesian online change point
// detection", FSE 2024), which is told when a fault begins. A service's score is the largest over
// its signals and the time after the fault of (value - median) / IQR, both of the time before; an
// IQR of 0 counts as 1.
#ifndef RETIMU_EVALUATION_BARO_HPP
#define RETIMU_EVALUATION_BARO_HPP

#include "retimu/core/event.hpp"
#include "retimu/evaluation/incident_measures.hpp"

namespace retimu {

// What services are measured by: by service and signal, one value a time. Times are the same for
// all.
struct Signals {
  std::vector<Time> times;                                 // rising
  std::vector<std::vector<std::vector<double>>> services;  // NaN: missing
};

// Minutes of all metrics but those of the node, which services share.
Signals metric_signals(const ServiceRun& run);
// The template of each line, as the miner has it after the last one.
std::vector<TemplateId> line_templates(const ServiceRun& run);
// Lines of each template of a service and 30 s, of the windows in which any service had one; one
// begins at `fault`.
Signals line_signals(const ServiceRun& run, std::span<const TemplateId> templates, Time fault);

// From `before` ahead of the fault until `after` it.
struct BaroReach {
  Duration before = hour, after = incident_reach;
};
// One a service; -infinity where no signal has values on both sides.
std::vector<double> baro_scores(const Signals& signals, Time fault, const BaroReach& reach);
// Services by score, ties as they are numbered.
std::vector<std::uint32_t> ranking_of(std::span<const double> scores);

}  // namespace retimu

#endif
