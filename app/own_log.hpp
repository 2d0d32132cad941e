// SPDX-License-Identifier: Apache-2.0
// What `retimu run` says of its own doings on standard error: lines for people, or of JSON.
#ifndef APP_OWN_LOG_HPP
#define APP_OWN_LOG_HPP

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace retimu::app {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// Text: "2026-11-26T12:00:00.000Z warning message key=value"; JSON: {"ts", "level", "message",
// "fields"}. From any thread, once begun.
class OwnLog {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  // `level`: of the least that is told.
  static void begin(LogLevel level, bool is_json);
  static void tell(LogLevel level, std::string_view message, Fields fields = {});
};

// One line of it, without its end; `wall`: nanoseconds since 1970.
std::string log_line(LogLevel level, std::string_view message, OwnLog::Fields fields,
                     std::int64_t wall, bool is_json);

}  // namespace retimu::app

#endif
