// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn(state, "prediction_error", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("columns")->Arg(1)->Arg(4);

}  // namespace
}  // namespace retimu
