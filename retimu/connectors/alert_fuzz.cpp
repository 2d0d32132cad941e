// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"

#include <string>

// What is taken for an alert is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const retimu::Result<retimu::Alert> alert =
      retimu::parse_alert({reinterpret_cast<const char*>(data), size});
  if (!alert) return 0;
  const std::string json = retimu::to_json(*alert);
  const retimu::Result<retimu::Alert> again = retimu::parse_alert(json);
  RETIMU_ASSERT(again && retimu::to_json(*again) == json);
  return 0;
}
