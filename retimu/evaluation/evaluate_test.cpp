// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/evaluate.hpp"

#include "retimu/core/random.hpp"
#include "retimu/evaluation/compare_grid.hpp"
#include "retimu/evaluation/references.hpp"
#include "retimu/evaluation/report.hpp"
#include "retimu/evaluation/score_file.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace retimu {
namespace {

std::vector<Case> make_cases(std::size_t count) {
  std::vector<Case> cases(count);
  Random random(11);
  for (std::size_t k = 0; k < count; ++k) {
    Case& one = cases[k];
    one.series.name = fmt::format("case <{}>", k);
    one.series.columns = {"x", "a&b"};
    one.series.train.columns = one.series.rows.columns = 2;
    for (std::size_t i = 0; i < 900; ++i) {
      const bool is_fault = i >= 700 + 10 * k && i < 715 + 10 * k;
      one.series.rows.append(
          std::vector<double>{random.uniform() + (is_fault ? 25 : 0), random.uniform()});
      one.series.times.push_back(static_cast<Time>(i) * minute);
      one.truth.labels.push_back(is_fault ? 1 : 0);
    }
    one.truth.judged_from = 100;
  }
  return cases;
}

std::vector<NamedScorer> all_scorers() {
  std::vector<NamedScorer> scorers = reference_scorers();
  for (NamedScorer& one : retimu_scorers({})) scorers.push_back(std::move(one));
  return scorers;
}

std::vector<JudgedSet> run(std::span<const Case> cases, std::size_t jobs) {
  const std::vector<NamedScorer> scorers = all_scorers();
  Result<std::vector<JudgedSet>> rows = evaluate(nullptr, cases, scorers, {.jobs = jobs});
  EXPECT_TRUE(rows) << rows.error().message;
  for (JudgedSet& row : *rows) row.seconds = 0;
  return std::move(*rows);
}

TEST(Evaluate, SaysTheSameWithHoweverManyJobs) {
  const std::vector<Case> cases = make_cases(5);
  const SetSize size = size_of(nullptr, "made", cases);
  const std::string alone = to_json(size, cases, run(cases, 1));
  EXPECT_EQ(alone, to_json(size, cases, run(cases, 3)));
  EXPECT_EQ(size.rows, 5U * 800U);
  EXPECT_EQ(size.events, 5U);
  EXPECT_NE(alone.find("\"RETIMU\":{\"seconds\":0,\"best\":{\"vus_pr\":"), std::string::npos);
}

TEST(Evaluate, HasTheLightProfileBesideTheDefault) {
  const auto names = [](const Configuration& configuration) {
    std::vector<std::string> list;
    for (const NamedScorer& one : retimu_scorers(configuration)) list.push_back(one.name);
    list.resize(2);
    return list;
  };
  EXPECT_EQ(names({}), (std::vector<std::string>{"RETIMU", "RETIMU light"}));
  Configuration light;
  light.profile = Profile::light;
  EXPECT_NE(names(light)[1], "RETIMU light");
  Configuration named;
  named.detectors = {{"moving_average", {}}, {"rolling_deviation", {}}, {"half_space_trees", {}}};
  EXPECT_NE(names(named)[1], "RETIMU light");

  const Case one = std::move(make_cases(1)[0]);
  const auto score_of = [&](const Scorer& scorer) { return scorer.score(one.series)->score; };
  Configuration narrow;
  narrow.columns["a&b"].is_ignored = named.columns["a&b"].is_ignored = true;
  const std::vector<NamedScorer> scorers = retimu_scorers(narrow);
  const std::vector<double> by_light = score_of(*scorers[1].scorer);
  EXPECT_EQ(by_light, score_of(*retimu_scorers(named)[0].scorer));
  EXPECT_NE(by_light, score_of(*scorers[0].scorer));
}

// The faults are of the first column. Rows are scored before anyone is told where they are.
TEST(Evaluate, ExplainsLabelledEventsAndScoresAllTheSame) {
  const std::vector<Case> plain = make_cases(2);
  std::vector<Case> caused = plain;
  for (std::size_t k = 0; k < caused.size(); ++k) {
    caused[k].truth.causes = {{{700 + 10 * k, 715 + 10 * k}, {0}}};
  }
  std::vector<NamedScorer> scorers = retimu_scorers({});
  scorers.push_back({"random", make_random_scorer()});
  const auto before = evaluate(nullptr, plain, scorers, {.jobs = 1});
  const auto after = evaluate(nullptr, caused, scorers, {.jobs = 1});
  ASSERT_TRUE(before && after);
  for (std::size_t i = 0; i < scorers.size(); ++i) {
    for (std::size_t k = 0; k < plain.size(); ++k) {
      const Scores& scores = (*after)[i].scores[k];
      EXPECT_EQ(scores.score, (*before)[i].scores[k].score) << scorers[i].name;
      EXPECT_TRUE((*before)[i].scores[k].explained.empty());
      ASSERT_EQ(scores.explained.size(), scorers[i].name == "random" ? 0U : 1U);
    }
  }
  for (const Scores& scores : (*after)[0].scores) {
    ASSERT_EQ(scores.explained[0].size(), 2U);
    EXPECT_GT(scores.explained[0][0], 10 * scores.explained[0][1]);
    EXPECT_GT(scores.explained[0][1], 0);
  }
}

TEST(Evaluate, FindsTheFaults) {
  const std::vector<Case> cases = make_cases(3);
  for (const JudgedSet& row : run(cases, 2)) {
    if (row.scorer != "RETIMU") continue;
    EXPECT_GT(mean_of(row.best(measure_index("vus_pr"))).value_or(0), 0.8);
    EXPECT_EQ(mean_of(row.own(measure_index("found"))), 1);
    EXPECT_FALSE(mean_of(row.own(measure_index("vus_pr"))));
    for (const Scores& scores : row.scores) {
      ASSERT_FALSE(scores.named.empty());
      EXPECT_EQ(scores.named.back().columns.front(), 0U);  // "x"; by name "a&b" comes before it
      EXPECT_EQ(scores.alert[scores.named.front().row], 1);
    }
  }
}

// A row a second. From row 300 on three columns are higher by a few of their deviations, for half
// as many rows as there are to learn from: no row is rare enough for an alert, all of them are.
TEST(Evaluate, AFaultThatLastsIsAnomalousToItsEnd) {
  constexpr std::size_t train_rows = 400, fault_row = 300, rows = 500;
  std::vector<Case> cases(1);
  auto& [series, truth] = cases[0];
  series.columns = {"a", "b", "c"};
  series.train.columns = series.rows.columns = 3;
  Random random(3);
  const auto noise = [&] { return random.uniform() + random.uniform() + random.uniform() - 1.5; };
  for (std::size_t i = 0; i < train_rows + rows; ++i) {
    const bool is_fault = i >= train_rows + fault_row;
    const double level = is_fault ? 1.2 : 0;
    const std::vector<double> row{level + noise(), level + noise(), level + noise()};
    (i < train_rows ? series.train : series.rows).append(row);
    (i < train_rows ? series.train_times : series.times).push_back(static_cast<Time>(i) * second);
    if (i >= train_rows) truth.labels.push_back(is_fault ? 1 : 0);
  }
  std::vector<NamedScorer> scorers = retimu_scorers({});
  scorers.resize(1);
  const auto judged = evaluate(nullptr, cases, scorers, {});
  ASSERT_TRUE(judged) << judged.error().message;
  const JudgedSet& set = judged->front();
  EXPECT_LT(set.own(measure_index("far"))[0].value_or(100), 5);
  EXPECT_EQ(set.own(measure_index("alerted"))[0], 1);
  EXPECT_LT(set.own(measure_index("mar"))[0].value_or(100), 20);
}

// linear_prediction ranks, and speaks from row 128 on.
TEST(Evaluate, RowsAreAlikeWhileWhatRanksIsWarming) {
  const std::vector<Case> cases = make_cases(1);
  std::vector<NamedScorer> scorers = retimu_scorers({});
  scorers.resize(1);
  const auto judged = evaluate(nullptr, cases, scorers, {});
  ASSERT_TRUE(judged) << judged.error().message;
  const std::vector<double>& score = judged->front().scores[0].score;
  EXPECT_GT(score[127], 0);
  for (std::size_t row = 128; row < 160; ++row) EXPECT_EQ(score[row], 0) << row;
  for (std::size_t row = 200; row < 220; ++row) EXPECT_GT(score[row], 0) << row;
}

class Failing final : public Scorer {
 public:
  Result<Scores> score(const Series&) const override { return failure(Fault::input, "no way"); }
};

TEST(Evaluate, NamesTheSeriesThatAScorerCannotScore) {
  const std::vector<Case> cases = make_cases(3);
  std::vector<NamedScorer> scorers;
  scorers.push_back({"failing", std::make_unique<Failing>()});
  const auto rows = evaluate(nullptr, cases, scorers, {.jobs = 2});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().fault, Fault::input);
  EXPECT_TRUE(rows.error().message.starts_with("case <")) << rows.error().message;
  EXPECT_TRUE(rows.error().message.ends_with("no way")) << rows.error().message;
}

