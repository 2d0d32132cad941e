// SPDX-License-Identifier: Apache-2.0
// Every measure against what public packages say (tests/data/evaluation/make_references.py), small
// cases by hand, and the edges.
#include "retimu/evaluation/affiliation.hpp"
#include "retimu/evaluation/events.hpp"
#include "retimu/evaluation/measures.hpp"
#include "retimu/evaluation/points.hpp"
#include "retimu/evaluation/ranges.hpp"
#include "retimu/evaluation/ranking.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace retimu {
namespace {

using Rows = std::vector<std::uint8_t>;

// A series with a row a second.
struct Sample {
  Rows labels, flagged, alerts;
  std::vector<double> score;
  std::vector<Time> times;

  void finish(double threshold) {
    for (std::size_t i = 0; i < score.size(); ++i) {
      flagged.push_back(score[i] >= threshold ? 1 : 0);
      times.push_back(static_cast<Time>(i) * second);
    }
    alerts.assign(score.size(), 0);
  }
  std::optional<double> value(std::string_view name) const {
    return measures()[measure_index(name)].of({score, labels, flagged, alerts, times});
  }
};

Sample flags(Rows labels, Rows flagged) {
  Sample sample;
  sample.labels = std::move(labels);
  for (const auto flag : flagged) sample.score.push_back(flag);
  sample.finish(1);
  return sample;
}

TEST(Measures, AreWhatPublicPackagesSay) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/evaluation/references.csv");
  ASSERT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  Sample sample;
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, text;
    std::getline(fields, name, ',');
    if (name != "series") {
      std::getline(fields, text);
      const std::optional<double> value = sample.value(name);
      if (text == "nan") {
        EXPECT_FALSE(value) << name;
      } else {
        ASSERT_TRUE(value) << name;
        EXPECT_NEAR(*value, std::stod(text), 1e-12) << name;
      }
      ++compared;
      continue;
    }
    sample = {};
    std::getline(fields, text, ',');
    for (const char c : text) sample.labels.push_back(c == '1' ? 1 : 0);
    std::getline(fields, text, ',');
    std::istringstream scores(text);
    for (double score = 0; scores >> score;) sample.score.push_back(score);
    std::getline(fields, text);
    sample.finish(std::stod(text));
    ASSERT_EQ(sample.score.size(), sample.labels.size());
  }
  EXPECT_EQ(compared, 16U * 11U);
}

//                 0  1  2  3  4  5  6  7  8  9
const Rows truth{0, 0, 1, 1, 1, 0, 0, 0, 1, 0};

TEST(Measures, OfEventsByHand) {
  const Sample sample = flags(truth, {1, 0, 0, 1, 0, 0, 1, 1, 0, 0});
  EXPECT_EQ(sample.value("found"), 0.5);
  EXPECT_EQ(sample.value("composite_f1"), 2 * 0.25 * 0.5 / 0.75);
  EXPECT_EQ(sample.value("event_f1"), 2 * (1.0 / 3) * 0.5 / (1.0 / 3 + 0.5));
  EXPECT_EQ(sample.value("delay"), 1);
  EXPECT_NEAR(*sample.value("false_per_day"), 2 * 86'400.0 / 6, 1e-6);
  EXPECT_EQ(sample.value("far"), 50);
  EXPECT_EQ(sample.value("mar"), 75);
}

TEST(Measures, AlertsCountWithinTheEventsThatHaveThem) {
  Sample sample = flags(truth, truth);
  EXPECT_FALSE(sample.value("alerts_per_event"));
  sample.alerts = {1, 0, 1, 0, 1, 0, 0, 0, 0, 0};
  EXPECT_EQ(sample.value("alerts_per_event"), 2);
  EXPECT_EQ(alerts_per_event(truth, truth), 2);
  EXPECT_EQ(sample.value("alerted"), 0.5);
  EXPECT_NEAR(*sample.value("false_alerts_per_day"), 86'400.0 / 6, 1e-6);
}

TEST(Measures, OfAPerfectScorerAreBest) {
  const Sample sample = flags(truth, truth);
  for (const char* name : {"auc_pr", "auc_roc", "f1", "composite_f1", "event_f1", "range_f1",
                           "affiliation_f1", "pa_f1", "found"}) {
    EXPECT_DOUBLE_EQ(sample.value(name).value_or(-1), 1) << name;
  }
  EXPECT_EQ(sample.value("far"), 0);
  EXPECT_EQ(sample.value("delay"), 0);
}

TEST(Measures, AreDefinedOrNone) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Rows none(10, 0), all(10, 1);
  for (const Rows& labels : {none, all, truth, Rows{1}, Rows{0}, Rows{}}) {
    for (const double score : {0.0, infinity, -infinity}) {
      for (const double threshold : {0.5, -infinity}) {
        Sample sample;
        sample.labels = labels;
        sample.score.assign(labels.size(), score);
        sample.finish(threshold);
        for (const Measure& measure : measures()) {
          const std::optional<double> value = sample.value(measure.name);
          EXPECT_FALSE(value && std::isnan(*value)) << measure.name;
          const bool is_labelled = labels == all || labels == truth || labels == Rows{1};
          if (value && measure.needs == Needs::score) {
            EXPECT_TRUE(is_labelled) << measure.name;
          }
        }
      }
    }
  }
  EXPECT_FALSE(auc_roc(std::vector<double>(10, 1), none));
  EXPECT_EQ(auc_roc(std::vector<double>(10, 1), truth), 0.5);
  EXPECT_NEAR(*auc_pr(std::vector<double>(10, 1), truth), 0.4, 1e-12);
}

TEST(BestThreshold, HasTheBestF1AndIsTheHighestOfEqualOnes) {
  const Rows labels{0, 1, 0, 1, 0};
  const std::vector<double> score{1, 3, 2, 3, 0};
  EXPECT_EQ(best_threshold(score, labels), 3);
  EXPECT_EQ(best_threshold(score, Rows(5, 0)), std::numeric_limits<double>::infinity());
  EXPECT_EQ(best_threshold(std::vector<double>(5, 7), labels), 7);
}

TEST(Spans, AreRunsOfOnes) {
  EXPECT_EQ(spans_of(truth), (std::vector<Span>{{2, 5}, {8, 9}}));
  EXPECT_EQ(spans_of(Rows{1, 1}), (std::vector<Span>{{0, 2}}));
  EXPECT_TRUE(spans_of(Rows{}).empty());
}

}  // namespace
}  // namespace retimu
