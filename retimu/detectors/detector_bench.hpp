// SPDX-License-Identifier: Apache-2.0
// Score and learn of one detector on rows of noise, as the engine calls them, and what another of
// the same state reads. Included by the
// benchmarks only.
#ifndef RETIMU_DETECTORS_DETECTOR_BENCH_HPP
#define RETIMU_DETECTORS_DETECTOR_BENCH_HPP

#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/detectors/specimen.hpp"

#include <benchmark/benchmark.h>

#include <initializer_list>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

struct Setting {
  std::string_view name;
  double value;
};

// A row a second. Prints the time a row; counters: readings a second and bytes of state.
inline void score_and_learn(benchmark::State& state, std::string_view detector,
                            std::initializer_list<Setting> settings, std::size_t columns,
                            std::string_view reader = {}) {
  const DetectorEntry& entry = *find_detector(detector);
  ParameterValues values(entry.parameters);
  for (const Setting& setting : settings) (void)values.set(setting.name, setting.value);
  const auto made = entry.make(values, 1);
  const Detector& own = **made;
  const DetectorEntry* other = reader.empty() ? nullptr : find_detector(reader);
  const std::unique_ptr<Detector> reads =
      other == nullptr ? nullptr : *other->make(ParameterValues(other->parameters), 1);

  constexpr std::size_t rows = 4'096;
  Random random(1);
  std::vector<double> readings(rows * columns);
  for (double& reading : readings) reading = 20 + bell(random);

  std::vector<ColumnId> ids;
  for (std::size_t i = 0; i < columns; ++i) ids.push_back(static_cast<ColumnId>(i));
  std::vector<Time> updated(columns, 0);
  std::vector<std::uint32_t> present(columns);
  std::iota(present.begin(), present.end(), 0U);
  std::vector<std::max_align_t> memory(own.bytes(columns) / sizeof(std::max_align_t) + 1);
  std::vector<std::max_align_t> scratch(own.scratch_bytes(columns) / sizeof(std::max_align_t) + 1);
  own.create(memory.data(), columns, 1);

  std::size_t at = 0;
  Time time = 0;
  double sum = 0;
  const Scratch place = std::as_writable_bytes(std::span(scratch));
  for (auto _ : state) {
    const std::span<const double> row(readings.data() + at * columns, columns);
    at = (at + 1) % rows;
    Event event;
    event.time = time += second;
    event.payload = Readings{ids, row};
    const EntityView view{ids, row, updated, present};
    sum += own.score(memory.data(), {event, view}, place).value_or(0);
    if (reads) {
      sum += reads->read(memory.data(), {event, view}, place).value_or(0);
      sum += reads->rank(memory.data(), {event, view}, place);
    }
    own.learn(memory.data(), {event, view}, place);
  }
  benchmark::DoNotOptimize(sum);
  own.destroy(memory.data(), columns);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(columns));
  state.counters["bytes"] = static_cast<double>(own.bytes(columns));
}

}  // namespace retimu

#endif
