// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/detector_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn(state, "half_space_trees", {}, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("columns")->Arg(1)->Arg(4)->Arg(10)->Arg(100);

// The setting of the published comparisons: 10 trees, depth 8, window 250, 10 columns.
void as_published(benchmark::State& state) {
  score_and_learn(state, "half_space_trees", {{"trees", 10}, {"depth", 8}, {"window", 250}}, 10);
}
BENCHMARK(as_published);

}  // namespace
}  // namespace retimu
