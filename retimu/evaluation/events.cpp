// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/events.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <algorithm>
#include <vector>

namespace retimu {

namespace {

bool touches(Flags flags, const Span& span) {
  return std::ranges::any_of(flags.subspan(span.begin, span.length()),
                             [](auto flag) { return flag != 0; });
}

double count_touched(std::span<const Span> spans, Flags flags) {
  return static_cast<double>(
      std::ranges::count_if(spans, [&](const Span& span) { return touches(flags, span); }));
}

double harmonic_mean(double a, double b) { return a + b == 0 ? 0 : 2 * a * b / (a + b); }

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double seconds_between(Time from, Time to) {
  return (static_cast<double>(to) - static_cast<double>(from)) / static_cast<double>(second);
}

}  // namespace

std::optional<double> found_share(Flags labels, Flags flagged) {
  const std::vector<Span> events = spans_of(labels);
  if (events.empty()) return std::nullopt;
  return count_touched(events, flagged) / static_cast<double>(events.size());
}

std::optional<double> composite_f1(Flags labels, Flags flagged) {
  const std::optional<double> recall = found_share(labels, flagged);
  if (!recall) return std::nullopt;
  return harmonic_mean(confusion(labels, flagged).precision().value_or(0), *recall);
}

std::optional<double> event_f1(Flags labels, Flags flagged) {
  const std::optional<double> recall = found_share(labels, flagged);
  if (!recall) return std::nullopt;
  const std::vector<Span> detections = spans_of(flagged);
  if (detections.empty()) return 0;
  return harmonic_mean(count_touched(detections, labels) / static_cast<double>(detections.size()),
                       *recall);
}

std::optional<double> delay_seconds(Flags labels, Flags flagged, std::span<const Time> times) {
  RETIMU_ASSERT(labels.size() == flagged.size() && labels.size() == times.size());
  std::vector<double> delays;
  for (const Span& event : spans_of(labels)) {
    for (std::size_t i = event.begin; i < event.end; ++i) {
      if (flagged[i] == 0) continue;
      delays.push_back(seconds_between(times[event.begin], times[i]));
      break;
    }
  }
  if (delays.empty()) return std::nullopt;
  return median(std::move(delays));
}

std::optional<double> false_per_day(Flags labels, Flags flagged, std::span<const Time> times) {
  RETIMU_ASSERT(labels.size() == flagged.size() && labels.size() == times.size());
  if (times.size() < 2) return std::nullopt;
  std::vector<double> steps;
  for (std::size_t i = 1; i < times.size(); ++i) {
    steps.push_back(seconds_between(times[i - 1], times[i]));
  }
  const auto rows =
      static_cast<double>(std::ranges::count_if(labels, [](auto label) { return label == 0; }));
  const double days = rows * median(std::move(steps)) / seconds_between(0, day);
  if (days <= 0) return std::nullopt;
  const std::vector<Span> detections = spans_of(flagged);
  return (static_cast<double>(detections.size()) - count_touched(detections, labels)) / days;
}

std::optional<double> alerts_per_event(Flags labels, Flags alerts) {
  RETIMU_ASSERT(labels.size() == alerts.size());
  const std::vector<Span> events = spans_of(labels);
  const double told = count_touched(events, alerts);
  if (told == 0) return std::nullopt;
  return confusion(labels, alerts).true_positive / told;
}

}  // namespace retimu
