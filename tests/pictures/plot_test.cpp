// SPDX-License-Identifier: Apache-2.0
// `retimu detect --plot` with the real gnuplot.
#include "retimu/evaluation/picture.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {
namespace {

class Plot : public ::testing::Test {
 protected:
  Plot() {
    write_file(folder_ / "events.jsonl",
               to_jsonl(make_fleet({.entities = 3, .rows = 400, .spike_every = 150})));
  }
  Outcome detect(const std::string& plot, const std::map<std::string, std::string>& environment) {
    return run_program({{"detect", "events.jsonl", "--entity", "host", "--plot", plot},
                        folder_.path(),
                        environment});
  }
  TemporaryFolder folder_;
};

TEST_F(Plot, APngIsAPng) {
  const Outcome outcome = detect("out.png", {});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const std::string picture = read_file(folder_ / "out.png");
  EXPECT_TRUE(picture.starts_with("\x89PNG\r\n")) << picture.size();
  EXPECT_GT(picture.size(), 10'000U);
}

TEST_F(Plot, AnSvgTellsWhatItShows) {
  const Outcome outcome = detect("it's \"out\".svg", {});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const std::string picture = read_file(folder_ / "it's \"out\".svg");
  for (const char* part : {"<svg", "events.jsonl:", "usual range", "reading", "unusual", "alert",
                           "threshold", "evidence", "(UTC)"}) {
    EXPECT_NE(picture.find(part), std::string::npos) << part;
  }
}

TEST_F(Plot, WhatCannotBeDrawnIsSaidBeforeAnythingIsRead) {
  const Outcome ending = detect("out.jpg", {});
  EXPECT_EQ(ending.code, 2);
  EXPECT_EQ(ending.errors, "retimu: --plot: out.jpg must end with .png or .svg\n");
  const Outcome missing = detect("out.png", {{"PATH", "/nowhere"}});
  EXPECT_EQ(missing.code, 4);
  EXPECT_NE(missing.errors.find("apt-get install gnuplot-nox"), std::string::npos)
      << missing.errors;
  EXPECT_EQ(missing.output, "");
  const Outcome place = detect("nowhere/out.png", {});
  EXPECT_EQ(place.code, 4) << place.errors;
  EXPECT_NE(place.errors.find("nowhere/out.png"), std::string::npos) << place.errors;
}

// What is drawn, without drawing it.
class Drawn : public ::testing::Test {
 protected:
  DrawnSeries series_of(DrawnSeries series, std::size_t rows) {
    const TemporaryFolder folder;
    write_file(folder / "events.jsonl",
               to_jsonl(make_fleet({.entities = 3, .rows = rows, .spike_every = 150})));
    PipelineText text;
    text.paths = {folder / "events.jsonl"};
    ServiceOptions options;
    options.seen = [&](const Seen& seen) {
      series.take(seen.round, seen.told, seen.columns);
      for (const Alert& alert : seen.told) {
        if (alert.change != Change::raised || alert.reasons.empty()) continue;
        if (alert.incident == nullptr) raised_.push_back(alert);
        blamed_.insert({alert.entity, alert.reasons.front().subject});
      }
    };
    (void)run_pipeline(folder, text, options);
    return series;
  }
  std::set<std::pair<std::string, std::string>> blamed_;
  std::vector<Alert> raised_;
};

TEST_F(Drawn, TheMostUnusualColumnsAreThoseThatAlertsName) {
  const DrawnSeries series = series_of(DrawnSeries(500, 100), 600);
  ASSERT_FALSE(blamed_.empty());
  const std::vector<std::size_t> order = series.most_unusual(blamed_.size());
  std::set<std::pair<std::string, std::string>> first;
  for (const std::size_t i : order) {
    first.insert({series.columns()[i].entity, series.columns()[i].column});
  }
  EXPECT_EQ(first, blamed_);
}

TEST_F(Drawn, WhereAnAlertSaysARangeItIsShown) {
  const DrawnSeries series = series_of(DrawnSeries(5'000, 100), 600);
  std::size_t ranges = 0;
  for (const Alert& alert : raised_) {
    for (const AlertReason& reason : alert.reasons) {
      const auto column = std::ranges::find_if(series.columns(), [&](const DrawnColumn& one) {
        return one.entity == alert.entity && one.column == reason.subject;
      });
      if (reason.kind != ReasonKind::value || column == series.columns().end()) continue;
      const auto at = static_cast<std::size_t>((reason.time.value_or(alert.time) - series.begin()) /
                                               series.stretch());
      ASSERT_LT(at, column->stretches.size());
      EXPECT_EQ(column->stretches[at].expected_low, reason.expected_low);
      EXPECT_EQ(column->stretches[at].expected_high, reason.expected_high);
      ++ranges;
    }
  }
  EXPECT_GT(ranges, 0U);
  PictureOptions options;
  options.path = "out.svg";
  EXPECT_NE(picture_script(series, options).find("expected by the detector"), std::string::npos);
}

TEST_F(Drawn, ALongerRunHasLongerStretchesAndTheSameExtremes) {
  const DrawnSeries fine = series_of(DrawnSeries(5'000, 100), 600);
  const DrawnSeries coarse = series_of(DrawnSeries(20, 100), 600);
  EXPECT_GT(coarse.stretch(), fine.stretch());
  ASSERT_EQ(fine.columns().size(), coarse.columns().size());
  for (std::size_t i = 0; i < fine.columns().size(); ++i) {
    double highs[2] = {-1e300, -1e300};
    for (const DrawnReading& one : fine.columns()[i].stretches) {
      if (one.high > highs[0]) highs[0] = one.high;
    }
    EXPECT_LE(coarse.columns()[i].stretches.size(), 20U);
    for (const DrawnReading& one : coarse.columns()[i].stretches) {
      if (one.high > highs[1]) highs[1] = one.high;
    }
    EXPECT_EQ(highs[0], highs[1]);
  }
}

TEST_F(Drawn, ASlidingOneKeepsTheLatest) {
  const DrawnSeries series = series_of(DrawnSeries(50, 100, 2 * second), 600);
  EXPECT_EQ(series.stretch(), 2 * second);
  EXPECT_GE(series.begin(), series.end() - 100 * second);
  for (const DrawnColumn& column : series.columns()) EXPECT_LE(column.stretches.size(), 50U);
}

TEST_F(Drawn, ColumnsBeyondTheLimitAreCounted) {
  const DrawnSeries series = series_of(DrawnSeries(500, 2), 50);
  EXPECT_EQ(series.columns().size(), 2U);
  EXPECT_GT(series.columns_left_out(), 0U);
}

}  // namespace
}  // namespace retimu
