// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/payload_bench.hpp"

#include <fmt/format.h>

#include <string>

namespace retimu {
namespace {

// Alarms of 64 codes.
void alarm_burst(benchmark::State& state) {
  std::vector<std::string> codes;
  for (int i = 0; i < 64; ++i) codes.push_back(fmt::format("code {}", i));
  std::vector<Payload> alarms;
  for (const std::string& code : codes) alarms.emplace_back(Alarm{Severity::minor, code, {}});
  judge_events(state, "alarm_burst", alarms);
}
BENCHMARK(alarm_burst);

}  // namespace
}  // namespace retimu
