// SPDX-License-Identifier: Apache-2.0
// What the store costs, on the disk that holds the temporary folder (TMPDIR).
#include "retimu/storage/sqlite_store.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

namespace retimu {
namespace {

std::unique_ptr<SqliteStore> open_at(const TemporaryFolder& folder, bool exactly_once,
                                     bool read_only = false) {
  StoreOptions options;
  options.data_dir = folder / "state";
  options.exactly_once = exactly_once;
  options.read_only = read_only;
  options.sinks = {{"file"}};
  Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  RETIMU_ASSERT(store.has_value());
  return std::move(*store);
}

Alert told_alert(std::uint64_t number) {
  Alert alert = numbered_alert(number);
  alert.reasons.assign(4, {"pressure_of_the_outlet", "bar", 9.1, 3.2, 4.0, 0.25});
  return alert;
}

// One alert and the teller's state; argument: whether it must be on the disk.
void commit(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  const auto store = open_at(folder, state.range(0) != 0);
  const std::vector<std::byte> teller(200);
  std::vector<double> microseconds;
  std::uint64_t number = 0;
  for (auto _ : state) {
    const std::vector<Alert> alerts = {told_alert(++number)};
    const auto begin = std::chrono::steady_clock::now();
    RETIMU_ASSERT(store->commit({alerts, {}, teller}).has_value());
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    microseconds.push_back(took.count());
    if (number % 64 == 0) {
      RETIMU_ASSERT(store->delivered("file", static_cast<std::int64_t>(number)).has_value());
    }
  }
  std::ranges::sort(microseconds);
  const auto at = [&microseconds](double share) {
    const double last = static_cast<double>(microseconds.size() - 1);
    return microseconds[static_cast<std::size_t>(share * last)];
  };
  state.counters["p50_us"] = at(0.5);
  state.counters["p99_us"] = at(0.99);
  state.counters["p99.9_us"] = at(0.999);
}
BENCHMARK(commit)->ArgName("on_disk")->Arg(0)->Arg(1)->UseRealTime()->MinTime(2);

// Argument: bytes of a group's state.
void snapshot(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  const auto store = open_at(folder, false);
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{0x5A});
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    const auto group = static_cast<GroupId>(sequence % group_count);
    RETIMU_ASSERT(store->snapshot(group, ++sequence, {}, bytes).has_value());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(snapshot)->ArgName("bytes")->Arg(10'000)->Arg(1'000'000)->Arg(12'000'000)->UseRealTime();

void restore(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  const auto store = open_at(folder, false);
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)), std::byte{0x5A});
  RETIMU_ASSERT(store->snapshot(GroupId{0}, 1, {}, bytes).has_value());
  for (auto _ : state) {
    benchmark::DoNotOptimize(store->restore(GroupId{0})->value().state.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(restore)->ArgName("bytes")->Arg(12'000'000)->UseRealTime();

// An entity goes out and another one comes back, with a snapshot of a group every 1,000; argument:
// entities that are out.
void evict_and_return(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  const auto store = open_at(folder, false);
  const std::vector<std::byte> bytes(8'192, std::byte{0x5A});
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const auto put = [&](std::uint64_t number, std::uint64_t sequence) {
    const auto group = static_cast<GroupId>(number % group_count);
    const std::string name = fmt::format("host{}", number);
    RETIMU_ASSERT(store->entities().put(group, name, sequence, bytes).has_value());
  };
  std::uint64_t sequence = 0;
  for (std::uint64_t i = 0; i < count; ++i) put(i, sequence++);
  for (std::size_t i = 0; i < group_count; ++i) {
    RETIMU_ASSERT(store->snapshot(static_cast<GroupId>(i), sequence, {}, {}).has_value());
  }
  std::uint64_t snapshots = 0;
  for (auto _ : state) {
    const std::uint64_t number = mix(1, sequence) % count;
    const auto group = static_cast<GroupId>(number % group_count);
    RETIMU_ASSERT(
        store->entities().get(group, fmt::format("host{}", number), sequence).has_value());
    put(number, ++sequence);
    if (sequence % 1'000 == 0) {
      const auto of = static_cast<GroupId>(snapshots++ % group_count);
      RETIMU_ASSERT(store->snapshot(of, sequence, {}, {}).has_value());
    }
  }
}
BENCHMARK(evict_and_return)->ArgName("out")->Arg(1'000)->Arg(100'000)->UseRealTime()->MinTime(3);

// Start with a history of a million alerts and 100,000 evicted entities of 8 KB.
void open_large(benchmark::State& state) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  {
    const auto store = open_at(folder, false);
    std::vector<Alert> alerts;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
      alerts.push_back(told_alert(i));
      if (alerts.size() < 10'000) continue;
      RETIMU_ASSERT(store->commit({alerts, {}, {}}).has_value());
      alerts.clear();
    }
    const std::vector<std::byte> bytes(8'192);
    for (std::uint64_t i = 0; i < 100'000; ++i) {
      const auto group = static_cast<GroupId>(i % group_count);
      RETIMU_ASSERT(store->entities().put(group, fmt::format("host{}", i), i, bytes).has_value());
    }
    for (std::size_t i = 0; i < group_count; ++i) {
      RETIMU_ASSERT(store->snapshot(static_cast<GroupId>(i), 100'000, {}, {}).has_value());
    }
  }
  double opened = 0, restored = 0, summed = 0;
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  };
  for (auto _ : state) {
    Clock::time_point begin = Clock::now();
    const auto store = open_at(folder, false);
    opened += since(begin);
    begin = Clock::now();
    RETIMU_ASSERT(store->summary()->evicted == 100'000);
    summed += since(begin);
    begin = Clock::now();
    for (std::size_t i = 0; i < group_count; ++i) {
      RETIMU_ASSERT(store->restore(static_cast<GroupId>(i))->has_value());
    }
    restored += since(begin);
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["open_ms"] = opened / runs;
  state.counters["summary_ms"] = summed / runs;
  state.counters["restore_ms"] = restored / runs;
}
BENCHMARK(open_large)->UseRealTime()->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace retimu
