// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/pipeline.hpp"

#include "retimu/engine/entity.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t alignment = 16;

std::size_t place(std::size_t& end, std::size_t bytes) {
  const std::size_t at = (end + alignment - 1) / alignment * alignment;
  end = at + bytes;
  return at;
}

}  // namespace

bool Pipeline::reads(std::size_t index, std::size_t of_columns) const {
  const std::size_t keeper = detectors[index].keeper;
  for (std::size_t i = keeper; i < index; ++i) {
    if (detectors[i].keeper == keeper && of_columns >= detectors[i].columns_min) return true;
  }
  return false;
}

Modalities Pipeline::judged() const {
  Modalities set = 0;
  for (const NamedDetector& named : detectors) set |= only(named.modality);
  if (rules != nullptr && !rules->is_empty()) set |= only(Modality::metrics);
  return set;
}

bool Pipeline::compares_peers() const {
  return std::ranges::any_of(
      detectors, [](const NamedDetector& named) { return named.detector->compares_peers(); });
}

Layout make_layout(const Pipeline& pipeline, std::size_t columns, Modalities modalities) {
  Layout layout;
  layout.modalities = modalities;
  std::size_t end = sizeof(Entity);
  layout.columns = place(end, columns * sizeof(ColumnId));
  layout.latest = place(end, columns * sizeof(double));
  layout.updated = place(end, columns * sizeof(Time));
  layout.changes = place(end, columns * sizeof(BeforeAfter));
  if (!pipeline.counters.empty()) layout.counts = place(end, columns * sizeof(Count));
  const std::size_t count = pipeline.detectors.size();
  const auto is_there = [&](std::size_t i) {
    return has(modalities, pipeline.detectors[i].modality);
  };
  layout.detectors.resize(count);
  layout.calibrations.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_there(i)) continue;
    const NamedDetector& named = pipeline.detectors[i];
    layout.detectors[i] = pipeline.keeps_state(i) ? place(end, named.detector->bytes(columns))
                                                  : layout.detectors[named.keeper];
  }
  const std::size_t calibration_bytes = pipeline.calibration->bytes(columns);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_there(i)) layout.calibrations[i] = place(end, calibration_bytes);
  }
  for (std::size_t i = 0; i < modality_count; ++i) {
    if (!has(modalities, static_cast<Modality>(i))) continue;
    Layout::Judged& judged = layout.judged[i];
    if (pipeline.recalibrates()) judged.calibration = place(end, calibration_bytes);
    judged.policy = place(end, pipeline.policy->bytes(columns));
    judged.state = place(end, sizeof(ModalityState));
  }
  if (pipeline.rules != nullptr && !pipeline.rules->is_empty()) {
    layout.rules = place(end, pipeline.rules->bytes(columns));
  }
  layout.name = layout.bytes = place(end, 0);
  return layout;
}

}  // namespace retimu
