// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/fault_catalogue.hpp"

namespace retimu {

namespace {

constexpr std::array<std::string_view, fault_kind_count> names = {
    "spike", "level_shift", "drift", "noise_burst", "dropout", "decoupling"};

constexpr std::array entries = {
    FaultEntry{
        FaultKind::spike, "pump", "a stone passes the impeller", 8, 14, {{{"vibration", 1}}}},
    FaultEntry{
        FaultKind::spike, "pump", "water hammer", 8, 14, {{{"pressure", 1}, {"flow", -0.4}}}},
    FaultEntry{FaultKind::spike,
               "host",
               "a long stop of the garbage collector",
               10,
               16,
               {{{"latency", 1}}}},
    FaultEntry{FaultKind::spike, "link", "the route is moved", 8, 14, {{{"round_trip", 1}}}},

    FaultEntry{FaultKind::level_shift,
               "pump",
               "a bearing is worn",
               6,
               10,
               {{{"vibration", 1}, {"temperature", 0.4}}}},
    FaultEntry{FaultKind::level_shift,
               "pump",
               "the strainer is blocked",
               6,
               10,
               {{{"pressure", -1}, {"flow", -0.6}}}},
    FaultEntry{FaultKind::level_shift, "host", "a process runs wild", 6, 9, {{{"cpu", 1}}}},
    FaultEntry{FaultKind::level_shift, "link", "a dirty connector", 6, 10, {{{"signal", -1}}}},

    FaultEntry{FaultKind::drift,
               "pump",
               "the cooler silts up",
               10,
               16,
               {{{"temperature", 1}, {"power", 0.3}}}},
    FaultEntry{FaultKind::drift, "host", "a memory leak", 10, 16, {{{"memory", 1}}}},
    FaultEntry{FaultKind::drift, "link", "a fan has stopped", 10, 16, {{{"temperature", 1}}}},

    FaultEntry{
        FaultKind::noise_burst, "pump", "cavitation", 4, 7, {{{"pressure", 1}, {"flow", 0.6}}}},
    FaultEntry{FaultKind::noise_burst, "host", "a disk with bad sectors", 4, 7, {{{"latency", 1}}}},
    FaultEntry{FaultKind::noise_burst, "link", "congestion", 4, 7, {{{"round_trip", 1}}}},

    FaultEntry{FaultKind::dropout,
               "pump",
               "the pump trips",
               0,
               0,
               {{{"flow", 1}, {"power", 1}, {"vibration", 1}}}},
    FaultEntry{
        FaultKind::dropout, "host", "the balancer takes the host out", 0, 0, {{{"requests", 1}}}},
    FaultEntry{FaultKind::dropout, "link", "the counter stands still", 0, 0, {{{"traffic", 1}}}},

    FaultEntry{FaultKind::decoupling, "pump", "the impeller turns in air", 0, 0, {{{"flow", 1}}}},
    FaultEntry{FaultKind::decoupling, "host", "requests are refused early", 0, 0, {{{"cpu", 1}}}},
};

}  // namespace

std::string_view name_of(FaultKind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<FaultKind> parse_fault_kind(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<FaultKind>(i);
  }
  return std::nullopt;
}

std::span<const FaultEntry> fault_catalogue() { return entries; }

std::size_t share_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::spike: return 3;
    case FaultKind::level_shift: return 3;
    case FaultKind::drift: return 1;
    case FaultKind::noise_burst: return 2;
    case FaultKind::dropout: return 2;
    case FaultKind::decoupling: return 1;
  }
  return 0;
}

Lasting lasting(FaultKind kind) {
  switch (kind) {
    case FaultKind::spike: return {};
    case FaultKind::level_shift: return {};
    case FaultKind::drift: return {30 * minute, 60 * minute};
    case FaultKind::noise_burst: return {10 * minute, 20 * minute};
    case FaultKind::dropout: return {3 * minute, 10 * minute};
    case FaultKind::decoupling: return {20 * minute, 40 * minute};
  }
  return {};
}

}  // namespace retimu
