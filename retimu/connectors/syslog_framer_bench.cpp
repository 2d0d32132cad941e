// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_framer.hpp"

#include <benchmark/benchmark.h>

namespace retimu {
namespace {

constexpr int messages = 1'000;

// Messages of 150 bytes, with a line end or a count each.
void frame(benchmark::State& state, bool is_counted) {
  std::string bytes, records;
  const std::string message = "<34>Oct 11 22:14:15 host program[1]: " + std::string(113, 'x');
  for (int i = 0; i < messages; ++i) bytes += is_counted ? "150 " + message : message + "\n";
  SyslogFramer framer(65'536);
  SyslogCounts counts;
  for (auto _ : state) {
    records.clear();
    framer.take(bytes, records, counts);
    benchmark::DoNotOptimize(records.data());
  }
  state.SetItemsProcessed(state.iterations() * messages);
}

BENCHMARK_CAPTURE(frame, lines, false);
BENCHMARK_CAPTURE(frame, counted, true);

}  // namespace
}  // namespace retimu
