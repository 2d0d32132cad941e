// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_CONNECTORS_FILE_BENCH_HPP
#define RETIMU_CONNECTORS_FILE_BENCH_HPP

#include "retimu/connectors/file_source.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace retimu {

// Reads a file of 200,000 records again and again, from the page cache.
inline void read_records(benchmark::State& state, FileInput input, std::string (*line)(std::size_t),
                         std::string_view header = "") {
  constexpr std::size_t count = 200'000;
  char path[] = "/tmp/retimu_benchXXXXXX";
  const int descriptor = ::mkstemp(path);
  ::close(descriptor);
  std::size_t bytes = 0;
  {
    std::ofstream file(path);
    file << header;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string text = line(i);
      bytes += text.size();
      file << text;
    }
  }
  Columns columns;
  input.paths = {path};
  const auto source = open_files({input}, columns);
  ::unlink(path);
  if (!source) {
    state.SkipWithError(source.error().message.c_str());
    return;
  }
  Batch batch;
  constexpr std::size_t batch_count = 4'096;
  std::size_t left = 0;
  for (auto _ : state) {
    if (left == 0) {
      batch.clear();
      auto read = (*source)->read(batch, batch_count, {});
      if (batch.events.empty()) {
        (void)(*source)->seek({});
        read = (*source)->read(batch, batch_count, {});
      }
      if (!read || batch.events.empty()) {
        state.SkipWithError("nothing was read");
        return;
      }
      left = batch.events.size();
    }
    --left;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes / count));
  state.counters["bytes_per_record"] = static_cast<double>(bytes) / count;
}

}  // namespace retimu

#endif
