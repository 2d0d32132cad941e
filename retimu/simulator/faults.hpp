// SPDX-License-Identifier: Apache-2.0
// `retimu simulate readings`: readings of a plant and a network operations centre in which faults
// happen, with the ground truth, as a folder that `retimu run` takes as it stands.
#ifndef RETIMU_SIMULATOR_FAULTS_HPP
#define RETIMU_SIMULATOR_FAULTS_HPP

#include "retimu/simulator/labels.hpp"

#include <functional>
#include <string>
#include <vector>

namespace retimu {

struct FaultsOptions {
  std::uint64_t seed = 1;
  std::uint64_t entities = 12;  // 1 to 100,000
  double hours = 24;            // 2 to 8,784
  Duration interval =
      10 * second;  // between two readings of an entity: whole seconds, at most 10 minutes
  std::uint64_t faults = 12;
};

// Where every simulation begins: 2023-11-15T00:00:00Z.
inline constexpr Time simulation_begin = 1'700'006'400 * second;

struct FaultsSimulation {
  Recording recording;
  std::vector<FaultLabel> labels;
};

// Gives the readings line by line, in order of time, ties in the order of the entities:
// {"ts":1700006400,"host":"pump1","pressure":5.61,...}. One column in 500 readings is missing, one
// reading in 1,000 never came. The same options give the same bytes on every x86-64 machine. About
// 1 microsecond a reading.
Result<FaultsSimulation> simulate_faults(
    const FaultsOptions& options, const std::function<Result<void>(std::string_view line)>& call);

// Writes events.jsonl, labels.csv, recording.csv and pipeline.toml, each whole or not at all.
// Refuses a folder that a pipeline has run in: its state and alerts would belong to other readings.
Result<FaultsSimulation> write_faults(const FaultsOptions& options, const std::string& folder);

// Makes the folder, with its parents. Refuses one that a pipeline has run in.
Result<void> check_fresh_folder(const std::string& folder);

}  // namespace retimu

#endif
