// SPDX-License-Identifier: Apache-2.0
// From the bytes of a file to events. Time an iteration is that of one record.
#include "retimu/connectors/file_bench.hpp"

namespace retimu {
namespace {

// 150 bytes, 4 columns, 1,000 entities.
std::string jsonl_line(std::size_t i) {
  return fmt::format(
      "{{\"ts\":{},\"host\":\"host{:04d}\",\"load\":{}.{:04d},\"temperature\":{}.{:02d},"
      "\"bytes_received\":{},\"pressure\":{}.{:03d},\"site\":\"north-east-{:02d}\",\"ok\":true}}\n",
      1'700'000'000 + i / 1'000, i % 1'000, i % 97, i * 7 % 10'000, i % 31, i % 100, i * 7'919,
      i % 9, i % 1'000, i % 20);
}

void read_jsonl(benchmark::State& state) {
  FileInput input;
  input.format = RecordFormat::jsonl;
  input.time = "ts";
  input.entity = {"host"};
  read_records(state, input, jsonl_line);
}
BENCHMARK(read_jsonl);

}  // namespace
}  // namespace retimu
