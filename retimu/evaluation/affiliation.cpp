// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/affiliation.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace retimu {

namespace {

struct Interval {
  double begin = 0, end = 0;
  double length() const { return end - begin; }
};

// Intervals within `zone`.
std::vector<Interval> cut(const std::vector<Interval>& all, Interval zone) {
  std::vector<Interval> inside;
  for (const Interval& one : all) {
    const Interval part{std::max(one.begin, zone.begin), std::min(one.end, zone.end)};
    if (part.length() > 0) inside.push_back(part);
  }
  return inside;
}

// The integral over `over` of a function that is linear between the places in `breaks`. It is
// looked at in each piece's inside only, because it may leap at their ends.
template <class Function>
double integrate(Interval over, std::vector<double> breaks, Function function) {
  breaks.push_back(over.begin);
  breaks.push_back(over.end);
  std::ranges::sort(breaks);
  double sum = 0;
  for (std::size_t i = 1; i < breaks.size(); ++i) {
    const double begin = std::max(breaks[i - 1], over.begin);
    const double end = std::min(breaks[i], over.end);
    if (end > begin) sum += (end - begin) * function((begin + end) / 2);
  }
  return sum;
}

// Chance that a random place of the zone is at least as far from the event as a detection's place,
// averaged over the detections.
double precision_in(Interval zone, Interval event, const std::vector<Interval>& detections) {
  const double left = event.begin - zone.begin, right = zone.end - event.end;
  const auto survival = [&](double x) {
    const double distance = std::max(event.begin - x, x - event.end);
    if (distance <= 0) return 1.0;
    const double nearer = event.length() + std::min(distance, left) + std::min(distance, right);
    return 1 - nearer / zone.length();
  };
  // Where the distance passes the nearer end of the zone.
  const std::vector<double> breaks = {event.begin, event.end, event.begin - right,
                                      event.end + left};
  double sum = 0, length = 0;
  for (const Interval& detection : detections) {
    sum += integrate(detection, breaks, survival);
    length += detection.length();
  }
  return sum / length;
}

double distance_to(const std::vector<Interval>& detections, double x) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const Interval& one : detections) {
    nearest = std::min(nearest, std::max({one.begin - x, x - one.end, 0.0}));
  }
  return nearest;
}

// Chance that a random place of the zone is at least as far from an event's place as the nearest
// detection, averaged over the event.
double recall_in(Interval zone, Interval event, const std::vector<Interval>& detections) {
  if (detections.empty()) return 0;
  const auto survival = [&](double y) {
    const double distance = distance_to(detections, y);
    if (distance <= 0) return 1.0;
    const double nearer = std::min(distance, y - zone.begin) + std::min(distance, zone.end - y);
    return 1 - nearer / zone.length();
  };
  std::vector<double> breaks;
  for (std::size_t i = 0; i < detections.size(); ++i) {
    for (const double end : {detections[i].begin, detections[i].end}) {
      breaks.insert(breaks.end(), {end, (zone.begin + end) / 2, (zone.end + end) / 2});
    }
    if (i > 0) breaks.push_back((detections[i - 1].end + detections[i].begin) / 2);
  }
  return integrate(event, std::move(breaks), survival) / event.length();
}

std::vector<Interval> intervals_of(Flags flags) {
  std::vector<Interval> list;
  for (const Span& span : spans_of(flags)) {
    list.push_back({static_cast<double>(span.begin), static_cast<double>(span.end)});
  }
  return list;
}

}  // namespace

double Affiliation::f1() const {
  const double both = precision.value_or(0) + recall;
  return both == 0 ? 0 : 2 * precision.value_or(0) * recall / both;
}

std::optional<Affiliation> affiliation(Flags labels, Flags flagged) {
  RETIMU_ASSERT(labels.size() == flagged.size());
  const std::vector<Interval> events = intervals_of(labels);
  if (events.empty()) return std::nullopt;
  const std::vector<Interval> detections = intervals_of(flagged);
  double precision = 0, recall = 0;
  std::size_t judged = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Interval zone{i == 0 ? 0 : (events[i - 1].end + events[i].begin) / 2,
                        i + 1 == events.size() ? static_cast<double>(labels.size())
                                               : (events[i].end + events[i + 1].begin) / 2};
    const std::vector<Interval> inside = cut(detections, zone);
    recall += recall_in(zone, events[i], inside);
    if (inside.empty()) continue;
    precision += precision_in(zone, events[i], inside);
    ++judged;
  }
  Affiliation result;
  result.recall = recall / static_cast<double>(events.size());
  if (judged > 0) result.precision = precision / static_cast<double>(judged);
  return result;
}

}  // namespace retimu
