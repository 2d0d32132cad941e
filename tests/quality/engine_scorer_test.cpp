// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_scorer.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace retimu {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Three columns out of order, with spikes, a level shift, gaps, a duplicate and a leap of the
// clock.
Series make_series(bool trains) {
  Random random(7);
  Series series;
  series.columns = {"pressure", "flow", "temperature"};
  series.train.columns = series.rows.columns = 3;
  const auto fill = [&](Table& table, std::vector<Time>& times, std::size_t rows, bool is_calm) {
    Time time = 1'700'000'000LL * second;
    for (std::size_t i = 0; i < rows; ++i) {
      const double spike = !is_calm && i % 400 == 399 ? 30 : 0;
      const double shift = !is_calm && i > 1'500 ? 8 : 0;
      const std::vector<double> row{i % 17 == 3 ? missing : random.uniform() + spike,
                                    5 + random.uniform() + shift,
                                    i % 50 == 7 ? missing : 20 + random.uniform()};
      time += i == 700 ? 30 * minute : 10 * second;
      table.append(row);
      times.push_back(time);
      if (i % 100 != 90) continue;
      table.append(row);
      times.push_back(time);
    }
  };
  if (trains) fill(series.train, series.train_times, 600, true);
  fill(series.rows, series.times, 2'000, false);
  return series;
}

std::string to_csv(const Series& series, const Table& table, std::span<const Time> times,
                   bool has_label) {
  std::string text = "ts";
  for (const std::string& column : series.columns) text += "," + column;
  text += has_label ? ",label\n" : "\n";
  for (std::size_t i = 0; i < table.rows(); ++i) {
    text += format_time(times[i]);
    for (const double value : table.row(i)) {
      text += std::isnan(value) ? "," : fmt::format(",{:.17g}", value);
    }
    text += has_label ? fmt::format(",{}\n", i % 2) : "\n";
  }
  return text;
}

struct Detect {
  std::string configuration = {};  // TOML
  bool has_label = false;          // in the files, and ignored
};

// What the built program writes as scores.csv.
std::string detect(const TemporaryFolder& folder, const Series& series, const Detect& how) {
  Command command{{"detect", "rows.csv", "--output", "scores.csv", "--alerts", "alerts.jsonl"},
                  folder.path()};
  write_file(folder / "rows.csv", to_csv(series, series.rows, series.times, how.has_label));
  const auto add = [&](std::string option, std::string value) {
    command.arguments.push_back(std::move(option));
    command.arguments.push_back(std::move(value));
  };
  if (how.has_label) add("--ignore", "label");
  if (series.train.rows() > 0) {
    write_file(folder / "train.csv",
               to_csv(series, series.train, series.train_times, how.has_label));
    add("--train", "train.csv");
  }
  if (!how.configuration.empty()) {
    write_file(folder / "pipeline.toml", how.configuration);
    add("--config", "pipeline.toml");
  }
  const Outcome outcome = Process(command).wait();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  return read_file(folder / "scores.csv");
}

// How many alerts there are.
std::size_t expect_same(const Series& series, const std::string& toml = {}) {
  const TemporaryFolder folder;
  const Result<Configuration> configuration = parse_configuration(toml, "pipeline.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  const Result<Scores> scores = make_engine_scorer(*configuration)->score(series);
  EXPECT_TRUE(scores) << scores.error().message;
  if (!scores) return 0;
  const std::vector<std::string> lines = lines_of(detect(folder, series, {.configuration = toml}));
  EXPECT_EQ(lines.size(), series.rows.rows() + 1);
  EXPECT_EQ(scores->score.size(), series.rows.rows());
  if (lines.size() != scores->score.size() + 1) return 0;
  std::size_t alerts = 0;
  for (std::size_t i = 0; i < scores->score.size(); ++i) {
    const std::string& line = lines[i + 1];
    const bool is_same = std::bit_cast<std::uint64_t>(std::stod(field(line, score_score))) ==
                             std::bit_cast<std::uint64_t>(scores->score[i]) &&
                         field(line, score_anomalous) == std::to_string(scores->anomalous[i]) &&
                         field(line, score_alert) == std::to_string(scores->alert[i]) &&
                         field(line, score_change) == std::to_string(scores->change[i]);
    EXPECT_TRUE(is_same) << line;
    if (!is_same) break;
    alerts += scores->alert[i];
  }
  return alerts;
}

// Of both tables, where `is_gone` says so.
template <class IsGone>
Series without(Series series, IsGone is_gone) {
  for (Table* table : {&series.train, &series.rows}) {
    for (std::size_t i = 0; i < table->values.size(); ++i) {
      if (is_gone(i / table->columns, i % table->columns)) table->values[i] = missing;
    }
  }
  return series;
}

class EngineScorer : public ::testing::TestWithParam<bool> {};

TEST_P(EngineScorer, SaysWhatDetectWrites) { EXPECT_GE(expect_same(make_series(GetParam())), 3U); }

TEST_P(EngineScorer, SaysWhatDetectWritesWhateverIsMissing) {
  const Series series = make_series(GetParam());
  using Index = std::size_t;
  EXPECT_GE(expect_same(without(series, [](Index i, Index k) { return k == 1 && i < 300; })), 3U);
  EXPECT_GE(expect_same(without(series, [](Index, Index k) { return k == 2; })), 3U);
  EXPECT_GE(expect_same(without(series, [](Index i, Index) { return i % 40 == 5; })), 3U);
}

TEST_P(EngineScorer, SaysWhatDetectWritesWhateverIsConfigured) {
  const Series series = make_series(GetParam());
  EXPECT_GE(expect_same(series, "[alerts]\nbudget = \"5 per day\"\n"), 1U);
  EXPECT_GE(expect_same(series, "[pipeline]\nseed = 9\n"), 3U);
  EXPECT_GE(expect_same(series, "[limits]\ncolumns_max = 2\n"), 1U);
}

// What a leap holds up shows where a budget counts the time.
TEST_P(EngineScorer, SaysWhatDetectWritesWhenTheClockLeaps) {
  Series series = make_series(GetParam());
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    series.times[i] += static_cast<Time>((i + 3) / 100) * 30 * minute;
  }
  const std::string budget = "[alerts]\nbudget = \"100 per day\"\n";
  EXPECT_GE(expect_same(series, budget), 1U);
  EXPECT_GE(expect_same(series, budget + "[limits]\njump_max = \"1m\"\n"), 1U);
  Configuration hasty;
  hasty.budget_per_day = 100;
  hasty.profile = Profile::light;  // its score is a p, which learns by what was raised
  Configuration slow = hasty;
  slow.jump_max = minute;
  EXPECT_NE(make_engine_scorer(hasty)->score(series)->score,
            make_engine_scorer(slow)->score(series)->score);
}

TEST_P(EngineScorer, SaysWhatDetectWritesWithEachDetectorAlone) {
  const Series series = make_series(GetParam());
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (entry.modality != Modality::metrics || entry.is_of_each_modality) continue;
    SCOPED_TRACE(entry.name);
    (void)expect_same(series, fmt::format("[detectors]\nuse = [\"{}\"]\n", entry.name));
  }
}

