// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/service.hpp"

#include "retimu/connectors/catalogue.hpp"
#include "retimu/connectors/dead_letters.hpp"
#include "retimu/connectors/files_and_journal.hpp"
#include "retimu/engine/intake.hpp"
#include "retimu/engine/judging_difference.hpp"
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/model_start.hpp"
#include "retimu/engine/row_times.hpp"
#include "retimu/engine/scores.hpp"
#include "retimu/storage/judgements.hpp"
#include "retimu/storage/request_folder.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <optional>

namespace retimu {

namespace {

// The cursor in the outbox is kept under it; another path is another sink.
std::string sink_name(const SinkConfiguration& sink) { return sink.type + ":" + sink.path; }

Result<std::vector<NamedSink>> open_sinks(const Configuration& configuration, bool tells_rows) {
  std::vector<NamedSink> sinks;
  for (const SinkConfiguration& wanted : configuration.sinks) {
    Result<std::unique_ptr<Sink>> sink = open_sink({wanted.type, wanted.path, tells_rows});
    if (!sink) return tl::unexpected(sink.error());
    if (tells_rows) *sink = telling_rows(std::move(*sink));
    sinks.push_back({sink_name(wanted), std::move(*sink)});
  }
  return sinks;
}

Result<std::unique_ptr<SqliteStore>> open_data_dir(const Configuration& configuration,
                                                   const ServiceOptions& options) {
  StoreOptions store;
  store.data_dir = configuration.data_dir;
  store.exactly_once = configuration.is_exactly_once;
  store.pipeline_fingerprint = judging_text(configuration);
  store.sinks.emplace();
  for (const SinkConfiguration& sink : configuration.sinks) store.sinks->push_back(sink_name(sink));
  Result<std::unique_ptr<SqliteStore>> opened = open_store(store);
  if (!opened) return opened;
  const Result<std::string> written_by = (*opened)->fingerprint();
  if (!written_by) return tl::unexpected(written_by.error());
  Result<void> same =
      check_fingerprint(*written_by, store.pipeline_fingerprint, configuration.data_dir);
  if (!same && options.accepts_other_pipeline) {
    same = (*opened)->set_fingerprint(store.pipeline_fingerprint);
  } else if (!same) {
    same = failure(same.error().fault,
                   "{} holds the state of another configuration: {}. Put that back, name another "
                   "data_dir, or go on with this one by --accept-other-pipeline: detectors that it "
                   "does not know learn anew",
                   configuration.data_dir,
                   judging_difference(*written_by, store.pipeline_fingerprint));
  }
  if (!same) return tl::unexpected(same.error());
  return opened;
}

// To begin with, if a path is given.
Result<std::optional<Model>> find_model(const Configuration& configuration,
                                        const std::string& path) {
  if (path.empty()) return std::nullopt;
  Result<Model> model = read_model(path);
  if (!model) return tl::unexpected(model.error());
  if (Result<void> fits = check_model(configuration, *model, path); !fits) {
    return tl::unexpected(fits.error());
  }
  return std::move(*model);
}

// None where nothing is kept.
Result<void> open_store(const Configuration& configuration, const ServiceOptions& options,
                        std::unique_ptr<SqliteStore>& to) {
  if (configuration.data_dir.empty()) return {};
  Result<std::unique_ptr<SqliteStore>> opened = open_data_dir(configuration, options);
  if (!opened) return tl::unexpected(opened.error());
  to = std::move(*opened);
  return {};
}

// Files, live sources, or both; `intake` is null where there are none of these.
Result<std::unique_ptr<Source>> open_source(const Configuration& configuration, Intake* intake,
                                            Columns& columns) {
  if (configuration.files.empty()) return intake->source(configuration, columns);
  Result<std::unique_ptr<Source>> files = open_files(configuration.files, columns);
  if (!files || intake == nullptr) return files;
  return join_files_and_journal(std::move(*files), intake->source(configuration, columns));
}

class CallbackSink final : public Sink {
 public:
  explicit CallbackSink(std::function<void(const Alert&)> told) : told_(std::move(told)) {}
  Result<void> deliver(std::span<const Alert> alerts) override {
    for (const Alert& alert : alerts) told_(alert);
    return {};
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return std::nullopt;
  }

 private:
  std::function<void(const Alert&)> told_;
};

class Witness final : public Recorder {
 public:
  Witness(const ServiceOptions& options, const Columns& columns, const Pipeline& pipeline,
          Recorder* scores)
      : options_(options), columns_(columns), pipeline_(pipeline), scores_(scores) {}
  Result<void> record(const Round& round, std::span<const Alert> told) override {
    options_.seen({round, told, columns_, pipeline_.has_row_times});
    return scores_ == nullptr ? Result<void>() : scores_->record(round, told);
  }

