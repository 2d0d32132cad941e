// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/event_run.hpp"

#include "retimu/engine/engine.hpp"

#include <algorithm>

namespace retimu {

namespace {

class ListSource final : public Source {
 public:
  explicit ListSource(const Batch& list) : list_(list) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    for (std::size_t i = 0; i < count_max; ++i, ++next_) {
      if (next_ == list_.events.size()) return Read::finished;
      Event event = list_.events[next_];
      event.position = {0, next_};
      into.events.push_back(event);
      if (into.keep_origins) into.origins.push_back({next_ + 1, {}});
    }
    return Read::open;
  }
  std::vector<Position> positions() const override { return {{0, next_}}; }
  Result<void> seek(std::span<const Position> positions) override {
    next_ = positions.empty() ? 0 : positions.front().offset;
    return {};
  }
  std::vector<Partition> partitions() const override { return {}; }
  Result<void> recognise(std::span<const Partition>) override { return {}; }
  void follow(std::vector<AdmittedRun>) override {}  // there is one order only
  SourceReport report() const override {
    SourceReport report;
    report.records = next_;
    return report;
  }
  std::string describe(const Position&) const override { return "events"; }

 private:
  const Batch& list_;
  std::size_t next_ = 0;
};

class Keeper final : public Recorder {
 public:
  Result<void> record(const Round& round, std::span<const Alert> told) override {
    std::ranges::copy(round.verdicts, std::back_inserter(run.verdicts));
    std::ranges::copy(told, std::back_inserter(run.alerts));
    for (const ShardOutput& output : round.outputs) {
      std::ranges::copy(output.departures, std::back_inserter(run.departures));
    }
    return {};
  }
  EventRun run;
};

}  // namespace

Result<EventRun> run_events(const Configuration& configuration, Columns& columns,
                            const Batch& events,
                            const std::optional<CorrelatorOptions>& incidents) {
  const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  ListSource source(events);
  Keeper keeper;
  EngineOptions options;
  options.jump_max = configuration.jump_max;
  options.incidents = incidents;
  EngineParts parts{.pipeline = **pipeline, .source = source};
  parts.recorder = &keeper;
  parts.note = [](const Error&) {};
  Engine engine(options, std::move(parts));
  if (const Result<EngineSummary> ran = engine.run(); !ran) return tl::unexpected(ran.error());
  return std::move(keeper.run);
}

}  // namespace retimu
