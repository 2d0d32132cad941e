// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_scorer.hpp"

#include "retimu/engine/engine.hpp"
#include "retimu/engine/scores.hpp"

#include <algorithm>
#include <numeric>

namespace retimu {

namespace {

constexpr std::string_view entity_name = "input";

// The rows of a table as events.
class TableSource final : public Source {
 public:
  TableSource(const Table& table, std::span<const Time> times,
              const std::vector<std::string>& names, Columns& columns)
      : table_(table), times_(times), order_(table.columns), entity_(make_name(entity_name)) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_, {}, [&](std::size_t i) -> const std::string& { return names[i]; });
    for (const std::size_t i : order_) {
      if (const std::optional<ColumnId> id = columns.intern(names[i])) ids_.push_back(*id);
    }
  }

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    for (std::size_t i = 0; i < count_max; ++i, ++row_) {
      if (row_ == table_.rows()) return Read::finished;
      const std::span<const double> row = table_.row(row_);
      const std::span<ColumnId> ids = into.arena.make<ColumnId>(ids_.size());
      const std::span<double> values = into.arena.make<double>(ids_.size());
      std::ranges::copy(ids_, ids.begin());
      for (std::size_t k = 0; k < order_.size(); ++k) values[k] = row[order_[k]];
      Event event;
      event.entity = entity_;
      event.time = times_[row_];
      event.position = {0, 0, row_};
      event.payload = Readings{ids, values};
      into.events.push_back(event);
      if (into.keep_origins) into.origins.push_back({row_ + 1, {}});
    }
    return Read::open;
  }
  std::vector<Position> positions() const override { return {{0, 0, row_}}; }
  Result<void> seek(std::span<const Position> positions) override {
    row_ = positions.empty() ? 0 : positions.front().offset;
    return {};
  }
  SourceReport report() const override {
    SourceReport report;
    report.records = row_;
    return report;
  }
  std::string describe(const Position&) const override { return "series"; }

 private:
  const Table& table_;
  std::span<const Time> times_;
  std::vector<std::size_t> order_;  // of the table's columns, by name
  std::vector<ColumnId> ids_;
  Name entity_;
  std::size_t row_ = 0;
};

class ScoreKeeper final : public Recorder {
 public:
  explicit ScoreKeeper(std::size_t rows) {
    scores_.score.reserve(rows);
    scores_.anomalous.reserve(rows);
    scores_.alert.reserve(rows);
    scores_.change.reserve(rows);
  }
  Result<void> record(const Round& round, std::span<const Alert> told) override {
    for (std::size_t i = round.first; i < round.last; ++i) {
      const Verdict& verdict = round.verdicts[i - round.first];
      const std::uint64_t sequence = round.shared->batch.events[i].sequence;
      scores_.score.push_back(verdict.has_p ? score_of(verdict.strength) : 0);
      scores_.anomalous.push_back(verdict.is_open ? 1 : 0);
      scores_.change.push_back(verdict.is_change_point ? 1 : 0);
      const bool is_raised = std::ranges::any_of(told, [&](const Alert& alert) {
        return alert.sequence == sequence && alert.change == Change::raised;
      });
      scores_.alert.push_back(is_raised ? 1 : 0);
    }
    return {};
  }
  Scores take() { return std::move(scores_); }

 private:
  Scores scores_;
};

class EngineScorer final : public Scorer {
 public:
  explicit EngineScorer(const Configuration& configuration) : configuration_(configuration) {}

  Result<Scores> score(const Series& series) const override {
    Columns columns;
    const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration_, columns);
    if (!pipeline) return tl::unexpected(pipeline.error());
    TableSource rows(series.rows, series.times, series.columns, columns);
    TableSource train(series.train, series.train_times, series.columns, columns);
    ScoreKeeper keeper(series.rows.rows());
    EngineOptions options;
    options.jump_max = configuration_.jump_max;
    EngineParts parts{.pipeline = **pipeline, .source = rows};
    if (series.train.rows() > 0) parts.training = &train;
    parts.recorder = &keeper;
    parts.note = [](const Error&) {};
    Engine engine(options, std::move(parts));
    if (const Result<EngineSummary> ran = engine.run(); !ran) {
      return tl::unexpected(ran.error());
    }
    return keeper.take();
  }

 private:
  Configuration configuration_;
};

}  // namespace

std::unique_ptr<Scorer> make_engine_scorer(const Configuration& configuration) {
  return std::make_unique<EngineScorer>(configuration);
}

}  // namespace retimu