 private:
  const ServiceOptions& options_;
  const Columns& columns_;
  const Pipeline& pipeline_;
  Recorder* scores_;  // null: none are wanted
};

// What is pipeline-wide follows from the records and is found anew.
Result<std::vector<LoggedControl>> asked_by_people(const std::string& data_dir) {
  if (!std::filesystem::exists(data_dir + "/retimu.sqlite")) {  // a journal by itself
    return std::vector<LoggedControl>();
  }
  StoreOptions options;
  options.data_dir = data_dir;
  options.read_only = true;
  const Result<std::unique_ptr<SqliteStore>> store = retimu::open_store(options);
  if (!store) return tl::unexpected(store.error());
  Result<std::vector<LoggedControl>> controls = (*store)->controls(0);
  if (controls) {
    std::erase_if(*controls,
                  [](const LoggedControl& one) { return one.kind == Control::Kind::budget; });
  }
  return controls;
}

// Outputs that begin anew.
Result<void> empty_files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) {
      return failure(Fault::system, "{}: cannot be written: {}", path, system_message(errno));
    }
    std::fclose(file);
  }
  return {};
}

// Notes of a source end with what was left out and why.
std::string why_nothing_is_watched(const SourceReport& report) {
  constexpr std::size_t columns_shown = 5;
  std::string text;
  std::size_t count = 0;
  for (const std::string& note : report.notes) {
    const std::size_t begin = note.find("column \"");
    if (begin == std::string::npos || ++count > columns_shown) continue;
    text += (count == 1 ? "" : "; ") + note.substr(begin);
  }
  if (count > columns_shown) text += fmt::format("; and {} more", count - columns_shown);
  if (!text.empty()) return text;
  return "every column is the time, the entity, ignored or without a number";
}

}  // namespace

