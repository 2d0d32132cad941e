// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn(state, "mahalanobis", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("columns")->Arg(4)->Arg(19)->Arg(38)->Arg(64)->Arg(256);

// To be compared with linear_prediction_bench: what it costs beside that.
void beside(benchmark::State& state) {
  score_and_learn(state, "linear_prediction", {}, static_cast<std::size_t>(state.range(0)),
                  "mahalanobis");
}
BENCHMARK(beside)->ArgName("columns")->Arg(4)->Arg(19)->Arg(38)->Arg(64)->Arg(256);

}  // namespace
}  // namespace retimu
