// SPDX-License-Identifier: Apache-2.0
// Measures that count events (runs of labels) and detections (runs of flags). Labels, flags, alerts
// and times of one length.
#ifndef RETIMU_EVALUATION_EVENTS_HPP
#define RETIMU_EVALUATION_EVENTS_HPP

#include "retimu/core/time.hpp"
#include "retimu/evaluation/points.hpp"

namespace retimu {

// Share of the events of which a row is flagged. None without an event.
std::optional<double> found_share(Flags labels, Flags flagged);

// Harmonic mean of the precision of rows and the recall of events (Garg et al. 2021).
std::optional<double> composite_f1(Flags labels, Flags flagged);

// Harmonic mean of the share of detections that touch an event and the share of events found.
std::optional<double> event_f1(Flags labels, Flags flagged);

// Seconds from an event's first row to its first flagged one, median over the events found. None if
// none is found.
std::optional<double> delay_seconds(Flags labels, Flags flagged, std::span<const Time> times);

// Detections that touch no event, for each day of rows without a label; a row lasts the median step
// between rows. None if time stands still or all rows are labelled.
std::optional<double> false_per_day(Flags labels, Flags flagged, std::span<const Time> times);

// Alerts that begin within an event, for each event that has one.
std::optional<double> alerts_per_event(Flags labels, Flags alerts);

}  // namespace retimu

#endif
