// SPDX-License-Identifier: Apache-2.0
// What a plant and a network operations centre measure when nothing is wrong. Every column of an
// entity follows the entity's load, which follows the day; some late, all with noise, some with a
// heavy tail.
#ifndef RETIMU_SIMULATOR_PLANT_HPP
#define RETIMU_SIMULATOR_PLANT_HPP

#include "retimu/core/time.hpp"
#include "retimu/simulator/noise.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

enum class Tail : std::uint8_t {
  light,   // noise is added: normal, `noise` in the column's unit
  skewed,  // noise multiplies: log-normal, `noise` is relative
  heavy,   // as skewed, and one reading in 1,000 is larger still
};

struct ColumnKind {
  std::string_view name, unit;
  int decimals;        // that the sensor gives
  double base, gain;   // at load 0; added at load 1
  double lag_minutes;  // by which it follows the load, 0: at once
  double wander;       // slow noise: standard deviation, memory of half an hour
  double noise;        // fast noise, see Tail
  Tail tail;
  double low, high;  // a sensor gives nothing outside
};

struct EntityKind {
  std::string_view name;
  std::span<const ColumnKind> columns;
  std::optional<std::size_t> find(std::string_view column) const;
};

// The list: every kind of entity. A new one is one entry here and its faults in faults_catalogue().
std::span<const EntityKind> entity_kinds();
inline constexpr std::size_t plant_columns_max = 8;  // of one kind

class EntityModel {
 public:
  // The time of the first reading, and the time between two.
  EntityModel(const EntityKind& kind, std::string name, std::uint64_t seed, Time first,
              Duration interval);

  const EntityKind& kind() const { return *kind_; }
  const std::string& name() const { return name_; }
  // Load that the day asks for, about 0.1 to 0.9.
  double expected_load(Time time) const;
  // What the column shows at that load, without lag and noise.
  double expected(std::size_t column, double load) const;
  // Change of the column from load 0 to load 1.
  double gain(std::size_t column) const;
  // Standard deviation of the column around its daily curve: the unit of a fault's size.
  double sigma(std::size_t column) const;
  // The time of the next reading, and of the first reading not before `time`.
  Time next_time() const { return next_time_; }
  Time reading_after(Time time) const;
  // The next reading in `row`, one value a column of the kind, as the process has it: not yet
  // rounded or limited.
  void next(std::span<double> row);
  // As the sensor gives it.
  double limited(std::size_t column, double value) const;

 private:
  const EntityKind* kind_;
  std::string name_;
  Time next_time_;
  Duration interval_;
  Noise noise_;
  double size_, peak_, swing_, shoulder_;  // of this entity: scale, time and height of its day
  AutoRegression demand_;
  std::vector<AutoRegression> wander_;
  std::vector<double> lagged_, follow_;
};

// count entities "pump1", "host1", "pump2", ...: 2 pumps, 2 hosts and a link in every 5. Their
// readings are spread over the interval, at whole seconds, in the order of the entities.
std::vector<EntityModel> make_plant(std::size_t count, std::uint64_t seed, Time start,
                                    Duration interval);

}  // namespace retimu

#endif
