// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/event_bench.hpp"

namespace retimu {
namespace {

void standard(benchmark::State& state) {
  score_and_learn_lines(state, "parameter_value", static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(standard)->ArgName("templates")->Arg(10)->Arg(100);

}  // namespace
}  // namespace retimu
