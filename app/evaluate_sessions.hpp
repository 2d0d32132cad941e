// SPDX-License-Identifier: Apache-2.0
// `retimu evaluate log-sessions`: sessions of a log that failed.
#ifndef APP_EVALUATE_SESSIONS_HPP
#define APP_EVALUATE_SESSIONS_HPP

#include <string>
#include <string_view>

namespace retimu::app {

inline constexpr std::string_view sessions_set = "log-sessions";
inline constexpr std::string_view sessions_set_description =
    "log lines by session: which sessions failed";

// `report_path` may be empty. Gives the exit code.
int evaluate_sessions(const std::string& data, const std::string& report_path, bool is_json);

}  // namespace retimu::app

#endif