// A series that the engine sees in part: neither does it learn what is ignored.
TEST_P(EngineScorer, SeesNoColumnThatIsIgnored) {
  const Series series = make_series(GetParam());
  const std::string ignoring = "[columns]\ntemperature = { kind = \"ignore\" }\n";
  EXPECT_GE(expect_same(series, ignoring), 3U);
  const auto scores = make_engine_scorer(*parse_configuration(ignoring, "a.toml"))->score(series);
  Series less = without(series, [](std::size_t, std::size_t k) { return k == 2; });
  EXPECT_EQ(scores->score, make_engine_scorer({})->score(less)->score);
  EXPECT_NE(scores->score, make_engine_scorer({})->score(series)->score);
}

// Labels are never seen: deleted or ignored, the same bytes.
TEST_P(EngineScorer, LabelsLeaveNoTrace) {
  const TemporaryFolder folder;
  const Series series = make_series(GetParam());
  const std::string deleted = detect(folder, series, {});
  EXPECT_EQ(detect(folder, series, {.has_label = true}), deleted);
}

INSTANTIATE_TEST_SUITE_P(, EngineScorer, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "trained" : "untrained"; });

TEST(EngineScorerNames, AreOneAColumn) {
  const auto error = [](const std::string& name) {
    Series series = make_series(false);
    series.columns[1] = name;
    const Result<Scores> scores = make_engine_scorer({})->score(series);
    return scores ? "" : scores.error().message;
  };
  EXPECT_EQ(error("any"), "");
  EXPECT_NE(error("").find("column 2 has no name"), std::string::npos);
  EXPECT_NE(error(std::string(5'000, 'x')).find("column 2 has no name, too long"),
            std::string::npos);
  EXPECT_NE(error("pressure").find("two columns are named \"pressure\""), std::string::npos);
}

}  // namespace
}  // namespace retimu
