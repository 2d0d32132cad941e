// SPDX-License-Identifier: Apache-2.0
// Any bytes as the stored state of every detector: refused, or taken and harmless.
#include "retimu/detectors/catalogue.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

namespace {

using namespace retimu;

constexpr std::size_t columns_count = 3;

// What the modality's detectors get: readings, lines or alarms of four kinds, and now and then the
// passing of time.
Payload payload_of(Modality modality, int i, std::span<const ColumnId> columns,
                   std::span<const double> values) {
  constexpr std::array<std::string_view, 4> texts = {"one", "two of 7", "", "four"};
  const auto kind = static_cast<std::size_t>(i) % texts.size();
  const auto level = static_cast<Severity>(i % 6);
  if (modality == Modality::metrics) return Readings{columns, values};
  if (i % 10 == 9) return Tick{};
  if (modality == Modality::alarms) return Alarm{level, texts[kind], texts[kind]};
  return LogLine{level, texts[kind], kind, i % 3 == 0, values};
}

void try_state(const Detector& detector, Modality modality, std::span<const std::byte> bytes) {
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
    for (int i = 0; i < 40; ++i) {
      values[static_cast<std::size_t>(i) % columns_count] += 0.5;
      event.payload = payload_of(modality, i, columns, values);
      event.time += 7 * second;
      const auto score = detector.score(at, {event, view}, scratch);
      if (score && std::isnan(*score)) std::abort();
      std::vector<Reason> reasons;
      if (score) detector.explain(at, {event, view}, scratch, reasons);
      detector.learn(at, {event, view}, scratch);
      detector.merge(at, 1, 2);
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
  try_state(**detector, entry.modality, std::as_bytes(std::span(data + 1, size - 1)));
  return 0;
}
