// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/training.hpp"

#include "retimu/connectors/file_paths.hpp"
#include "retimu/core/wrapped_source.hpp"
#include "retimu/engine/engine.hpp"
#include "retimu/engine/model_file.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace retimu {

namespace {

// Notes when the first and the last record happened.
class TimedSource final : public WrappedSource {
 public:
  TimedSource(std::unique_ptr<Source> source, ModelHeader& to)
      : WrappedSource(std::move(source)), to_(to) {}
  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    const std::size_t before = into.events.size();
    Result<Read> read = WrappedSource::read(into, count_max, wait);
    for (std::size_t i = before; i < into.events.size(); ++i) {
      if (std::holds_alternative<Tick>(into.events[i].payload)) continue;
      const Time time = into.events[i].time;
      to_.first = to_.first == time_none ? time : std::min(to_.first, time);
      to_.last = to_.last == time_none ? time : std::max(to_.last, time);
    }
    return read;
  }

 private:
  ModelHeader& to_;
};

// What the header says of the entities; one group is in memory besides the engine's own.
class Survey {
 public:
  explicit Survey(const Pipeline& pipeline)
      : pipeline_(pipeline),
        factory_(pipeline),
        judge_(pipeline),
        samples_(pipeline.detectors.size()) {}

  Result<void> look(GroupId id, Bytes state) {
    EntityCount count;
    Group group(id, pipeline_, factory_, judge_, nullptr, count);
    if (Result<void> loaded = group.load(state); !loaded) return loaded;
    group.each_saved(SIZE_MAX, [&](Bytes entity) {
      std::vector<std::string> ignored;
      Entity* one = factory_.load(slab_, entity, ignored);
      RETIMU_ASSERT(one != nullptr);
      look(EntityParts(one));
      factory_.destroy(slab_, one);
    });
    return {};
  }
  void tell(const Configuration& configuration, ModelHeader& header) {
    header.entities = entities_;
    for (const std::string& name : columns_) {
      ModelColumn column;
      column.name = name;
      const auto configured = configuration.columns.find(name);
      if (configured != configuration.columns.end()) {
        column.unit = configured->second.unit;
        column.is_counter = configured->second.is_counter ? 1 : 0;
      }
      header.columns.push_back(std::move(column));
    }
    for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
      const NamedDetector& named = pipeline_.detectors[i];
      ModelDetector detector{named.name, std::string(name_of(named.modality)), 0, 0, 0};
      detector.entities = samples_[i].size();
      const auto is_warm = [](double samples) { return samples >= warm_samples; };
      detector.warm = static_cast<std::uint64_t>(std::ranges::count_if(samples_[i], is_warm));
      if (!samples_[i].empty()) {
        const auto middle =
            samples_[i].begin() + static_cast<std::ptrdiff_t>(samples_[i].size() / 2);
        std::nth_element(samples_[i].begin(), middle, samples_[i].end());
        detector.samples_middle = *middle;
      }
      header.detectors.push_back(std::move(detector));
    }
  }

 private:
  void look(EntityParts entity) {
    ++entities_;
    for (const ColumnId column : entity.columns()) {
      columns_.emplace(pipeline_.columns->name(column));
    }
    for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
      const NamedDetector& named = pipeline_.detectors[i];
      if (!entity.has(named.modality) || entity->columns < named.columns_min) continue;
      samples_[i].push_back(pipeline_.calibration->rate(entity.calibration(i), 0).samples);
    }
  }

  const Pipeline& pipeline_;
  EntityFactory factory_;
  Judge judge_;
  Slab slab_;
  std::uint64_t entities_ = 0;
  std::set<std::string> columns_;
  std::vector<std::vector<double>> samples_;  // [detector][entity]
};

Result<std::vector<ModelSource>> sources_of(const Configuration& configuration) {
  std::vector<ModelSource> sources;
  for (const FileInput& input : configuration.files) {
    const Result<std::vector<std::string>> paths = find_paths(input.paths);
    if (!paths) return tl::unexpected(paths.error());
    for (const std::string& path : *paths) {
      Result<ModelSource> source = digest_of_file(path);
      if (!source) return tl::unexpected(source.error());
      sources.push_back(std::move(*source));
    }
  }
  std::ranges::sort(sources, [](const ModelSource& a, const ModelSource& b) {
    return std::tie(a.name, a.digest) < std::tie(b.name, b.digest);
  });
  return sources;
}

Result<void> check_taught(const EngineSummary& summary, const SourceReport& report,
                          const Configuration& configuration) {
  if (summary.was_stopped) {
    return failure(Fault::system, "stopped before the end of the training: no model is written");
  }
  if (!report.broken.empty()) {
    return failure(Fault::input, "not read to the end: {}: no model is written", report.broken[0]);
  }
  if (summary.forgotten > 0) {
    return failure(Fault::usage,
                   "there are more entities than [limits] entities_max = {}, so that some would be "
                   "forgotten; state more in the pipeline file (--config)",
                   configuration.entities_max);
  }
  return {};
}

}  // namespace

Result<Trained> train(const Configuration& configuration, const TrainingOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  Trained trained;
  ModelHeader& header = trained.model.header;
  Columns columns;
  Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  Result<std::unique_ptr<Source>> source = open_files(configuration.files, columns);
  if (!source) return tl::unexpected(source.error());
  (*pipeline)->has_row_times = (*source)->report().has_row_times;
  ReadingTally tally;
  *source = tallied(std::make_unique<TimedSource>(std::move(*source), header), tally);

  EngineOptions engine_options;
  engine_options.shards = shard_count(configuration);
  engine_options.train_rows = UINT64_MAX;
  engine_options.jump_max = configuration.jump_max;
  EngineParts parts{.pipeline = **pipeline, .source = **source};
  parts.stop = options.stop;
  parts.note = [](const Error&) {};
  if (options.progress) {
    parts.progress = [&](const SourceReport& report, std::uint64_t) { options.progress(report); };
  }
  Engine engine(engine_options, std::move(parts));
  const Result<EngineSummary> summary = engine.run();
  if (!summary) return tl::unexpected(summary.error());
  trained.source = (*source)->report();
  trained.rejected_reasons = tally.commonest(3);
  if (Result<void> taught = check_taught(*summary, trained.source, configuration); !taught) {
    return tl::unexpected(taught.error());
  }
  trained.model.state = engine.learned();

  header.program = options.program;
  header.judging = judging_text(configuration);
  header.records = summary->records;
  header.rejected = tally.rejected();
  header.has_row_times = (*pipeline)->has_row_times ? 1 : 0;
  Result<std::vector<ModelSource>> sources = sources_of(configuration);
  if (!sources) return tl::unexpected(sources.error());
  header.sources = std::move(*sources);
  Survey survey(**pipeline);
  for (std::size_t i = 0; i < group_count; ++i) {
    Result<void> looked = survey.look(static_cast<GroupId>(i), trained.model.state.groups[i]);
    if (!looked) return tl::unexpected(looked.error());
  }
  survey.tell(configuration, header);
  const bool has_lines = tally.log_lines() > 0 && has((*pipeline)->judged(), Modality::logs);
  const bool has_alarms = tally.alarms() > 0 && has((*pipeline)->judged(), Modality::alarms);
  if (header.columns.empty() && !has_lines && !has_alarms) {
    return failure(Fault::input,
                   "{}: nothing to learn from: no record has a number, log line or alarm that some "
                   "detector judges",
                   header.sources.empty() ? "the input" : header.sources[0].name);
  }
  trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return trained;
}

}  // namespace retimu
