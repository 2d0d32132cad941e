// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/change_point.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace retimu {
namespace {

void learn_strength(benchmark::State& state) {
  ChangePoint change;
  Random random(1);
  std::vector<double> strengths(4'096);
  for (double& strength : strengths) strength = random.uniform();
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(change.learn(strengths[next++ % strengths.size()]));
  }
}
BENCHMARK(learn_strength);

}  // namespace
}  // namespace retimu
