// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/measures.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/affiliation.hpp"
#include "retimu/evaluation/events.hpp"
#include "retimu/evaluation/points.hpp"
#include "retimu/evaluation/ranges.hpp"
#include "retimu/evaluation/ranking.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

using Value = std::optional<double>;

Value percent(Value share) { return share ? Value(100 * *share) : share; }

constexpr std::array list = {
    Measure{"vus_pr", "VUS-PR", "volume under the precision-recall surface, buffers 0 to 100 rows",
            Needs::score, true,
            [](const Judged& of) -> Value {
              const auto found = volume(of.score, of.labels);
              return found ? Value(found->pr) : std::nullopt;
            }},
    Measure{"vus_roc", "VUS-ROC",
            "volume under the ROC surface; high for rare events whatever is flagged", Needs::score,
            true,
            [](const Judged& of) -> Value {
              const auto found = volume(of.score, of.labels);
              return found ? Value(found->roc) : std::nullopt;
            }},
    Measure{"auc_pr", "AUC-PR", "average precision of rows", Needs::score, true,
            [](const Judged& of) { return auc_pr(of.score, of.labels); }},
    Measure{"auc_roc", "AUC-ROC", "chance that a labelled row scores above another", Needs::score,
            true, [](const Judged& of) { return auc_roc(of.score, of.labels); }},
    Measure{"f1", "F1", "F1 of rows", Needs::flagged, true,
            [](const Judged& of) { return confusion(of.labels, of.flagged).f1(); }},
    Measure{"composite_f1", "Comp-F1", "precision of rows with recall of events", Needs::flagged,
            true, [](const Judged& of) { return composite_f1(of.labels, of.flagged); }},
    Measure{"event_f1", "Event-F1", "F1 of detections and events that touch", Needs::flagged, true,
            [](const Judged& of) { return event_f1(of.labels, of.flagged); }},
    Measure{"range_f1", "Range-F1", "range-based F1, flat bias, cardinality 1/x", Needs::flagged,
            true, [](const Judged& of) { return range_f1(of.labels, of.flagged); }},
    Measure{"range_precision", "", "range-based precision", Needs::flagged, true,
            [](const Judged& of) { return range_precision(of.labels, of.flagged); }},
    Measure{"range_recall", "", "range-based recall", Needs::flagged, true,
            [](const Judged& of) { return range_recall(of.labels, of.flagged); }},
    Measure{"affiliation_f1", "Affil-F1", "affiliation F1; random flags have about 0.5 to 0.7",
            Needs::flagged, true,
            [](const Judged& of) -> Value {
              const auto found = affiliation(of.labels, of.flagged);
              return found ? Value(found->f1()) : std::nullopt;
            }},
    Measure{"affiliation_precision", "", "affiliation precision", Needs::flagged, true,
            [](const Judged& of) -> Value {
              const auto found = affiliation(of.labels, of.flagged);
              return found ? found->precision : std::nullopt;
            }},
    Measure{"affiliation_recall", "", "affiliation recall", Needs::flagged, true,
            [](const Judged& of) -> Value {
              const auto found = affiliation(of.labels, of.flagged);
              return found ? Value(found->recall) : std::nullopt;
            }},
    Measure{"pa_k_f1", "PA%K", "area under F1 after adjustment at K % of an event, K from 0 to 100",
            Needs::flagged, true,
            [](const Judged& of) { return adjusted_area(of.labels, of.flagged); }},
    Measure{"pa_f1", "PA-F1!", "point-adjusted F1: misleading, a random score looks good",
            Needs::flagged, true,
            [](const Judged& of) { return adjusted_f1(of.labels, of.flagged, 0); }},
    Measure{
        "far", "FAR %", "false alarms, % of the rows without a label", Needs::flagged, false,
        [](const Judged& of) { return percent(confusion(of.labels, of.flagged).false_rate()); }},
    Measure{
        "mar", "MAR %", "missed alarms, % of the labelled rows", Needs::flagged, false,
        [](const Judged& of) { return percent(confusion(of.labels, of.flagged).missed_rate()); }},
    Measure{"found", "Found", "share of the events found", Needs::flagged, true,
            [](const Judged& of) { return found_share(of.labels, of.flagged); }},
    Measure{"delay", "Delay s",
            "seconds from an event's beginning to its first flagged row, median", Needs::flagged,
            false, [](const Judged& of) { return delay_seconds(of.labels, of.flagged, of.times); }},
    Measure{"false_per_day", "False/day", "detections that touch no event, a day", Needs::flagged,
            false, [](const Judged& of) { return false_per_day(of.labels, of.flagged, of.times); }},
    Measure{"alerts_per_event", "Alerts/ev", "alerts that begin within an event that has one",
            Needs::flagged, false,
            [](const Judged& of) { return alerts_per_event(of.labels, of.alerts); }},
    Measure{"alerted", "Alerted", "share of the events within which an alert begins",
            Needs::flagged, true,
            [](const Judged& of) { return found_share(of.labels, of.alerts); }},
    Measure{"false_alerts_per_day", "False alerts/day", "alerts that begin in no event, a day",
            Needs::flagged, false,
            [](const Judged& of) { return false_per_day(of.labels, of.alerts, of.times); }},
};

}  // namespace

std::span<const Measure> measures() { return list; }

std::size_t measure_index(std::string_view name) {
  const auto at = std::ranges::find(list, name, &Measure::name);
  RETIMU_ASSERT(at != list.end());
  return static_cast<std::size_t>(at - list.begin());
}

}  // namespace retimu
