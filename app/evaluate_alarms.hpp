// SPDX-License-Identifier: Apache-2.0
// `retimu evaluate ait-alerts`: which alarms of other systems a person is told.
#ifndef APP_EVALUATE_ALARMS_HPP
#define APP_EVALUATE_ALARMS_HPP

#include <string>
#include <string_view>

namespace retimu::app {

inline constexpr std::string_view alarms_set = "ait-alerts";
inline constexpr std::string_view alarms_set_description =
    "alarms of intrusion detection under attack: what is told of them";

// `report_path` may be empty. Gives the exit code.
int evaluate_alarms(const std::string& data, const std::string& report_path, bool is_json);

}  // namespace retimu::app

#endif
