// SPDX-License-Identifier: Apache-2.0
// The list of what can go wrong in the simulated world, and how each fault shows: in readings, in
// log lines and in alarms, of its cause and of what lies behind it.
#ifndef RETIMU_SIMULATOR_WORLD_FAULTS_HPP
#define RETIMU_SIMULATOR_WORLD_FAULTS_HPP

#include "retimu/simulator/world.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace retimu {

// By so many hops of the topology a symptom lies behind the cause.
enum class Place : std::uint8_t { cause, behind, far };

enum class Shape : std::uint8_t {
  shift,    // so many sigmas up or down
  drift,    // growing evenly to that
  scatter,  // noise of so many sigmas
  zero,     // the column reads 0
  stuck,    // the column repeats its last reading
  silence   // neither readings nor log lines come; of all columns
};

// `after`: the share of the fault's time that passes before it shows.
struct ReadingSymptom {
  Place place{};
  Shape shape{};
  std::string_view column{};
  double size = 0;  // sigmas of the column
  double after = 0;
};

enum class When : std::uint8_t { begin, during, end };
struct LogSymptom {
  Place place{};
  When when{};
  LogText line{};
  double a_minute = 0;  // of `during`
  double after = 0;
};

// Raised, and cleared when the fault is over.
struct AlarmSymptom {
  Place place{};
  Severity severity{};
  std::string_view code{}, text{};
  double after = 0;
};

struct WorldFault {
  std::string_view name, kind;  // of the entity that is its cause
  std::string_view story;       // what an engineer would find
  Duration low = 0, high = 0;   // how long it lasts
  std::vector<ReadingSymptom> readings{};
  std::vector<LogSymptom> logs{};
  std::vector<AlarmSymptom> alarms{};
};

std::span<const WorldFault> world_faults();

}  // namespace retimu

#endif
