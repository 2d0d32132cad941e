// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/probe.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retimu {

namespace {

constexpr int events_max = 128;
constexpr double leap = 1e6;            // times what the column said last
constexpr double unusual_log10_p = -2;  // as in the self-test

}  // namespace

Probe::Probe(const Pipeline& pipeline)
    : pipeline_(pipeline), clock_(pipeline.zone), factory_(pipeline) {
  for (std::size_t i = 0; i < pipeline.detectors.size(); ++i) {
    const NamedDetector& named = pipeline.detectors[i];
    // A leap says nothing to those that judge other payloads, when something comes, or beside
    // peers.
    if (named.modality != Modality::metrics || named.detector->wakes()) continue;
    if (named.detector->compares_peers()) continue;
    tried_.push_back(i);
    results_.push_back({named.name, 0, 0});
  }
}

void Probe::try_on(std::span<const std::byte> entity) {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    // Each on a copy of its own: what one sees changes the row for the next.
    std::vector<std::string> ignored;
    Entity* copy = factory_.load(slab_, entity, ignored);
    if (copy == nullptr) return;
    if (judges(tried_[i], copy->columns) && copy->phase == Phase::usual && !copy->is_open) {
      ++results_[i].entities;
      results_[i].seen += sees(tried_[i], EntityParts(copy)) ? 1 : 0;
    }
    factory_.destroy(slab_, copy);
  }
}

// One that keeps nothing of so many columns never speaks of them.
bool Probe::judges(std::size_t index, std::size_t columns) const {
  const NamedDetector& named = pipeline_.detectors[index];
  return columns > 0 && columns >= named.columns_min && named.detector->bytes(columns) > 0;
}

bool Probe::sees(std::size_t index, EntityParts entity) {
  const Detector& detector = *pipeline_.detectors[index].detector;
  scratch_.assign(detector.scratch_bytes(entity->columns), std::byte{});
  std::vector<std::uint32_t> present(entity->columns);
  std::iota(present.begin(), present.end(), 0U);
  for (double& value : entity.latest()) {
    value = std::isfinite(value) ? value + leap * std::max(std::fabs(value), 1.0) : leap;
  }
  Event event;
  event.entity = {entity.name(), entity->hash};
  event.time = entity->time;
  event.payload = Readings{entity.columns(), entity.latest()};
  void* state = entity.detector(index);
  for (int i = 0; i < events_max; ++i) {
    event.time = add_saturated(event.time, second);
    std::ranges::fill(entity.updated(), event.time);
    const EntityView view{entity.columns(), entity.latest(), entity.updated(), present};
    const Observation observation{event, view, clock_.local(event.time)};
    const std::optional<double> score = detector.score(state, observation, scratch_);
    if (!score) continue;
    const double log10_p = pipeline_.calibration->rate(entity.calibration(index), *score).log10_p;
    if (log10_p <= unusual_log10_p) return true;
    const std::optional<double> own = detector.evidence(state, observation, scratch_);
    if (own && *own >= detector.own_threshold(1)) return true;
    detector.learn(state, observation, scratch_);
  }
  return false;
}

}  // namespace retimu
