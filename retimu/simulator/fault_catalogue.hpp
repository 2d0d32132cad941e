// SPDX-License-Identifier: Apache-2.0
// The list of what can go wrong in the simulated plant.
#ifndef RETIMU_SIMULATOR_FAULT_CATALOGUE_HPP
#define RETIMU_SIMULATOR_FAULT_CATALOGUE_HPP

#include "retimu/core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace retimu {

enum class FaultKind : std::uint8_t {
  spike,        // one to three readings far off
  level_shift,  // a new level that stays
  drift,        // grows evenly, then is repaired
  noise_burst,  // readings scatter around the right value
  dropout,      // readings of zero
  decoupling,   // a column shows a load that its neighbours do not have
};
inline constexpr std::size_t fault_kind_count = 6;
std::string_view name_of(FaultKind kind);  // "level_shift"
std::optional<FaultKind> parse_fault_kind(std::string_view name);

// How strongly, and in which direction, a fault shows in a column; column empty: not used.
struct Effect {
  std::string_view column;
  double weight = 0;
};

struct FaultEntry {
  FaultKind kind;
  std::string_view entity_kind;
  std::string_view story;              // what an engineer would find
  double size_low = 0, size_high = 0;  // in sigmas of the column; 0: follows from the column itself
  std::array<Effect, 3> effects;       // the clearest first
};

std::span<const FaultEntry> fault_catalogue();

// How many of every 12 faults are of this kind.
std::size_t share_of(FaultKind kind);

// How long a fault of this kind lasts. A spike is counted in readings (1 to 3), a level shift
// stays.
struct Lasting {
  Duration low = 0, high = 0;
};
Lasting lasting(FaultKind kind);

}  // namespace retimu

#endif
