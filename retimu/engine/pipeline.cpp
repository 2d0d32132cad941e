// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/pipeline.hpp"

#include "retimu/engine/entity.hpp"

namespace retimu {

namespace {

constexpr std::size_t alignment = 16;

std::size_t place(std::size_t& end, std::size_t bytes) {
  const std::size_t at = (end + alignment - 1) / alignment * alignment;
  end = at + bytes;
  return at;
}

}  // namespace

Layout make_layout(const Pipeline& pipeline, std::size_t columns) {
  Layout layout;
  std::size_t end = sizeof(Entity);
  layout.columns = place(end, columns * sizeof(ColumnId));
  layout.latest = place(end, columns * sizeof(double));
  layout.updated = place(end, columns * sizeof(Time));
  if (!pipeline.counters.empty()) layout.counts = place(end, columns * sizeof(Count));
  for (const NamedDetector& named : pipeline.detectors) {
    layout.detectors.push_back(place(end, named.detector->bytes(columns)));
  }
  const std::size_t calibration_bytes = pipeline.calibration->bytes(columns);
  for (std::size_t i = 0; i < pipeline.detectors.size(); ++i) {
    layout.calibrations.push_back(place(end, calibration_bytes));
  }
  if (pipeline.recalibrates()) layout.fused_calibration = place(end, calibration_bytes);
  layout.policy = place(end, pipeline.policy->bytes(columns));
  layout.name = layout.bytes = place(end, 0);
  return layout;
}

}  // namespace retimu
