// SPDX-License-Identifier: Apache-2.0
// Score and learn of one detector of events, as the engine calls them. Included by benchmarks only.
#ifndef RETIMU_DETECTORS_PAYLOAD_BENCH_HPP
#define RETIMU_DETECTORS_PAYLOAD_BENCH_HPP

#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

// One of the payloads a second, chosen at random. Prints the time an event.
inline void judge_events(benchmark::State& state, std::string_view detector,
                         std::span<const Payload> payloads) {
  const DetectorEntry& entry = *find_detector(detector);
  const auto made = entry.make(ParameterValues(entry.parameters), 1);
  const Detector& own = **made;
  std::vector<std::max_align_t> memory(own.bytes(0) / sizeof(std::max_align_t) + 1);
  std::vector<std::max_align_t> scratch(own.scratch_bytes(0) / sizeof(std::max_align_t) + 1);
  own.create(memory.data(), 0, 1);
  const Scratch place = std::as_writable_bytes(std::span(scratch));
  const EntityView view;
  Random random(1);
  Event event;
  double sum = 0;
  for (auto _ : state) {
    event.time += second;
    event.payload = payloads[random.below(payloads.size())];
    const Observation observation{event, view};
    sum += own.score(memory.data(), observation, place).value_or(0);
    own.learn(memory.data(), observation, place);
  }
  benchmark::DoNotOptimize(sum);
  own.destroy(memory.data(), 0);
  state.SetItemsProcessed(state.iterations());
}

}  // namespace retimu

#endif
