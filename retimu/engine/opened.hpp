// SPDX-License-Identifier: Apache-2.0
// What one engine needs, opened from a configuration and closed with it. A reload opens it anew;
// the live sources, which go on meanwhile, are no part of it.
#ifndef RETIMU_ENGINE_OPENED_HPP
#define RETIMU_ENGINE_OPENED_HPP

#include "retimu/connectors/dead_letters.hpp"
#include "retimu/decision/topology.hpp"
#include "retimu/engine/intake.hpp"
#include "retimu/engine/model_start.hpp"
#include "retimu/engine/scores.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/storage/judgements.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace retimu {

struct Opened {
  Columns columns;
  Topology topology;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<SqliteStore> store;  // null: nothing is kept
  std::unique_ptr<JudgementLog> judgements;
  std::unique_ptr<DeadLetters> dead_letters;
  std::unique_ptr<Source> source, training;
  std::vector<NamedSink> sinks;
  std::unique_ptr<ScoreWriter> scores;
  std::unique_ptr<Recorder> witness;  // of what is seen, and of scores where there are some
  std::optional<Model> model;         // to begin with
  std::optional<SchemaWatch> schema;  // of that model
  std::vector<LoggedControl> asked;   // what people asked of the recording
};

// `intake` is opened where there are live sources and it is null, and else changed to what the
// configuration says. Files that are written anew are emptied last.
Result<std::unique_ptr<Opened>> open_all(const Configuration& configuration,
                                         const ServiceOptions& options, bool accepts_other_pipeline,
                                         ReadingTally& tally, std::unique_ptr<Intake>& intake);

// Fault::usage: a store with that fingerprint is of a pipeline that judges otherwise.
Result<void> check_written_by(std::string_view fingerprint, const Configuration& configuration);

}  // namespace retimu

#endif
