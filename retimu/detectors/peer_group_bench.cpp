// SPDX-License-Identifier: Apache-2.0
// Each reading is compared, as if all came with a table of their own.
#include "retimu/detectors/detector_bench.hpp"
#include "retimu/detectors/peer_group.hpp"

namespace retimu {
namespace {

void compared(benchmark::State& state) {
  const PeerGroup algorithm;
  constexpr std::size_t hosts = 40, rounds = 1'024;
  Random random(1);
  std::vector<double> own(rounds);
  std::vector<PeerColumn> columns;
  for (double& one : own) {
    std::vector<double> readings(hosts);
    for (double& reading : readings) reading = 20 + bell(random);
    one = readings[0];
    columns.push_back(summarise(readings, second));
  }
  PeerGroup::State column;
  PeerGroup::Work work;
  Peers peers;
  double sum = 0;
  std::size_t at = 0;
  for (auto _ : state) {
    peers = {&columns[at], peers.time == time_none ? 0 : peers.time + second, peers.number + 1};
    sum += larger(algorithm.score(column, own[at], peers, work), 0.0);
    algorithm.learn(column, own[at], work);
    at = (at + 1) % rounds;
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = sizeof(PeerGroup::State);
}
BENCHMARK(compared);

// Between two tables.
void waits(benchmark::State& state) { score_and_learn(state, "peer_group", {}, 4); }
BENCHMARK(waits);

}  // namespace
}  // namespace retimu
