// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_faults.hpp"

namespace retimu {

namespace {

using enum Place;
using enum Shape;
using enum When;
using enum Severity;

constexpr std::string_view trace =
    "Unhandled exception in request {id}\n"
    "java.lang.IllegalStateException: pool of connections is exhausted\n"
    "    at com.plant.api.Pool.take(Pool.java:118)\n"
    "    at com.plant.api.Orders.find(Orders.java:64)\n"
    "    at com.plant.api.Server.answer(Server.java:203)";
constexpr std::string_view full_trace =
    "Cannot store order {n}\n"
    "java.io.IOException: No space left on device\n"
    "    at java.base/java.io.FileOutputStream.write(FileOutputStream.java:354)\n"
    "    at com.plant.api.Orders.store(Orders.java:91)";

const std::vector<WorldFault> faults = {
    {"link_down",
     "link",
     "the fibre is cut",
     6 * minute,
     15 * minute,
     {{cause, zero, "traffic"},
      {cause, shift, "signal", -60},
      {behind, shift, "latency", 12},
      {behind, shift, "packet_loss", 60},
      {far, shift, "response_time", 12},
      {far, shift, "errors", 15}},
     {{cause, begin, {critical, "kernel", "port {n}: link is down, no light received"}},
      {cause, end, {warning, "kernel", "port {n}: link is up"}},
      {behind, during, {major, "kernel", "gateway {peer} does not answer for {ms} s"}, 4},
      {far, during, {major, "api", "upstream {peer} timed out after {n} ms, request {id}"}, 8}},
     {{cause, critical, "LINK_DOWN", "loss of signal"}}},
    {"packet_loss",
     "link",
     "a dirty connector loses packets",
     10 * minute,
     25 * minute,
     {{cause, shift, "packet_loss", 20},
      {cause, shift, "round_trip", 6},
      {behind, shift, "packet_loss", 12},
      {behind, shift, "latency", 5}},
     {{cause, during, {warning, "kernel", "port {n}: checksum errors, {n} frames dropped"}, 3}},
     {{cause, minor, "LINK_DEGRADED", "bit error rate is high", 0.1}}},
    {"disk_full",
     "host",
     "a log that is not rotated fills the disk",
     40 * minute,
     70 * minute,
     {{cause, drift, "disk", 110}, {behind, shift, "errors", 12, 0.75}},
     {{cause,
       during,
       {major, "kernel", "write to {file} failed: No space left on device"},
       6,
       0.75},
      {behind, during, {major, "api", full_trace}, 4, 0.76}},
     {{cause, major, "DISK_FULL", "the file system is full", 0.75}}},
    {"memory_leak",
     "service",
     "a cache that never forgets",
     40 * minute,
     80 * minute,
     {{cause, drift, "heap", 60}, {cause, shift, "response_time", 8, 0.8}},
     {{cause, during, {warning, "api", "garbage collection took {n} ms, little was freed"}, 3, 0.7},
      {cause, end, {critical, "api", "OutOfMemoryError: heap space, process {n} restarts"}}},
     {}},
    {"error_burst",
     "service",
     "its database refuses connections",
     5 * minute,
     15 * minute,
     {{cause, shift, "errors", 20}, {cause, shift, "response_time", 8}},
     {{cause, during, {major, "api", trace}, 15}},
     {{cause, major, "SERVICE_ERRORS", "the share of errors is high", 0.1}}},
    {"host_silent",
     "host",
     "its power supply fails",
     8 * minute,
     20 * minute,
     {{cause, silence}, {behind, shift, "errors", 18}, {behind, zero, "requests"}},
     {{behind, during, {major, "api", "cannot reach {peer}: no route, request {id} dropped"}, 10},
      {cause, end, {indeterminate, "systemd", "system boots after a loss of power, {n} units"}}},
     {{cause, critical, "HOST_UNREACHABLE", "no answer to 3 requests"}}},
    {"runaway_process",
     "host",
     "a process runs wild",
     10 * minute,
     30 * minute,
     {{cause, shift, "cpu", 12}, {cause, shift, "latency", 6}, {behind, shift, "response_time", 8}},
     {{cause, during, {warning, "kernel", "task {user}:{n} blocked for more than 120 seconds"}, 1}},
     {}},
    {"password_guessing",
     "host",
     "somebody tries passwords",
     5 * minute,
     15 * minute,
     {},
     {{cause, during, {warning, "sshd", "Failed password for root from {ip} port {n} ssh2"}, 40}},
     {}},
    {"cavitation",
     "pump",
     "air in the suction pipe",
     8 * minute,
     20 * minute,
     {{cause, scatter, "pressure", 6}, {cause, scatter, "flow", 4}, {cause, shift, "vibration", 8}},
     {{cause, during, {warning, "plc", "vibration above limit, cycle {n}"}, 2, 0.1}},
     {{cause, minor, "VIBRATION_HIGH", "the bearing vibrates", 0.15}}},
    {"pump_trip",
     "pump",
     "the motor protection trips",
     4 * minute,
     10 * minute,
     {{cause, zero, "flow"}, {cause, zero, "power"}, {cause, zero, "vibration"}},
     {{cause, begin, {critical, "plc", "motor protection tripped at {n} A, drive is off"}},
      {cause, end, {indeterminate, "plc", "drive is on, ramp {n}"}}},
     {{cause, critical, "PUMP_TRIP", "the drive is off"}}},
    {"sensor_stuck",
     "pump",
     "the transmitter repeats one value",
     30 * minute,
     60 * minute,
     {{cause, stuck, "pressure"}}},
    {"bearing_worn",
     "pump",
     "a bearing is worn",
     30 * minute,
     60 * minute,
     {{cause, shift, "vibration", 8}, {cause, drift, "temperature", 10}}},
};

}  // namespace

std::span<const WorldFault> world_faults() { return faults; }

}  // namespace retimu
