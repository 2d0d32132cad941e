// SPDX-License-Identifier: Apache-2.0
#include "app/own_log.hpp"

#include "app/process.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/core/alert.hpp"
#include "retimu/core/wall_clock.hpp"

#include <array>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace retimu::app {

namespace {

constexpr std::array<std::string_view, 4> names = {"debug", "info", "warning", "error"};
constexpr std::array levels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                               spdlog::level::err};

std::size_t number_of(LogLevel level) { return static_cast<std::size_t>(level); }

bool is_json_log = false;  // set once, before there are other threads

}  // namespace

std::string log_line(LogLevel level, std::string_view message, OwnLog::Fields fields,
                     std::int64_t wall, bool is_json) {
  const std::string_view name = names[number_of(level)];
  const std::string when = format_time(wall - wall % millisecond);
  if (!is_json) {
    std::string line = when + " " + std::string(name) + " " + printable(message);
    for (const auto& [key, value] : fields) {
      line += " " + std::string(key) + "=" + printable(value);
    }
    return line;
  }
  std::string line =
      "{\"ts\":\"" + when + "\",\"level\":\"" + std::string(name) + "\",\"message\":";
  append_json_string(line, message);
  line += ",\"fields\":{";
  std::string_view separator;
  for (const auto& [key, value] : fields) {
    line += separator;
    append_json_string(line, key);
    line += ':';
    append_json_string(line, value);
    separator = ",";
  }
  return line + "}}";
}

void OwnLog::begin(LogLevel level, bool is_json) {
  is_json_log = is_json;
  const auto logger = spdlog::stderr_logger_mt("retimu");
  logger->set_pattern("%v");
  logger->set_level(levels[number_of(level)]);
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(logger);
}

void OwnLog::tell(LogLevel level, std::string_view message, Fields fields) {
  const auto at = levels[number_of(level)];
  if (!spdlog::should_log(at)) return;
  clear_progress_line();
  spdlog::log(at, "{}", log_line(level, message, fields, wall_clock(), is_json_log));
}

}  // namespace retimu::app