TEST(Evaluate, EndsWhenItIsAskedTo) {
  const std::vector<Case> cases = make_cases(2);
  const std::vector<NamedScorer> scorers = all_scorers();
  const std::atomic<bool> stop = true;
  std::size_t told = 0;
  EvaluateOptions options{.jobs = 2, .stop = &stop};
  options.progress = [&](std::size_t, std::size_t) { ++told; };
  const auto rows = evaluate(nullptr, cases, scorers, options);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().fault, Fault::system);
  EXPECT_EQ(told, 0U);
}

TEST(Table, IsAligned) {
  const Grid grid{"title", {"scorer", "Größe"}, {{"a", "1"}, {"longer", "12.34"}}};
  EXPECT_EQ(to_text(grid), "title\nscorer  Größe\na           1\nlonger  12.34\n");
  EXPECT_EQ(to_markdown(grid),
            "Title\n\n| scorer | Größe |\n|---|---:|\n| a | 1 |\n| longer | 12.34 |\n");
}

TEST(Table, OfAPartMarksWhatWasPublished) {
  const std::vector<Case> cases = make_cases(2);
  const std::vector<JudgedSet> rows = run(cases, 2);
  const auto text = [&](std::size_t published) {
    SetSize size = size_of(nullptr, "nab", cases);
    size.published = published;
    std::string all;
    for (const Grid& grid : make_grids(size, rows)) all += to_text(grid);
    return all;
  };
  EXPECT_NE(text(2).find("74.90  NAB"), std::string::npos);
  EXPECT_NE(text(58).find("74.90 *  NAB"), std::string::npos);
  EXPECT_NE(text(58).find("here are 2 of its 58"), std::string::npos);
}

