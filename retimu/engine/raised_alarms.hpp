// SPDX-License-Identifier: Apache-2.0
// The alarms of another system that an episode rests on, by code. A minute after it has cleared
// them all the episode is over, and does not wait for silence; what is raised again before flaps.
// Of more than eight it is not known.
// Cost: 5 ns an alarm; 48 bytes. Blind to: one code for several things.
#ifndef RETIMU_ENGINE_RAISED_ALARMS_HPP
#define RETIMU_ENGINE_RAISED_ALARMS_HPP

#include "retimu/core/state.hpp"
#include "retimu/core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace retimu {

class RaisedAlarms {
 public:
  static constexpr Duration settles = minute;

  // `is_evident`: the episode rests on it.
  void raise(std::uint64_t code, bool is_evident);
  void clear(std::uint64_t code, Time time);
  void forget() { *this = {}; }
  // When all were cleared; none: they are not.
  std::optional<Time> cleared() const;
  // When the episode is over, if nothing is raised again before.
  std::optional<Time> wake_time() const;
  void visit(StateVisitor& visitor);

 private:
  static constexpr std::uint8_t most = 8;
  std::array<std::uint32_t, most> codes_{};  // halves of hashes
  std::uint8_t count_ = 0;                   // most + 1: more than that
  std::uint8_t raised_ = 0;                  // bits, by place
  Time last_cleared_ = time_none;
};

}  // namespace retimu

#endif
