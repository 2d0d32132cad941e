// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_check.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace retimu {
namespace {

constexpr int lines = 1'000;

// A body of lines of 150 bytes.
std::string body_of(RecordFormat format) {
  std::string body;
  if (format == RecordFormat::csv) body = "ts,host,cpu,memory,text\n";
  for (int i = 0; i < lines; ++i) {
    std::string line =
        format == RecordFormat::jsonl
            ? fmt::format(R"({{"ts":"2026-01-01T00:00:00Z","host":"h{}","cpu":{}.5,"text":")", i, i)
            : fmt::format("2026-01-01T00:00:00Z,host{},{}.5,{},", i, i, i * 7);
    line.append(147 - line.size(), 'x');
    body += line + (format == RecordFormat::jsonl ? "\"}\n" : "xx\n");
  }
  return body;
}

void check_body(benchmark::State& state, RecordFormat format) {
  RecordCheck check;
  const std::string body = body_of(format);
  for (auto _ : state) benchmark::DoNotOptimize(check.check(format, body).accepted);
  state.SetItemsProcessed(state.iterations() * lines);
}

BENCHMARK_CAPTURE(check_body, jsonl, RecordFormat::jsonl);
BENCHMARK_CAPTURE(check_body, csv, RecordFormat::csv);
BENCHMARK_CAPTURE(check_body, log, RecordFormat::log);

}  // namespace
}  // namespace retimu
