// SPDX-License-Identifier: Apache-2.0
// One injected fault: when it is planned, and what it does to a row.
#ifndef RETIMU_SIMULATOR_FAULT_HPP
#define RETIMU_SIMULATOR_FAULT_HPP

#include "retimu/core/result.hpp"
#include "retimu/simulator/fault_catalogue.hpp"
#include "retimu/simulator/plant.hpp"

#include <string>
#include <vector>

namespace retimu {

// The ground truth, as labels.csv has it.
struct FaultLabel {
  FaultKind kind{};
  std::string entity;
  std::vector<std::string> columns;  // the clearest first
  Time begin = 0, end = 0;           // of its first reading, and of the first one after it
  double size = 0;                   // in sigmas of the first column, at its greatest
};

class PlannedFault {
 public:
  // `size` in sigmas of the clearest column; not used where it follows from the column itself.
  PlannedFault(const FaultEntry& entry, const EntityModel& model, Time begin, Time end, double size,
               std::uint64_t seed);

  const FaultLabel& label() const { return label_; }
  // Changes a row of its entity, called once for each of the entity's readings in order of time.
  void apply(Time time, std::span<double> row);

 private:
  struct ColumnEffect {
    std::size_t column = 0;
    double amount = 0;  // in the column's unit
  };
  FaultLabel label_;
  std::vector<ColumnEffect> effects_;
  Noise noise_;
};

struct FaultPlan {
  std::size_t entity = 0;  // index into the plant
  PlannedFault fault;
};

struct PlanOptions {
  std::size_t faults = 12;
  std::uint64_t seed = 1;
  Time begin = 0, end = 0;  // of the recording
  Duration interval = 0;    // between two readings of an entity
};

// Faults of all kinds, mixed, in order of time, on two thirds of the entities (so that some stay
// healthy), none in the first quarter. Two faults of one entity are an hour apart. An error if they
// do not fit.
Result<std::vector<FaultPlan>> plan_faults(std::span<const EntityModel> plant,
                                           const PlanOptions& options);

}  // namespace retimu

#endif
