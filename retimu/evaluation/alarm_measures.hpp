// SPDX-License-Identifier: Apache-2.0
// What a way of telling the alarms of a stream finds, and what it spares a person.
#ifndef RETIMU_EVALUATION_ALARM_MEASURES_HPP
#define RETIMU_EVALUATION_ALARM_MEASURES_HPP

#include "retimu/evaluation/alarm_telling.hpp"
#include "retimu/evaluation/table.hpp"

#include <optional>

namespace retimu {

// Phases of an attack of which at least one alarm is told.
struct PhasesFound {
  std::size_t found = 0, all = 0;
  double by_chance = 0;  // expected, if as many alarms were told at random
};

struct JudgedAlarms {
  std::size_t alarms = 0, told = 0;
  double days = 0;
  PhasesFound then;    // by the alarms that came while a phase ran
  PhasesFound itself;  // by the alarms that belong to it
  // Mean over the phases, by the alarms that belong to them, of the area under the ROC curve of
  // their scores against those of alarms that belong to none. None if there are none of either.
  std::optional<double> auc;

  double reduction() const;  // alarms for one that is told; 0 if none is
  double told_a_day() const;
};

JudgedAlarms judge_alarms(const AlarmStream& stream, const Telling& telling);
// Counts summed, AUC as the mean over streams.
JudgedAlarms sum_of(std::span<const JudgedAlarms> streams);

struct JudgedTeller {
  std::string name;
  std::vector<JudgedAlarms> streams;  // one a stream
};
Result<std::vector<JudgedTeller>> judge_tellers(std::span<const AlarmStream> streams,
                                                std::span<const NamedTeller> tellers);

// All streams together, and AUC by stream.
std::vector<Grid> make_grids(std::span<const AlarmStream> streams,
                             std::span<const JudgedTeller> tellers);
// One object: set, tellers with `all` and `streams`.
std::string to_json(std::span<const AlarmStream> streams, std::span<const JudgedTeller> tellers);

}  // namespace retimu

#endif
