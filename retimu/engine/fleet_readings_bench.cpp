// SPDX-License-Identifier: Apache-2.0
// A row of one of many entities, and a table over all of them.
#include "retimu/core/random.hpp"
#include "retimu/engine/fleet_readings.hpp"

#include <benchmark/benchmark.h>

#include <fmt/format.h>

namespace retimu {
namespace {

struct Fleet {
  Fleet(std::size_t entities, std::size_t columns) : fleet({.columns = &names}), values(columns) {
    for (std::size_t i = 0; i < columns; ++i) ids.push_back(*names.intern(fmt::format("c{}", i)));
    for (std::size_t i = 0; i < entities; ++i) hosts.push_back(fmt::format("host{}", i));
    for (const std::string& host : hosts) entity_names.push_back(make_name(host));
    for (int i = 0; i < 2; ++i) send_all();
  }
  void send(std::size_t host) {
    for (double& value : values) value = random.uniform();
    Event event;
    event.entity = entity_names[host];
    event.time = time;
    event.payload = Readings{ids, values};
    fleet.take(event, time);
  }
  void send_all() {
    for (std::size_t i = 0; i < hosts.size(); ++i) send(i);
    time += 10 * second;
  }
  Columns names;
  FleetReadings fleet;
  std::vector<double> values;
  std::vector<ColumnId> ids;
  std::vector<std::string> hosts;
  std::vector<Name> entity_names;
  Random random{1};
  Time time = 0;
};

void take(benchmark::State& state) {
  Fleet fleet(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  std::size_t host = 0;
  for (auto _ : state) {
    fleet.send(host);
    if (++host < fleet.hosts.size()) continue;
    host = 0;
    fleet.time += 10 * second;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(take)->ArgNames({"entities", "columns"})->Args({100, 10})->Args({100'000, 10});

void tell(benchmark::State& state) {
  Fleet fleet(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    fleet.send_all();
    state.ResumeTiming();
    benchmark::DoNotOptimize(fleet.fleet.tell(fleet.time));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(fleet.fleet.readings()));
}
BENCHMARK(tell)
    ->ArgNames({"entities", "columns"})
    ->Args({40, 10})
    ->Args({100'000, 10})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace retimu
