// SPDX-License-Identifier: Apache-2.0
// `retimu evaluate loghub`: how well the lines of logs are grouped by template.
#ifndef APP_EVALUATE_LOGS_HPP
#define APP_EVALUATE_LOGS_HPP

#include <string>
#include <string_view>

namespace retimu::app {

inline constexpr std::string_view logs_set = "loghub";
inline constexpr std::string_view logs_set_description =
    "log lines with true templates: grouping accuracy";

// `report_path` may be empty. Gives the exit code.
int evaluate_logs(const std::string& data, const std::string& report_path, bool is_json);

}  // namespace retimu::app

#endif
