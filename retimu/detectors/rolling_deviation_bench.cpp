// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn(state, "rolling_deviation", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("columns")->Arg(1)->Arg(4)->Arg(16);

void robust(benchmark::State& state) {
  score_and_learn(state, "rolling_deviation", {{"robust", 1}}, 4);
}
BENCHMARK(robust);

void window_256(benchmark::State& state) {
  score_and_learn(state, "rolling_deviation", {{"window", 256}}, 4);
}
BENCHMARK(window_256);

}  // namespace
}  // namespace retimu
