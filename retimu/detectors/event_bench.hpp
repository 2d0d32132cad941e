// SPDX-License-Identifier: Apache-2.0
// Score and learn of one detector on log lines, as the engine calls them. Included by the
// benchmarks only.
#ifndef RETIMU_DETECTORS_EVENT_BENCH_HPP
#define RETIMU_DETECTORS_EVENT_BENCH_HPP

#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/detectors/specimen.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <string_view>
#include <vector>

namespace retimu {

// Ten lines a second, each of one of so many templates, with two numbers. Prints the time a line;
// counters: lines a second and bytes of state as stored.
inline void score_and_learn_lines(benchmark::State& state, std::string_view detector,
                                  std::size_t templates) {
  const DetectorEntry& entry = *find_detector(detector);
  const auto made = entry.make(ParameterValues(entry.parameters), 1);
  const Detector& own = **made;
  std::vector<std::max_align_t> memory(own.bytes(0) / sizeof(std::max_align_t) + 1);
  std::vector<std::max_align_t> scratch(own.scratch_bytes(0) / sizeof(std::max_align_t) + 1);
  own.create(memory.data(), 0, 1);
  const Scratch place = std::as_writable_bytes(std::span(scratch));

  Random random(1);
  std::vector<TemplateId> ids(templates);
  for (TemplateId& id : ids) id = random.next();
  struct Line {
    TemplateId id;
    std::array<double, 2> numbers;
  };
  std::vector<Line> lines(4'096);
  for (Line& line : lines) {
    line = {ids[std::min(random.below(templates), random.below(templates))],
            {100 + bell(random), static_cast<double>(random.next() >> 20U)}};
  }
  std::size_t at = 0;
  Time time = 0;
  double sum = 0;
  const EntityView view;
  for (auto _ : state) {
    const Line& line = lines[at];
    at = (at + 1) % lines.size();
    Event event;
    event.time = time += second / 10;
    event.payload = LogLine{Severity::indeterminate, "request of 7 bytes in 9 ms", line.id, false,
                            line.numbers};
    sum += own.score(memory.data(), {event, view}, place).value_or(0);
    own.learn(memory.data(), {event, view}, place);
  }
  benchmark::DoNotOptimize(sum);
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  own.visit(memory.data(), 0, writer);
  own.destroy(memory.data(), 0);
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

}  // namespace retimu

#endif