TEST(Report, HoldsEverythingAndEscapesNames) {
  const TemporaryFolder folder;
  const std::vector<Case> cases = make_cases(7);
  const std::vector<JudgedSet> rows = run(cases, 2);
  const SetSize size = size_of(nullptr, "made <set>", cases);
  ASSERT_TRUE(write_report(folder / "report.html", size, cases, rows));
  const std::string page = read_file(folder / "report.html");
  EXPECT_EQ(page.find("<set>"), std::string::npos);
  EXPECT_NE(page.find("made &lt;set&gt;"), std::string::npos);
  EXPECT_NE(page.find("a&amp;b"), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
  std::size_t pictures = 0;
  for (std::size_t at = page.find("<svg"); at != std::string::npos;
       at = page.find("<svg", at + 1)) {
    ++pictures;
  }
  EXPECT_EQ(pictures, 6U);
  ASSERT_TRUE(write_report(folder / "report.md", size, cases, rows));
  EXPECT_TRUE(read_file(folder / "report.md").starts_with("## made <set>\n"));
  const Result<void> failed = write_report(folder / "none/report.html", size, cases, rows);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("none/report.html: cannot be written"), std::string::npos);
}

TEST(Comparison, OfAScorerWithItselfIsNothing) {
  const std::vector<Case> cases = make_cases(3);
  const std::vector<JudgedSet> rows = run(cases, 2);
  const auto own = std::ranges::find(rows, "RETIMU", &JudgedSet::scorer);
  const std::vector<Grid> grids = comparison_grids(cases, *own, *own);
  ASSERT_EQ(grids.size(), 2U);
  for (const auto& row : grids[0].rows) {
    EXPECT_EQ(row[5], "+0.000") << row[0];
    EXPECT_EQ(row[8], "") << row[0];
  }
  EXPECT_EQ(grids[1].rows[0], (std::vector<std::string>{"true events", "3"}));
  EXPECT_EQ(grids[1].rows[1][1], "0");
}

