// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/own_telling.hpp"

#include "retimu/evaluation/event_run.hpp"

namespace retimu {

namespace {

Result<Telling> tell(const AlarmStream& stream, const Configuration& configuration) {
  Columns columns;
  Batch batch;
  append_events(stream, batch);
  const Result<EventRun> run = run_events(configuration, columns, batch);
  if (!run) return tl::unexpected(run.error());
  Telling telling;
  telling.is_told.resize(run->verdicts.size());
  for (const Alert& alert : run->alerts) {
    const bool is_of_event = alert.sequence < telling.is_told.size();
    if (is_of_event && alert.change != Change::resolved) telling.is_told[alert.sequence] = 1;
  }
  for (const Verdict& verdict : run->verdicts) {
    telling.scores.push_back(verdict.has_p ? verdict.strength : 0);
  }
  return telling;
}

}  // namespace

NamedTeller own_teller(const Configuration& configuration) {
  return {"retimu",
          [configuration](const AlarmStream& stream) { return tell(stream, configuration); }};
}

}  // namespace retimu
