// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_bench.hpp"

namespace retimu {
namespace {

std::string csv_line(std::size_t i) {
  return fmt::format("{},host{:04d},{}.{:04d},{}.{:02d},{},{}.{:03d}\n", 1'700'000'000 + i / 1'000,
                     i % 1'000, i % 97, i * 7 % 10'000, i % 31, i % 100, i * 7'919, i % 9,
                     i % 1'000);
}

void read_csv(benchmark::State& state) {
  FileInput input;
  input.format = RecordFormat::csv;
  input.time = "ts";
  input.entity = {"host"};
  read_records(state, input, csv_line, "ts,host,load,temperature,bytes_received,pressure\n");
}
BENCHMARK(read_csv);

}  // namespace
}  // namespace retimu
