// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn(state, "gap_novelty", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("columns")->Arg(1)->Arg(4);

void all_views(benchmark::State& state) {
  score_and_learn(state, "gap_novelty",
                  {{"all_views", 1}, {"remembered", static_cast<double>(state.range(0))}}, 1);
}
BENCHMARK(all_views)->ArgName("values")->Arg(128)->Arg(512);

void remembered(benchmark::State& state) {
  score_and_learn(state, "gap_novelty", {{"remembered", static_cast<double>(state.range(0))}}, 1);
}
BENCHMARK(remembered)->ArgName("values")->Arg(32)->Arg(64)->Arg(128)->Arg(256)->Arg(512);

}  // namespace
}  // namespace retimu
