// SPDX-License-Identifier: Apache-2.0
// The family of small made series that every detector of readings is shown: a pump with two columns
// that go together, four usual weeks, then four days with one fault. Chosen once for all detectors.
#ifndef TESTS_PAGES_MADE_FAULTS_HPP
#define TESTS_PAGES_MADE_FAULTS_HPP

#include "retimu/evaluation/series.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace retimu {

inline constexpr Duration made_interval = 5 * minute;  // between two rows
inline constexpr std::size_t rows_of_day = day / made_interval;
inline constexpr std::size_t usual_rows = 28 * rows_of_day;  // learned before the four days
inline constexpr std::size_t shown_rows = 4 * rows_of_day;
inline constexpr std::size_t fault_from = 2 * rows_of_day;  // of the four days

// Pressure in bar follows flow in l/s. One usual deviation of the pressure is about 0.1 bar.
inline constexpr std::size_t pressure = 0, flow = 1;

struct MadeFault {
  enum class Kind : std::uint8_t {
    spike,
    level_shift,
    drift,
    stuck,
    quieter,
    louder,
    parted,
    day_shape
  };
  Kind kind{};
  std::string_view name;   // "level shift"
  std::string_view story;  // what is done to which column
  std::size_t rows = 0;    // that it lasts
  bool is_daily = false;   // both columns follow the hour of the day, else they wander
};

std::span<const MadeFault> made_faults();

// All rows, the four days last, and labels of 1 where the fault is. Two faults that are both daily
// or both not have the same rows before it. The same bits on every x86-64 machine.
Case make_faulty(const MadeFault& fault, std::uint64_t seed);

}  // namespace retimu

#endif
