// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_scorer.hpp"

#include "retimu/engine/engine.hpp"
#include "retimu/engine/scores.hpp"
#include "retimu/evaluation/explained.hpp"

#include <algorithm>
#include <optional>

namespace retimu {

namespace {

constexpr std::string_view entity_name = "input";

// Of a series, what the engine is shown, in the order of names: one `id` a `place` in a row.
struct Shown {
  std::vector<std::size_t> places;
  std::vector<ColumnId> ids;
};

Result<Shown> shown_columns(const std::vector<std::string>& names,
                            const Configuration& configuration, Columns& columns) {
  Shown shown;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto known = configuration.columns.find(names[i]);
    if (known == configuration.columns.end() || !known->second.is_ignored) {
      shown.places.push_back(i);
    }
  }
  std::ranges::sort(shown.places, {},
                    [&](std::size_t i) -> const std::string& { return names[i]; });
  for (std::size_t k = 0; k < shown.places.size(); ++k) {
    const std::size_t at = shown.places[k];
    if (k > 0 && names[shown.places[k - 1]] == names[at]) {
      return failure(Fault::input, "two columns are named \"{}\"", names[at].substr(0, 100));
    }
    const std::optional<ColumnId> id = columns.intern(names[at]);
    if (!id) {
      return failure(Fault::input, "column {} has no name, too long a one, or is one too many",
                     at + 1);
    }
    shown.ids.push_back(*id);
  }
  return shown;
}

// The rows of a table as events.
class TableSource final : public Source {
 public:
  TableSource(const Table& table, std::span<const Time> times, const Shown& shown)
      : table_(table), times_(times), shown_(shown), entity_(make_name(entity_name)) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    for (std::size_t i = 0; i < count_max; ++i, ++row_) {
      if (row_ == table_.rows()) return Read::finished;
      const std::span<const double> row = table_.row(row_);
      const std::span<ColumnId> ids = into.arena.make<ColumnId>(shown_.ids.size());
      const std::span<double> values = into.arena.make<double>(shown_.ids.size());
      std::ranges::copy(shown_.ids, ids.begin());
      for (std::size_t k = 0; k < values.size(); ++k) values[k] = row[shown_.places[k]];
      Event event;
      event.entity = entity_;
      event.time = times_[row_];
      event.position = {0, row_};
      event.payload = Readings{ids, values};
      into.events.push_back(event);
      if (into.keep_origins) into.origins.push_back({row_ + 1, {}});
    }
    return Read::open;
  }
  std::vector<Position> positions() const override { return {{0, row_}}; }
  Result<void> seek(std::span<const Position> positions) override {
    row_ = positions.empty() ? 0 : positions.front().offset;
    return {};
  }
  std::vector<Partition> partitions() const override { return {}; }
  Result<void> recognise(std::span<const Partition>) override { return {}; }
  void follow(std::vector<AdmittedRun>) override {}  // there is one order only
  SourceReport report() const override {
    SourceReport report;
    report.records = row_;
    return report;
  }
  std::string describe(const Position&) const override { return "series"; }

 private:
  const Table& table_;
  std::span<const Time> times_;
  const Shown& shown_;
  Name entity_;
  std::size_t row_ = 0;
};

class ScoreKeeper final : public Recorder {
 public:
  ScoreKeeper(std::size_t rows, const std::vector<std::string>& columns) : columns_(columns) {
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
      scores_.anomalous.push_back(verdict.is_anomalous ? 1 : 0);
      scores_.change.push_back(verdict.is_change_point ? 1 : 0);
      bool is_raised = false;
      for (const Alert& alert : told) {
        if (alert.sequence != sequence) continue;
        is_raised = is_raised || alert.change == Change::raised;
        if (alert.change != Change::resolved) scores_.named.push_back(named_by(alert));
      }
      scores_.alert.push_back(is_raised ? 1 : 0);
    }
    return {};
  }
  Scores take() { return std::move(scores_); }

 private:
  // By an alert of the row that is being kept.
  NamedColumns named_by(const Alert& alert) const {
    NamedColumns named{scores_.alert.size(), {}};
    for (const AlertReason& reason : alert.reasons) {
      const auto at = std::ranges::find(columns_, reason.subject);
      named.columns.push_back(static_cast<std::size_t>(at - columns_.begin()));
    }
    return named;
  }

  const std::vector<std::string>& columns_;
  Scores scores_;
};

class EngineScorer final : public Scorer {
 public:
  explicit EngineScorer(const Configuration& configuration) : configuration_(configuration) {}

  Result<Scores> score(const Series& series) const override {
    return run(series, [](Pipeline&, const Shown&) {});
  }
  // By the detector that ranks; if none does, by the first that judges so many columns.
  Result<std::vector<ColumnWeights>> explain(const Series& series,
                                             const std::vector<Span>& spans) const override {
    const std::size_t columns = series.columns.size();
    std::vector<ColumnWeights> weights(spans.size(), ColumnWeights(columns));
    const auto listen = [&](Pipeline& pipeline, const Shown& shown) {
      std::vector<NamedDetector>& all = pipeline.detectors;
      const auto judges = [&](const NamedDetector& one) { return one.columns_min <= columns; };
      auto chosen = std::ranges::find_if(all, [&](const NamedDetector& one) {
        return judges(one) && one.detector->ranks(columns);
      });
      if (chosen == all.end()) chosen = std::ranges::find_if(all, judges);
      if (chosen == all.end()) return;
      const auto add = [&](std::size_t span, const Reason& reason) {
        const auto at = std::ranges::find(shown.ids, reason.column) - shown.ids.begin();
        weights[span][shown.places[static_cast<std::size_t>(at)]] += reason.weight;
      };
      chosen->detector = std::make_unique<Explained>(std::move(chosen->detector), spans, add);
    };
    if (const Result<Scores> scores = run(series, listen); !scores) {
      return tl::unexpected(scores.error());
    }
    return weights;
  }

 private:
  // prepare(pipeline, shown) before the first row.
  Result<Scores> run(const Series& series, const auto& prepare) const {
    Columns columns;
    const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration_, columns);
    if (!pipeline) return tl::unexpected(pipeline.error());
    const Result<Shown> shown = shown_columns(series.columns, configuration_, columns);
    if (!shown) return tl::unexpected(shown.error());
    prepare(**pipeline, *shown);
    TableSource rows(series.rows, series.times, *shown);
    TableSource train(series.train, series.train_times, *shown);
    ScoreKeeper keeper(series.rows.rows(), series.columns);
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

  Configuration configuration_;
};

}  // namespace

std::unique_ptr<Scorer> make_engine_scorer(const Configuration& configuration) {
  return std::make_unique<EngineScorer>(configuration);
}

}  // namespace retimu
