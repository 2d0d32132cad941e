// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_scorer.hpp"

#include "retimu/core/random.hpp"
#include "retimu/engine/service.hpp"
#include "tests/support/pipeline_run.hpp"

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

std::string detect(const TemporaryFolder& folder, const Series& series, bool has_label) {
  write_file(folder / "rows.csv", to_csv(series, series.rows, series.times, has_label));
  Configuration configuration;
  FileInput input;
  input.paths = {folder / "rows.csv"};
  if (has_label) input.ignore = {"label"};
  configuration.files = {input};
  ServiceOptions options;
  options.scores_path = folder / "scores.csv";
  if (series.train.rows() > 0) {
    write_file(folder / "train.csv", to_csv(series, series.train, series.train_times, has_label));
    input.paths = {folder / "train.csv"};
    options.training = {input};
  }
  const Result<ServiceSummary> summary = run_service(configuration, options);
  EXPECT_TRUE(summary) << summary.error().message;
  return read_file(options.scores_path);
}

class EngineScorer : public ::testing::TestWithParam<bool> {};

TEST_P(EngineScorer, SaysWhatDetectWrites) {
  const TemporaryFolder folder;
  const Series series = make_series(GetParam());
  const Result<Scores> scores = make_engine_scorer({})->score(series);
  ASSERT_TRUE(scores) << scores.error().message;
  const std::vector<std::string> lines = lines_of(detect(folder, series, false));
  ASSERT_EQ(lines.size(), series.rows.rows() + 1);
  ASSERT_EQ(scores->score.size(), series.rows.rows());
  std::size_t alerts = 0;
  for (std::size_t i = 0; i < scores->score.size(); ++i) {
    const std::string& line = lines[i + 1];
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::stod(field(line, score_score))),
              std::bit_cast<std::uint64_t>(scores->score[i]))
        << line;
    ASSERT_EQ(field(line, score_anomalous), std::to_string(scores->anomalous[i])) << line;
    ASSERT_EQ(field(line, score_alert), std::to_string(scores->alert[i])) << line;
    ASSERT_EQ(field(line, score_change), std::to_string(scores->change[i])) << line;
    alerts += scores->alert[i];
  }
  EXPECT_GE(alerts, 3U);
}

// Labels are never seen: deleted or ignored, the same bytes.
TEST_P(EngineScorer, LabelsLeaveNoTrace) {
  const TemporaryFolder folder;
  const Series series = make_series(GetParam());
  EXPECT_EQ(detect(folder, series, true), detect(folder, series, false));
}

INSTANTIATE_TEST_SUITE_P(, EngineScorer, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "trained" : "untrained"; });

}  // namespace
}  // namespace retimu
