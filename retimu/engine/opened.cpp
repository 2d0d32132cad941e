// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/opened.hpp"

#include "retimu/connectors/catalogue.hpp"
#include "retimu/connectors/files_and_journal.hpp"
#include "retimu/engine/judging_difference.hpp"
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/row_times.hpp"
#include "retimu/engine/simulated.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

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
                                                   bool accepts_other_pipeline) {
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
  Result<void> same = check_written_by(*written_by, configuration);
  if (!same && accepts_other_pipeline) {
    same = (*opened)->set_fingerprint(store.pipeline_fingerprint);
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
Result<void> open_store(const Configuration& configuration, bool accepts_other_pipeline,
                        std::unique_ptr<SqliteStore>& to) {
  if (to != nullptr) return {};
  if (configuration.data_dir.empty()) return {};
  Result<std::unique_ptr<SqliteStore>> opened =
      open_data_dir(configuration, accepts_other_pipeline);
  if (!opened) return tl::unexpected(opened.error());
  to = std::move(*opened);
  return {};
}

// Files, live sources, or both; `intake` is null where there are none of these.
Result<std::unique_ptr<Source>> open_source(const Configuration& configuration, Intake* intake,
                                            Columns& columns) {
  if (configuration.files.empty() && !configuration.simulator) {
    return intake->source(configuration, columns);
  }
  Result<std::unique_ptr<Source>> files = open_files_and_simulator(configuration, columns);
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

// The journal lies in data_dir, whose lock the store holds.
Result<void> open_intake(const Configuration& configuration, const ServiceOptions& options,
                         std::unique_ptr<Intake>& intake) {
  if (intake != nullptr) return intake->change(configuration);
  auto opened = options.recording.empty() ? Intake::open(configuration)
                                          : Intake::open_recording(options.recording);
  if (!opened) return tl::unexpected(opened.error());
  intake = std::move(*opened);
  return {};
}

Result<void> open_training(const ServiceOptions& options, ReadingTally& tally, Opened& to) {
  if (options.training.empty()) return {};
  Result<std::unique_ptr<Source>> opened = open_files(options.training, to.columns);
  if (!opened) return tl::unexpected(opened.error());
  // They are read to their end before the first other record is handed to the engine, so that no
  // two threads write dead letters.
  to.training = tallied(std::move(*opened), tally, [&to](const Rejected& rejected) {
    return to.dead_letters == nullptr
               ? Result<void>()
               : to.dead_letters->add(to.training->describe(rejected.position), rejected);
  });
  return {};
}

// With the model in the store, or what it began with.
Result<void> begin(const Configuration& configuration, const ServiceOptions& options, Opened& to) {
  if (to.store == nullptr) return {};
  if (!to.model) return check_begun(*to.store, configuration.data_dir);
  Result<void> begun = begin_with(*to.store, *to.model, options.model, configuration.data_dir);
  if (begun) to.model->state = {};  // the store has it
  return begun;
}

Result<void> open_records(const Configuration& configuration, const ServiceOptions& options,
                          Opened& to) {
  std::string path = options.dead_letters_path;
  if (path.empty() && to.store != nullptr) path = configuration.data_dir + "/dead_letters.jsonl";
  if (!path.empty()) {
    Result<std::unique_ptr<DeadLetters>> opened = DeadLetters::open(path);
    if (!opened) return tl::unexpected(opened.error());
    to.dead_letters = std::move(*opened);
  }
  if (!options.scores_path.empty()) {
    auto opened = ScoreWriter::open(options.scores_path, *to.source, *to.pipeline);
    if (!opened) return tl::unexpected(opened.error());
    to.scores = std::move(*opened);
  }
  if (options.seen) {
    to.witness = std::make_unique<Witness>(options, to.columns, *to.pipeline, to.scores.get());
  }
  if (to.store != nullptr) {
    auto opened = JudgementLog::open(configuration.data_dir, false);
    if (!opened) return tl::unexpected(opened.error());
    to.judgements = std::move(*opened);
  }
  if (!options.recording.empty()) {
    Result<std::vector<LoggedControl>> asked = asked_by_people(options.recording);
    if (!asked) return tl::unexpected(asked.error());
    to.asked = std::move(*asked);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Opened>> open_all(const Configuration& configuration,
                                         const ServiceOptions& options, bool accepts_other_pipeline,
                                         ReadingTally& tally, std::unique_ptr<Intake>& intake) {
  auto opened = std::make_unique<Opened>();
  Opened& to = *opened;
  to.topology = Topology(configuration.topology.edges);
  Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, to.columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  to.pipeline = std::move(*pipeline);
  Result<std::optional<Model>> model = find_model(configuration, options.model);
  if (!model) return tl::unexpected(model.error());
  to.model = std::move(*model);
  Result<void> done;
  if (configuration.live.empty()) {
    intake.reset();
  } else {
    done = open_store(configuration, accepts_other_pipeline, to.store);
    if (done) done = open_intake(configuration, options, intake);
  }
  if (!done) return tl::unexpected(done.error());
  Result<std::unique_ptr<Source>> source = open_source(configuration, intake.get(), to.columns);
  if (!source) return tl::unexpected(source.error());
  to.pipeline->has_row_times = (*source)->report().has_row_times;
  if (options.wrap_source) *source = options.wrap_source(std::move(*source));
  to.source = tallied(std::move(*source), tally);
  if (to.model) {
    to.source = watched(std::move(to.source), to.schema.emplace(*to.model, to.columns));
  }
  done = write_truth(configuration);
  if (done) done = open_training(options, tally, to);
  if (done) done = open_store(configuration, accepts_other_pipeline, to.store);
  if (done) done = begin(configuration, options, to);
  if (done) done = empty_files(options.outputs);
  if (!done) return tl::unexpected(done.error());
  Result<std::vector<NamedSink>> sinks = open_sinks(configuration, to.pipeline->has_row_times);
  if (!sinks) return tl::unexpected(sinks.error());
  to.sinks = std::move(*sinks);
  if (options.told) to.sinks.push_back({"told", std::make_unique<CallbackSink>(options.told)});
  if (Result<void> rest = open_records(configuration, options, to); !rest) {
    return tl::unexpected(rest.error());
  }
  return opened;
}

Result<void> check_written_by(std::string_view fingerprint, const Configuration& configuration) {
  const std::string now = judging_text(configuration);
  if (check_fingerprint(fingerprint, now, configuration.data_dir)) return {};
  return failure(Fault::usage,
                 "{} holds the state of another configuration: {}. Put that back, name another "
                 "data_dir, or go on with this one by --accept-other-pipeline: detectors that it "
                 "does not know learn anew",
                 configuration.data_dir, judging_difference(fingerprint, now));
}

}  // namespace retimu
