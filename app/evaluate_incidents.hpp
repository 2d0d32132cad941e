// SPDX-License-Identifier: Apache-2.0
// `retimu evaluate nezha`: faults of a system of services, and which service they are of.
#ifndef APP_EVALUATE_INCIDENTS_HPP
#define APP_EVALUATE_INCIDENTS_HPP

#include <string>
#include <string_view>

namespace retimu::app {

inline constexpr std::string_view incidents_set = "nezha";
inline constexpr std::string_view incidents_set_description =
    "metrics and logs of services: which one is at fault";

// `report_path` may be empty. Gives the exit code.
int evaluate_incidents(const std::string& data, const std::string& report_path, bool is_json);

}  // namespace retimu::app

#endif
