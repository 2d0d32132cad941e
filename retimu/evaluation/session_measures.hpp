// SPDX-License-Identifier: Apache-2.0
// Which sessions of a log are called abnormal, and whether they are.
#ifndef RETIMU_EVALUATION_SESSION_MEASURES_HPP
#define RETIMU_EVALUATION_SESSION_MEASURES_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/log_sessions.hpp"
#include "retimu/evaluation/table.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

struct JudgedSessions {
  std::size_t abnormal = 0, called = 0, both = 0;  // sessions; called: their evidence suffices
  // Those of the abnormal ones whose lines, in whatever order, no normal session has: the others
  // cannot be told from normal ones by what was said how often.
  std::size_t distinct = 0, both_distinct = 0;
  std::optional<double> auc;  // of their strongest evidence
  double best_f1 = 0;         // over all thresholds

  double precision() const;  // 0 where none was called
  double recall() const;
  double f1() const;
  double f1_distinct() const;  // without the abnormal ones that are not distinct
};

// One score a session, decades above what raises an alert.
JudgedSessions judge_sessions(const LogSessions& sessions, std::span<const double> scores);

// Online from the first line and without labels: the score of a session is that of its strangest
// line.
Result<std::vector<double>> score_sessions(const Configuration& configuration,
                                           const LogSessions& sessions);

struct NamedSessions {
  std::string name;
  JudgedSessions judged;
};
Grid make_grid(const LogSessions& sessions, std::span<const NamedSessions> rows);
// "name":{"precision":...}, ... without braces around it
std::string to_json(std::span<const NamedSessions> rows);

}  // namespace retimu

#endif
