// SPDX-License-Identifier: Apache-2.0
// A configuration run to its end: what `retimu run` and `retimu detect` share.
#ifndef RETIMU_ENGINE_SERVICE_HPP
#define RETIMU_ENGINE_SERVICE_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/engine.hpp"
#include "retimu/engine/reading_tally.hpp"
#include "retimu/engine/start_report.hpp"

#include <string>
#include <vector>

namespace retimu {

// Everything in admitted order, with its verdicts and the alerts that were told: what pictures are
// drawn from. On the committing thread.
struct Seen {
  const Round& round;
  std::span<const Alert> told;
  const Columns& columns;
  bool has_row_times = false;
};

struct ServiceOptions {
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Error&)> note;
  std::function<void(const SourceReport&, std::uint64_t alerts)> progress;
  // Set by a signal: the configuration is to be read again, by `read_again`. Null and empty: never.
  std::atomic<bool>* hung_up = nullptr;
  std::function<Result<Configuration>()> read_again;
  // detect
  std::vector<FileInput> training;  // files that only teach, read first
  std::uint64_t train_rows = 0;
  std::string model;                 // path of a model to begin with; empty: none
  std::string scores_path;           // empty: no scores.csv
  std::vector<std::string> outputs;  // emptied once the inputs are open
  std::string dead_letters_path;  // empty: data_dir/dead_letters.jsonl, or nowhere without data_dir
  bool describes_entities = false;
  bool accepts_other_pipeline =
      false;  // a data_dir written by another configuration is not refused
  std::size_t events_per_read_max = 2'048;
  // A data_dir whose journal is read in place of the live sources, with what people asked for then;
  // empty: they are. Nothing comes any more.
  std::string recording;
  std::function<void(const Alert&)> health;         // what changed of its own; may be empty
  std::function<void(const StartReport&)> started;  // what there is, once; may be empty
  // When entities are warm, once it is known how often they send; may be empty.
  std::function<void(const std::vector<std::string>&)> warming;
  std::function<void(const std::string&)> debug;  // snapshot cycles; may be empty
  std::function<void(std::uint16_t)> listening;   // the port of [server]; may be empty
  std::function<void(const Alert&)> told;         // each alert, as sinks get it; may be empty
  std::function<void(const Seen&)> seen;          // may be empty
  // Puts something in front of the source: a pace, a fault.
  std::function<std::unique_ptr<Source>(std::unique_ptr<Source>)> wrap_source;
};

struct ServiceSummary {
  EngineSummary engine;
  SourceReport source;
  std::uint64_t rejected = 0;  // records that could not be read, those of training files too
  std::uint64_t letters_left_out = 0;  // of them, for want of room in the file of dead letters
  std::vector<RejectedReason> rejected_reasons;  // the three commonest
  std::uint64_t log_lines = 0;                   // read and not judged: no detector is for them
  std::uint64_t alarms = 0;                      // of other systems; the same
  std::string nothing_watched;  // why no column of any record was watched; empty: one was
  std::uint64_t score_lines = 0;
  std::vector<EntityReport> entities;  // ordered by group and name, if asked for
};

Result<ServiceSummary> run_service(const Configuration& configuration,
                                   const ServiceOptions& options);

}  // namespace retimu

#endif