class ScoreFile : public ::testing::Test {
 protected:
  std::string error(std::string_view scores, std::string_view labels) {
    write_file(folder_ / "scores.csv", scores);
    write_file(folder_ / "labels.csv", labels);
    const Result<ScoredCase> read = read_scored(folder_ / "scores.csv", folder_ / "labels.csv");
    return read ? "" : read.error().message.substr(folder_.path().size() + 1);
  }
  TemporaryFolder folder_;
};

TEST_F(ScoreFile, IsReadAsDetectWritesIt) {
  write_file(
      folder_ / "scores.csv",
      "source,row,time,entity,score,p_value,anomalous,alert,change,lead,reason\n"
      "a.csv,1,2026-01-01T00:00:00Z,input,0,,0,0,0,,warming up\n"
      "a.csv,2,2026-01-01T00:01:00Z,input,0.5,1e-4,1,1,0,moving_average,\"x is 4, usually 1\"\n");
  write_file(folder_ / "labels.csv", "label\n0\n1\n");
  const Result<ScoredCase> read = read_scored(folder_ / "scores.csv", folder_ / "labels.csv");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->scores.score, (std::vector<double>{0, 0.5}));
  EXPECT_EQ(read->scores.alert, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(read->one.truth.labels, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(read->one.series.times[1] - read->one.series.times[0], minute);
}

TEST_F(ScoreFile, MayBeAScoreAlone) { EXPECT_EQ(error("score\n1\n2\n", "anything\n0\n1\n"), ""); }

TEST_F(ScoreFile, SaysWhatIsWrong) {
  EXPECT_NE(error("score\n1\n2\n", "label\n0\n").find("has 2 rows"), std::string::npos);
  EXPECT_NE(error("value\n1\n", "label\n0\n").find("no column \"score\""), std::string::npos);
  EXPECT_NE(error("score\n1\n", "a,b\n0,1\n").find("no column \"label\""), std::string::npos);
  EXPECT_NE(error("score\nx\n", "label\n0\n").find("scores.csv"), std::string::npos);
  EXPECT_NE(error("score\nnan\n", "label\n0\n").find("row 1"), std::string::npos);
  EXPECT_NE(error("score\n1\n", "label\n2\n").find("labels.csv"), std::string::npos);
  EXPECT_NE(error("score\n", "label\n").find("scores.csv"), std::string::npos);
  const Result<ScoredCase> none = read_scored(folder_ / "none.csv", folder_ / "labels.csv");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("none.csv"), std::string::npos);
}

}  // namespace
}  // namespace retimu
