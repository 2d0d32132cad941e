// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void learning(benchmark::State& state) {
  score_and_learn(state, "linear_prediction", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(learning)->ArgName("columns")->Arg(4)->Arg(8)->Arg(19)->Arg(38)->Arg(64)->Arg(256)->Arg(
    1024);

}  // namespace
}  // namespace retimu
