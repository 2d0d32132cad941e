// SPDX-License-Identifier: Apache-2.0
// What is remembered of the alarms that other systems raised of an entity, by code: how often, how
// many a minute, and what was told. The state that rare_alarm, alarm_burst and alarm_severity
// share.
//
// An alarm is folded when its code came within a wait of the alarm of it that was not: ten minutes,
// doubled up to an hour while it keeps coming, and ten minutes again where it did not come for more
// than twice the wait; unless it is more severe. What is folded says nothing new. A clear is no
// alarm here.
// At most 1,024 codes: then the half that did not come for longest is forgotten.
#ifndef RETIMU_DETECTORS_ALARM_CODES_HPP
#define RETIMU_DETECTORS_ALARM_CODES_HPP

#include "retimu/core/detector.hpp"
#include "retimu/detectors/return_period.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/text/flat_map.hpp"

#include <cstdint>
#include <vector>

namespace retimu {

// Decades of an alarm that comes once in so many minutes, and the threshold of such evidence.
inline double decades_of(double minutes) { return elementary::log10(minutes > 1 ? minutes : 1.0); }
inline constexpr double alarm_threshold = 2.857;  // twice a day

// Cost: 180 ns an alarm. Memory: 1 KB, and 180 bytes a code.
struct AlarmCodes {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t codes_max = 1'024;
  static constexpr std::size_t rarities = 4, bursts = 12;  // levels

  // A number that fades: by 1 - 1/e in the time that is given.
  struct Faded {
    double value = 0;
    Time time = time_none;
    double at(Time now, Duration over) const;
    void add(double count, Time now, Duration over);
  };
  // Alarms of the running minute, and of whole minutes before it, faded.
  struct Minutes {
    std::int64_t index = INT64_MIN;  // of the minute
    double count = 0;                // in it so far
    double faded = 0;                // of those before it
  };
  struct Code {
    std::uint64_t key = 0;   // hash of the text
    std::uint64_t last = 0;  // number of the last alarm of it
    Faded alarms, unfolded;
    Minutes minutes;
    Time told = time_none;  // the last that was not folded
    Duration wait = 0;
    std::uint8_t severity = 0;  // the highest since
  };
  struct State {
    std::vector<Code> codes;
    FlatMap places;  // in `codes`, by key
    std::uint64_t alarms = 0;
    Time begun = time_none;  // the first alarm
    Faded all;
    Minutes minutes;  // of all codes
    ReturnPeriod<rarities> rare;
    ReturnPeriod<bursts> burst;
  };
  struct Work {
    bool is_alarm = false;  // and no clear
    bool is_folded = false;
    std::uint8_t severity = 0;
    std::uint32_t place = FlatMap::none;  // of its code
    std::uint8_t rarity = 0, burst = 0;   // levels
    bool is_burst_of_all = false;         // of all codes, rather than of its own
    double before = 0;                    // alarms of its code that were not folded, faded
    double rareness = 0;                  // nats: -ln of the share of its code, itself counted
    double deviance = 0;                  // half of it, nats, of its minute: of its code or of all
    double own_deviance = 0;              // of its code
    double count = 0, usual = 0;          // alarms a minute, of the burst
    double rare_minutes = 0, burst_minutes = 0;  // return periods; 0: it says nothing new
  };

  // Fills `work`.
  static void look(const State& state, const Observation& observation, Work& work);
  static void learn(State& state, const Observation& observation, const Work& work);
  static void visit(State& state, StateVisitor& visitor);
};

}  // namespace retimu

#endif
