// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/fusion.hpp"
#include "retimu/decision/held.hpp"
#include "retimu/decision/policy.hpp"
#include "retimu/stats/elementary.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace retimu {
namespace {

// Argument: episodes a day, 0 without a budget.
void decide(benchmark::State& state) {
  const auto policy = make_policy({.budget_per_day = static_cast<double>(state.range(0))});
  Held held(*policy);
  FleetSums sums;
  BudgetControl control;
  control.fleet.entities = 1;
  Random random(1);
  std::vector<double> log10_p(4'096);
  for (double& value : log10_p) value = elementary::log10(1 - random.uniform());
  Time time = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    time += second;
    const double p = log10_p[next++ % log10_p.size()];
    benchmark::DoNotOptimize(policy->decide(
        held.get(), {.time = time, .rating = {p, 1'000}, .strength = -p}, &control, sums));
  }
}
BENCHMARK(decide)->Arg(0)->Arg(2);

// Argument: detectors that speak.
void fuse_opinions(benchmark::State& state) {
  Random random(2);
  std::vector<Opinion> opinions(static_cast<std::size_t>(state.range(0)));
  for (Opinion& opinion : opinions) {
    opinion.rating = {elementary::log10(1 - random.uniform()), 1'000};
  }
  for (auto _ : state) {
    opinions[0].rating.log10_p -= 1e-9;
    benchmark::DoNotOptimize(fuse(opinions));
  }
}
BENCHMARK(fuse_opinions)->Arg(1)->Arg(3)->Arg(8);

}  // namespace
}  // namespace retimu
