// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/made_faults.hpp"

#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/noise.hpp"

#include <array>
#include <cmath>

namespace retimu {

namespace {

using Kind = MadeFault::Kind;

constexpr std::size_t hours(std::size_t count) { return count * (hour / made_interval); }

constexpr std::array faults{
    MadeFault{Kind::spike, "spike", "one reading of the pressure is 0.8 bar too high", 1},
    MadeFault{Kind::level_shift, "level shift", "the pressure is 0.4 bar higher for 12 hours",
              hours(12)},
    MadeFault{Kind::drift, "slow drift", "the pressure creeps up by 0.5 bar in 24 hours",
              hours(24)},
    MadeFault{Kind::stuck, "stuck value", "the pressure repeats one reading for 6 hours", hours(6)},
    MadeFault{Kind::quieter, "variance falls",
              "same level, a fifth of the usual movement for 12 hours", hours(12)},
    MadeFault{Kind::louder, "variance rises", "same level, noise six times as strong for 12 hours",
              hours(12)},
    MadeFault{Kind::parted, "broken correlation",
              "pressure and flow, each as usual, part for 12 hours", hours(12)},
    MadeFault{Kind::day_shape, "changed day",
              "a day with two humps instead of one, same mean and range", hours(24), true},
};

// What a row is made of, in usual deviations.
struct Parts {
  double load = 0;                 // what flow and pressure have in common
  double flow_noise = 0;           // of its own
  double pressure_load = 0;        // the load that the pressure follows
  double pressure_noise = 0;       // of its own
  double pressure_added = 0;       // by a fault
  double other_load = 0;           // another pump's, which wanders alike
  double phase = 0, progress = 0;  // of the day; of the fault, 0 to 1
};

double daily_load(double wave_now, double wandering) { return 2 * wave_now + 0.3 * wandering; }

void break_parts(Kind kind, double wandering, Parts& parts) {
  switch (kind) {
    case Kind::spike: parts.pressure_added = 8; break;
    case Kind::level_shift: parts.pressure_added = 4; break;
    case Kind::drift: parts.pressure_added = 5 * parts.progress; break;
    case Kind::quieter:
      parts.pressure_load *= 0.2;
      parts.pressure_noise *= 0.2;
      break;
    case Kind::louder: parts.pressure_noise *= 6; break;
    case Kind::parted: parts.pressure_load = parts.other_load; break;
    case Kind::day_shape:
      parts.load = parts.pressure_load = daily_load(wave(2 * parts.phase), wandering);
      break;
    case Kind::stuck: break;  // needs what was sent before
  }
}

// As a sensor with so many steps in a unit sends it.
double rounded(double value, double steps) { return std::round(value * steps) / steps; }

}  // namespace

std::span<const MadeFault> made_faults() { return faults; }

Case make_faulty(const MadeFault& fault, std::uint64_t seed) {
  constexpr double memory = static_cast<double>(2 * hour) / static_cast<double>(made_interval);
  Noise noise(seed);
  AutoRegression common(1, 1, memory, noise), other(1, 1, memory, noise);
  Case made;
  made.series.name = fault.name;
  made.series.columns = {"pressure", "flow"};
  made.series.rows.columns = 2;
  made.truth.judged_from = usual_rows;
  double last_pressure = 0;
  for (std::size_t i = 0; i < usual_rows + shown_rows; ++i) {
    const double wandering = common.next(noise);
    Parts parts;
    parts.phase = static_cast<double>(i % rows_of_day) / static_cast<double>(rows_of_day);
    parts.load = fault.is_daily ? daily_load(wave(parts.phase), wandering) : wandering;
    parts.pressure_load = parts.load;
    parts.other_load = other.next(noise);
    parts.flow_noise = 0.3 * noise.normal();
    parts.pressure_noise = 0.3 * noise.normal();
    const std::size_t begin = usual_rows + fault_from;
    const bool is_faulty = i >= begin && i < begin + fault.rows;
    if (is_faulty) {
      parts.progress = static_cast<double>(i - begin) / static_cast<double>(fault.rows);
      break_parts(fault.kind, wandering, parts);
    }
    std::array<double, 2> row{};
    row[pressure] = rounded(
        5 + 0.1 * (parts.pressure_load + parts.pressure_noise + parts.pressure_added), 1'000);
    row[flow] = rounded(18 + parts.load + parts.flow_noise, 100);
    if (is_faulty && fault.kind == Kind::stuck) row[pressure] = last_pressure;
    last_pressure = row[pressure];
    made.series.rows.append(row);
    made.series.times.push_back(simulation_begin + static_cast<Time>(i) * made_interval);
    made.truth.labels.push_back(is_faulty ? 1 : 0);
  }
  return made;
}

}  // namespace retimu
