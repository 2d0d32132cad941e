// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/payload_bench.hpp"

#include <array>

namespace retimu {
namespace {

// Log lines, one a second.
void silence(benchmark::State& state) {
  const std::array<Payload, 1> lines{LogLine{Severity::indeterminate, "request was served"}};
  judge_events(state, "silence", lines);
}
BENCHMARK(silence);

}  // namespace
}  // namespace retimu
