// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_header.hpp"
#include "retimu/core/result.hpp"

#include <algorithm>

// What was written into a message is found in it, and all else is a part of what came.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace retimu;
  constexpr std::size_t added_max = 64;
  std::string message(reinterpret_cast<const char*>(data), size), whole, again;
  std::ranges::replace(message, '\n', ' ');
  const IpAddress sender = parse_ip(size % 2 == 0 ? "10.0.0.7" : "2001:db8::1").value();
  if (!complete_syslog(message, sender, 1'767'323'045 * second, whole)) {
    RETIMU_ASSERT(whole.empty());
    return 0;
  }
  RETIMU_ASSERT(whole.size() <= message.size() + added_max);
  RETIMU_ASSERT(!complete_syslog(whole, sender, 0, again) && again.empty());
  return 0;
}
