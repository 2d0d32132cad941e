// SPDX-License-Identifier: Apache-2.0
// Any bytes as the stored state of every detector: refused, or taken and harmless.
#include "retimu/detectors/catalogue.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>

namespace {

using namespace retimu;

constexpr std::size_t columns_count = 3;

void try_state(const Detector& detector, std::span<const std::byte> bytes) {
  constexpr std::align_val_t alignment{16};
  void* at = ::operator new(detector.bytes(columns_count) + 1, alignment);
  detector.create(at, columns_count, 1);
  StateReader reader(bytes);
  detector.visit(at, columns_count, reader);
  if (reader.finished()) {
    std::vector<std::byte> scratch(detector.scratch_bytes(columns_count) + 16);
    const std::array columns{ColumnId{0}, ColumnId{1}, ColumnId{2}};
    const std::array<std::uint32_t, columns_count> present{0, 1, 2};
    const std::array<Time, columns_count> updated{};
    std::array<double, columns_count> values{1, 2, 3};
    const EntityView view{columns, values, updated, present};
    Event event;
    event.payload = Readings{columns, values};
    for (int i = 0; i < 40; ++i) {
      values[static_cast<std::size_t>(i) % columns_count] += 0.5;
      const auto score = detector.score(at, {event, view}, scratch);
      if (score && std::isnan(*score)) std::abort();
      std::vector<Reason> reasons;
      detector.explain(at, {event, view}, scratch, reasons);
      detector.learn(at, {event, view}, scratch);
    }
  }
  detector.destroy(at, columns_count);
  ::operator delete(at, alignment);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const DetectorEntry> entries = detector_catalogue();
  const DetectorEntry& entry = entries[data[0] % entries.size()];
  const auto detector = entry.make(ParameterValues(entry.parameters), 1);
  try_state(**detector, std::as_bytes(std::span(data + 1, size - 1)));
  return 0;
}
