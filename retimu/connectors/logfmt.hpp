// SPDX-License-Identifier: Apache-2.0
// Lines of key=value pairs: time=2024-03-04T05:06:07Z level=warn msg="it broke"
#ifndef RETIMU_CONNECTORS_LOGFMT_HPP
#define RETIMU_CONNECTORS_LOGFMT_HPP

#include <string_view>

namespace retimu {

struct LogPair {
  std::string_view key,
      value;  // of a value in quotes what stands between them, escapes as they are
};

// The next pair from `at` on; moves `at` behind it. Words without = are passed over. False if there
// is none, or a quote stays open.
bool next_pair(std::string_view line, std::size_t& at, LogPair& pair);

}  // namespace retimu

#endif
