// SPDX-License-Identifier: Apache-2.0
// When which fault befalls whom in the simulated world, and what it does to readings, logs and
// alarms.
#ifndef RETIMU_SIMULATOR_WORLD_PLAN_HPP
#define RETIMU_SIMULATOR_WORLD_PLAN_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/result.hpp"
#include "retimu/simulator/world_faults.hpp"

#include <map>
#include <string>
#include <vector>

namespace retimu {

// The ground truth, as labels.csv has it.
struct WorldLabel {
  std::string fault;
  std::vector<std::string> entities;  // that show it, the cause first
  Time begin = 0, end = 0;            // `end` is the first moment after
  Modalities modalities = 0;          // in which it shows
};

// A line or an alarm of one moment.
struct WorldNote {
  Time time = 0;
  std::size_t entity = 0;
  LogText line{};           // of an alarm only the text
  std::string_view code{};  // empty: a log line
  Severity severity{};      // of an alarm; cleared: it is over
  std::string_view peer{};  // for {peer}: who is the cause
};

class PlannedWorldFault {
 public:
  PlannedWorldFault(const WorldFault& fault, const World& world, std::size_t cause, Time begin,
                    Time end, std::uint64_t seed);

  const WorldLabel& label() const { return label_; }
  std::span<const std::size_t> entities() const { return affected_; }  // the cause first
  bool is_silent(std::size_t entity, Time time) const;
  // Changes a row of an entity, called once for each of its readings in order of time.
  void apply(std::size_t entity, const EntityModel& model, Time time, std::span<double> row);
  // Everything that is written because of it; in no order.
  void append_notes(std::vector<WorldNote>& to, const World& world);

 private:
  struct Part {
    std::size_t entity = 0;
    Place place{};
    Time begin = 0;  // later than that of the fault, the farther away
  };
  Time begin_of(const Part& part, double after) const;
  bool shows(const Part& part, const ReadingSymptom& symptom, Time time) const;

  const WorldFault* fault_;
  WorldLabel label_;
  std::vector<Part> parts_;
  std::vector<std::size_t> affected_;
  double strength_;  // of all sizes
  Noise noise_;
  std::map<std::size_t, double> stuck_;  // by column: what it repeats
};

struct WorldPlanOptions {
  std::size_t faults = 12;
  std::uint64_t seed = 1;
  Time begin = 0, end = 0;              // of the recording
  std::vector<std::string> kinds = {};  // names of world_faults(); empty: all
};

// Each kind of fault in turn, mixed, none in the first quarter. Faults that touch the same entity
// are an hour apart, all begin at least five minutes apart. An error if they do not fit, or if a
// kind is not known.
Result<std::vector<PlannedWorldFault>> plan_world_faults(const World& world,
                                                         const WorldPlanOptions& options);

}  // namespace retimu

#endif
