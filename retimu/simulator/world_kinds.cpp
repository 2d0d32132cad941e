// SPDX-License-Identifier: Apache-2.0
// The list of what lives in the simulated world, with its columns and what it writes when all is
// well.
#include "retimu/core/result.hpp"
#include "retimu/simulator/world.hpp"

#include <array>

namespace retimu {

namespace {

constexpr double percent_max = 100, plenty = 100'000;

// A number that follows the load at once, with noise that multiplies.
constexpr ColumnKind busy(std::string_view name, std::string_view unit, int decimals, double base,
                          double gain, double noise, Tail tail = Tail::skewed) {
  return {name, unit, decimals, base, gain, 0, 0.01 * base, noise, tail, 0, plenty};
}
// A share in use, which moves slowly.
constexpr ColumnKind filled(std::string_view name, double base, double gain) {
  return {name, "%", 2, base, gain, 30, 0.4, 0.15, Tail::light, 0, percent_max};
}
constexpr ColumnKind lost(std::string_view name) {
  return {name, "%", 3, 0.1, 0.1, 0, 0.01, 0.25, Tail::skewed, 0, percent_max};
}

constexpr std::array link_columns = {
    busy("traffic", "Mbit/s", 1, 80, 520, 0.05), busy("round_trip", "ms", 2, 8, 2, 0.05),
    lost("packet_loss"),
    ColumnKind{"signal", "dBm", 2, -6.2, 0, 0, 0.04, 0.05, Tail::light, -60, 10}};
constexpr std::array host_columns = {
    ColumnKind{"cpu", "%", 1, 12, 45, 0, 1, 2, Tail::light, 0, percent_max},
    filled("memory", 48, 8), filled("disk", 55, 0),
    busy("latency", "ms", 1, 18, 14, 0.15, Tail::heavy), lost("packet_loss")};
constexpr std::array service_columns = {
    busy("requests", "1/s", 0, 60, 300, 0.06), busy("errors", "1/s", 2, 0.3, 0.6, 0.25),
    busy("response_time", "ms", 1, 35, 40, 0.12, Tail::heavy), filled("heap", 40, 10)};

constexpr auto info = Severity::indeterminate;
constexpr std::array link_lines = {
    UsualLine{{info, "bgpd", "neighbor {ip} keepalive received, hold time {n} s"}, 40},
    UsualLine{{info, "lldpd", "neighbor {id} seen on port {n}"}, 30},
    UsualLine{{info, "ntpd", "clock offset {ms} ms, stratum 2"}, 12}};
constexpr std::array host_lines = {
    UsualLine{{info, "sshd", "Accepted publickey for {user} from {ip} port {n} ssh2"}, 20},
    UsualLine{{info, "sshd", "Disconnected from user {user} {ip} port {n}"}, 20},
    UsualLine{{Severity::warning, "sshd", "Failed password for {user} from {ip} port {n} ssh2"}, 6},
    UsualLine{{info, "cron", "({user}) CMD (/usr/lib/{file} --batch {n})"}, 30},
    UsualLine{{info, "systemd", "Started session {n} of user {user}"}, 20},
    UsualLine{{info, "ntpd", "clock offset {ms} ms, stratum 3"}, 12}};
constexpr std::array service_lines = {
    UsualLine{{info, "api", "request {id} done in {ms} ms, {n} bytes"}, 150},
    UsualLine{{info, "api", "session {id} opened for {user} from {ip}"}, 40},
    UsualLine{{info, "api", "cache refreshed, {n} entries in {ms} ms"}, 20},
    UsualLine{{Severity::warning, "api", "request {id} retried after {ms} ms"}, 8}};
constexpr std::array pump_lines = {
    UsualLine{{info, "plc", "setpoint {n} accepted from {user}"}, 15},
    UsualLine{{info, "plc", "cycle {n} finished in {ms} ms"}, 40}};

constexpr std::array link_alarms = {
    UsualAlarm{"PORT_FLAP_COUNT", "a port without a user went down and up", 1}};
constexpr std::array host_alarms = {
    UsualAlarm{"LOGIN_NEW_ADDRESS", "a user came from a new address", 0.7}};

const std::array<WorldKind, 4> kinds = {WorldKind{{"link", link_columns}, link_lines, link_alarms},
                                        WorldKind{{"host", host_columns}, host_lines, host_alarms},
                                        WorldKind{{"service", service_columns}, service_lines, {}},
                                        WorldKind{entity_kinds()[0], pump_lines, {}}};

}  // namespace

std::span<const WorldKind> world_kinds() { return kinds; }

const WorldKind& world_kind(std::string_view name) {
  for (const WorldKind& kind : kinds) {
    if (kind.readings.name == name) return kind;
  }
  RETIMU_ASSERT(false);
  return kinds.front();
}

}  // namespace retimu