Result<ServiceSummary> run_service(const Configuration& configuration,
                                   const ServiceOptions& options) {
  if (configuration.source_count() == 0) {
    return failure(Fault::usage, "{}: no [[source]]; a pipeline needs at least one",
                   configuration.file);
  }
  Columns columns;
  Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  Result<std::optional<Model>> model = find_model(configuration, options.model);
  if (!model) return tl::unexpected(model.error());
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<Intake> intake;
  if (!configuration.live.empty()) {  // the journal lies in data_dir
    if (Result<void> opened = open_store(configuration, options, store); !opened) {
      return tl::unexpected(opened.error());
    }
    auto opened = options.recording.empty() ? Intake::open(configuration)
                                            : Intake::open_recording(options.recording);
    if (!opened) return tl::unexpected(opened.error());
    intake = std::move(*opened);
  }
  Result<std::unique_ptr<Source>> source = open_source(configuration, intake.get(), columns);
  if (!source) return tl::unexpected(source.error());
  (*pipeline)->has_row_times = (*source)->report().has_row_times;
  if (options.wrap_source) *source = options.wrap_source(std::move(*source));
  ReadingTally tally;
  *source = tallied(std::move(*source), tally);
  std::optional<SchemaWatch> schema;
  if (*model) *source = watched(std::move(*source), schema.emplace(**model, columns));
  std::unique_ptr<DeadLetters> dead_letters;
  std::unique_ptr<Source> training;
  if (!options.training.empty()) {
    Result<std::unique_ptr<Source>> opened = open_files(options.training, columns);
    if (!opened) return tl::unexpected(opened.error());
    // They are read to their end before the first other record is handed to the engine, so that no
    // two threads write dead letters.
    training = tallied(std::move(*opened), tally, [&](const Rejected& rejected) {
      return dead_letters == nullptr
                 ? Result<void>()
                 : dead_letters->add(training->describe(rejected.position), rejected);
    });
  }
  if (store == nullptr) {
    if (Result<void> opened = open_store(configuration, options, store); !opened) {
      return tl::unexpected(opened.error());
    }
  }
  if (store != nullptr) {
    Result<void> begun = *model ? begin_with(*store, **model, options.model, configuration.data_dir)
                                : check_begun(*store, configuration.data_dir);
    if (!begun) return tl::unexpected(begun.error());
    if (*model) (*model)->state = {};  // the store has it
  }
  if (Result<void> emptied = empty_files(options.outputs); !emptied) {
    return tl::unexpected(emptied.error());
  }
  Result<std::vector<NamedSink>> sinks = open_sinks(configuration, (*pipeline)->has_row_times);
  if (!sinks) return tl::unexpected(sinks.error());

  std::string dead_letters_path = options.dead_letters_path;
  if (dead_letters_path.empty() && store != nullptr) {
    dead_letters_path = configuration.data_dir + "/dead_letters.jsonl";
  }
  if (!dead_letters_path.empty()) {
    Result<std::unique_ptr<DeadLetters>> opened = DeadLetters::open(dead_letters_path);
    if (!opened) return tl::unexpected(opened.error());
    dead_letters = std::move(*opened);
  }
  std::unique_ptr<ScoreWriter> scores;
  if (!options.scores_path.empty()) {
    auto opened = ScoreWriter::open(options.scores_path, **source, **pipeline);
    if (!opened) return tl::unexpected(opened.error());
    scores = std::move(*opened);
  }

  EngineOptions engine_options;
  engine_options.shards = shard_count(configuration);
  engine_options.events_per_read_max = options.events_per_read_max;
  engine_options.train_rows = options.train_rows;
  engine_options.jump_max = configuration.jump_max;
  engine_options.snapshot_interval =
      std::chrono::milliseconds(configuration.snapshot_interval / millisecond);
  const Topology topology(configuration.topology.edges);
  if (configuration.tells_incidents) {
    engine_options.incidents = {.topology = &topology,
                                .hops = configuration.topology.hops,
                                .window = configuration.topology.window};
  }
  EngineParts parts{.pipeline = **pipeline, .source = **source};
  parts.training = training.get();
  parts.learned = *model ? &(*model)->state : nullptr;
  parts.store = store.get();
  parts.evicted = store == nullptr ? nullptr : &store->entities();
  RequestFolder requests(configuration.data_dir);
  parts.requests = store == nullptr ? nullptr : &requests;
  std::unique_ptr<JudgementLog> judgements;
  if (store != nullptr) {
    auto opened = JudgementLog::open(configuration.data_dir, false);
    if (!opened) return tl::unexpected(opened.error());
    judgements = std::move(*opened);
  }
  parts.judgements = judgements.get();
  if (options.told) sinks->push_back({"told", std::make_unique<CallbackSink>(options.told)});
  parts.sinks = sinks->empty() ? nullptr : &*sinks;
  if (!options.recording.empty()) {
    Result<std::vector<LoggedControl>> asked = asked_by_people(options.recording);
    if (!asked) return tl::unexpected(asked.error());
    parts.controls = std::move(*asked);
  }
  parts.recorder = scores.get();
  Witness witness(options, columns, **pipeline, scores.get());
  if (options.seen) parts.recorder = &witness;
  if (dead_letters != nullptr) {
    parts.rejected = [&](const Rejected& rejected) {
      return dead_letters->add((*source)->describe(rejected.position), rejected);
    };
  }
  parts.stop = options.stop;
  parts.note = options.note ? options.note : [](const Error&) {};
  parts.progress = options.progress;

  if (intake != nullptr) {
    if (Result<void> started = intake->start(); !started) return tl::unexpected(started.error());
  }
  Engine engine(engine_options, std::move(parts));
  Result<EngineSummary> ran = engine.run();
  if (intake != nullptr) intake->stop();
  if (!ran) return tl::unexpected(ran.error());
  ServiceSummary summary;
  summary.engine = std::move(*ran);
  summary.source = (*source)->report();
  if (schema) std::ranges::move(schema->notes(), std::back_inserter(summary.source.notes));
  if (dead_letters != nullptr) summary.letters_left_out = dead_letters->left_out();
  summary.rejected = tally.rejected();
  const Modalities judged = (*pipeline)->judged();
  summary.log_lines = has(judged, Modality::logs) ? 0 : tally.log_lines();
  summary.alarms = has(judged, Modality::alarms) ? 0 : tally.alarms();
  summary.rejected_reasons = tally.commonest(3);
  const bool may_know_columns = tally.goes_on() && columns.count() > 0;
  const bool has_judged = tally.log_lines() > summary.log_lines || tally.alarms() > summary.alarms;
  if (tally.events() > 0 && !tally.has_readings() && !may_know_columns && !has_judged) {
    summary.nothing_watched =
        tally.log_lines() + tally.alarms() < tally.events() ? why_nothing_is_watched(summary.source)
        : tally.alarms() == 0 ? "all records are log lines, for which there is no detector"
        : tally.log_lines() == 0
            ? "all records are alarms, for which there is no detector"
            : "all records are log lines and alarms, for which there is no detector";
  }
  if (scores != nullptr) {
    if (Result<void> finished = scores->finish(); !finished) {
      return tl::unexpected(finished.error());
    }
    summary.score_lines = scores->lines();
  }
  if (options.describes_entities) summary.entities = engine.describe();
  return summary;
}

}  // namespace retimu
