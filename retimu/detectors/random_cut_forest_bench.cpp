// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void learning(benchmark::State& state) {
  score_and_learn(state, "random_cut_forest", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(learning)->ArgName("columns")->Arg(1)->Arg(4)->Arg(19)->Arg(38)->Arg(100);

}  // namespace
}  // namespace retimu
