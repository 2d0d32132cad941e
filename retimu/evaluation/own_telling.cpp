// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/own_telling.hpp"

#include "retimu/engine/engine.hpp"

#include <algorithm>

namespace retimu {

namespace {

// What was written into one batch, handed over piece by piece.
class BatchSource final : public Source {
 public:
  explicit BatchSource(const Batch& batch) : batch_(batch) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    const std::size_t end = std::min(next_ + count_max, batch_.events.size());
    for (; next_ < end; ++next_) {
      into.events.push_back(batch_.events[next_]);
      into.events.back().position = {0, next_};
    }
    return next_ == batch_.events.size() ? Read::finished : Read::open;
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
  std::string describe(const Position&) const override { return "alarms"; }

 private:
  const Batch& batch_;
  std::size_t next_ = 0;
};

class TellingKeeper final : public Recorder {
 public:
  Result<void> record(const Round& round, std::span<const Alert> told) override {
    for (std::size_t i = round.first; i < round.last; ++i) {
      const Verdict& verdict = round.verdicts[i - round.first];
      const std::uint64_t sequence = round.shared->batch.events[i].sequence;
      while (!told.empty() && told.front().sequence < sequence) told = told.subspan(1);
      bool is_told = false;
      for (const Alert& alert : told) {
        if (alert.sequence != sequence) break;
        is_told = is_told || alert.change != Change::resolved;
      }
      telling_.is_told.push_back(is_told ? 1 : 0);
      telling_.scores.push_back(verdict.has_p ? verdict.strength : 0);
    }
    return {};
  }
  Telling take() { return std::move(telling_); }

 private:
  Telling telling_;
};

Result<Telling> tell(const AlarmStream& stream, const Configuration& configuration) {
  Columns columns;
  const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  Batch batch;
  append_events(stream, batch);
  BatchSource source(batch);
  TellingKeeper keeper;
  EngineOptions options;
  options.jump_max = configuration.jump_max;
  EngineParts parts{.pipeline = **pipeline, .source = source};
  parts.recorder = &keeper;
  parts.note = [](const Error&) {};
  Engine engine(options, std::move(parts));
  if (const Result<EngineSummary> ran = engine.run(); !ran) return tl::unexpected(ran.error());
  return keeper.take();
}

}  // namespace

NamedTeller own_teller(const Configuration& configuration) {
  return {"retimu",
          [configuration](const AlarmStream& stream) { return tell(stream, configuration); }};
}

}  // namespace retimu
