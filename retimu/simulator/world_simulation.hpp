// SPDX-License-Identifier: Apache-2.0
// `retimu simulate faults`: readings, log lines and alarms of one world in which faults happen,
// with the ground truth, as a folder that `retimu run` takes as it stands.
#ifndef RETIMU_SIMULATOR_WORLD_SIMULATION_HPP
#define RETIMU_SIMULATOR_WORLD_SIMULATION_HPP

#include "retimu/simulator/world_plan.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct WorldOptions {
  std::uint64_t seed = 1;
  std::uint64_t entities = 20;  // 10 to 10,000
  double hours = 24;            // 2 to 8,784
  Duration interval =
      10 * second;  // between two readings of an entity: whole seconds, to 10 minutes
  std::uint64_t faults = 12;
  std::vector<std::string> kinds = {};  // of faults; empty: all
  friend bool operator==(const WorldOptions&, const WorldOptions&) = default;
};

struct WorldCounts {
  std::uint64_t readings = 0, lines = 0, alarms = 0;  // of a log: records
};

struct WorldSimulation {
  WorldOptions options;
  Time begin = 0, end = 0;
  WorldCounts counts;
  std::vector<WorldLabel> labels;  // in order of begin
  std::vector<std::pair<std::string, std::string>>
      edges;  // what fails at the first is felt at the second
};

// Where what is made goes, line by line with the line feed, each in order of time:
//   readings  {"ts":1700006400,"host":"pump1","pressure":5.61,...}
//   logs      <30>2023-11-15T00:00:03.120Z host1 sshd[1204]: Accepted publickey ...
//   alarms    {"ts":"2023-11-15T06:11:02Z","host":"link1","alarm_code":"LINK_DOWN",
//              "severity":"critical","text":"loss of signal"}
using LineTaker = std::function<Result<void>(std::string_view line)>;
struct WorldTakers {
  LineTaker readings, logs, alarms;
};

// A world that goes on an interval at a time. The same options give the same bytes on every x86-64
// machine. Memory: that of the entities, and of what the faults write. About 1 microsecond a line.
class WorldMaker {
 public:
  // Fault::usage: an option beyond its bounds, an unknown kind of fault, or faults that do not fit.
  static Result<WorldMaker> plan(const WorldOptions& options);
  WorldMaker(WorldMaker&& other) noexcept;
  WorldMaker& operator=(WorldMaker&& other) noexcept;
  ~WorldMaker();

  // Takes what happens in the next interval; false: the world has ended.
  Result<bool> step(const WorldTakers& takers);
  // Labels, edges and times from the beginning, counts so far.
  const WorldSimulation& simulation() const { return simulation_; }
  Time time() const { return time_; }  // when the next interval begins

 private:
  class Clockwork;
  WorldMaker(WorldSimulation simulation, std::unique_ptr<Clockwork> clockwork);

  WorldSimulation simulation_;
  std::unique_ptr<Clockwork> clockwork_;
  Time time_;
};

// All of it.
Result<WorldSimulation> simulate_world(const WorldOptions& options, const WorldTakers& takers);

// Writes metrics.jsonl, system.log, alarms.jsonl, labels.csv, recording.csv, edges.csv and
// pipeline.toml, each whole or not at all. Refuses a folder that a pipeline has run in.
Result<WorldSimulation> write_world(const WorldOptions& options, const std::string& folder);

}  // namespace retimu

#endif
