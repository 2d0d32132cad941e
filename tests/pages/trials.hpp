// SPDX-License-Identifier: Apache-2.0
// A detector alone, in a pipeline with default settings, over the family of made faults: what it
// was told of each, by the engine's own judge.
#ifndef TESTS_PAGES_TRIALS_HPP
#define TESTS_PAGES_TRIALS_HPP

#include "retimu/core/detector.hpp"
#include "tests/pages/made_faults.hpp"

#include <string>
#include <vector>

namespace retimu {

inline constexpr std::size_t draws = 5;         // of the noise
inline constexpr std::uint64_t first_draw = 1;  // its seed; the others follow

// The four days of the first draw.
struct Trial {
  const MadeFault* fault = nullptr;
  Table rows;
  std::vector<std::uint8_t> labels, alerts;  // one a row; alerts: one began here
  std::vector<double> evidence;              // decades, one a row; 0 where it abstained
  std::size_t seen = 0;                      // draws in which an alert began within the fault
};

struct Trials {
  std::vector<Trial> trials;    // in the order of made_faults()
  double threshold = 0;         // decades that raise an alert, when none was raised lately
  double false_alarms = 0;      // alerts that began in the usual weeks and the two days after them,
  double false_alarm_days = 0;  // and how many days that were, over all draws
};

// "seen" in every draw, "missed" in every draw, or "seen 2 of 5".
std::string word_of(const Trial& trial);

// Only of a detector of readings. The error is that of its configuration.
Result<Trials> try_detector(const DetectorEntry& entry);

}  // namespace retimu

#endif
