// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void exponential(benchmark::State& state) {
  score_and_learn(state, "moving_average", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(exponential)->ArgName("columns")->Arg(1)->Arg(4)->Arg(16);

void simple(benchmark::State& state) {
  const auto window = static_cast<double>(state.range(0));
  score_and_learn(state, "moving_average", {{"simple", 1}, {"window", window}}, 4);
}
BENCHMARK(simple)->ArgName("window")->Arg(64)->Arg(1'000);

}  // namespace
}  // namespace retimu
