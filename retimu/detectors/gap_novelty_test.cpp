// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/gap_novelty_visit.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace retimu {
namespace {

// One column, scored and learned reading by reading.
template <class Algorithm>
struct Column {
  Algorithm algorithm;
  std::unique_ptr<typename Algorithm::State> state = std::make_unique<typename Algorithm::State>();
  typename Algorithm::Work work{};
  Time time = 1'700'000'000LL * second;

  // Evidence of a reading; it ranks by `held`, NaN while the detector abstains.
  double send(double value, Duration after = minute) {
    time += after;
    const bool spoke = !std::isnan(algorithm.score(*state, value, {time, time}, work));
    held = spoke ? algorithm.rank(work) : std::numeric_limits<double>::quiet_NaN();
    const double evidence = algorithm.evidence(work);
    algorithm.learn(*state, value, work);
    return evidence;
  }
  double held = 0;
};

using Reference = GapNovelty<512, double, double>;
using Default = GapNovelty<96, float, std::uint16_t>;

// Differences from what tests/data/detectors/gap_novelty.py writes, smallest first.
template <class Algorithm>
std::vector<double> differences(Algorithm algorithm) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/detectors/gap_novelty.txt");
  EXPECT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  Column<Algorithm> column{algorithm};
  std::vector<double> all;
  std::int64_t at = 0;
  double value = 0, evidence = 0;
  while (file >> at >> value >> evidence) {
    column.time = at * second;
    all.push_back(std::fabs(column.send(value, 0) - evidence));
  }
  std::ranges::sort(all);
  EXPECT_EQ(all.size(), 2'400U);
  return all;
}

TEST(GapNovelty, IsWhatTheReferenceSays) {
  Reference reference;
  reference.change_most = std::numeric_limits<double>::infinity();
  EXPECT_LT(differences(reference).back(), 1e-9);
}

TEST(GapNovelty, InSinglePrecisionIsTheSameButForABinNowAndThen) {
  GapNovelty<512, float, std::uint16_t> single;
  single.change_most = std::numeric_limits<double>::infinity();
  const std::vector<double> all = differences(single);
  EXPECT_LT(all[all.size() * 99 / 100], 0.01);
  EXPECT_LT(all.back(), 0.2);
}

// Evidence beside that of the prototype in tests/data/detectors/gap_novelty_prototype.txt: its
// column that remembers 4096 values, in which no memory of it fills, or the one with 512.
struct Compared {
  std::vector<double> difference, relative;  // smallest first; relative to the prototype's evidence
  std::size_t alike = 0, alerts = 0;         // readings of 6 decades: told by both, and by either
};
Compared beside_the_prototype(const Detector& detector, bool remembers_all) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/detectors/gap_novelty_prototype.txt");
  EXPECT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  std::optional<TestEntity> entity;
  Compared all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first, of_4096, of_512;
    words >> first >> of_4096 >> of_512;
    if (first == "series") {
      entity.emplace(detector, 1);
      entity->between = std::stoll(of_512) * second;
      entity->time = std::stoll(of_4096) * second - entity->between;
      continue;
    }
    const double wanted = std::stod(remembers_all ? of_4096 : of_512);
    entity->send({std::stod(first)});
    EXPECT_TRUE(!entity->evidence || !std::isnan(wanted)) << line;
    if (std::isnan(wanted)) continue;
    const double evidence = entity->evidence.value_or(0);
    all.difference.push_back(std::fabs(evidence - wanted));
    all.relative.push_back(evidence == wanted ? 0 : all.difference.back() / wanted);
    all.alike += evidence >= 6 && wanted >= 6 ? 1U : 0U;
    all.alerts += evidence >= 6 || wanted >= 6 ? 1U : 0U;
  }
  EXPECT_GT(all.relative.size(), 4'500U);
  std::ranges::sort(all.difference);
  std::ranges::sort(all.relative);
  return all;
}

template <std::size_t capacity, class Number, class Count>
ColumnDetector<GapNovelty<capacity, Number, Count, AllViews>> like_the_prototype() {
  GapNovelty<capacity, Number, Count, AllViews> algorithm;
  algorithm.change_most = std::numeric_limits<double>::infinity();
  return ColumnDetector<GapNovelty<capacity, Number, Count, AllViews>>(algorithm);
}

TEST(GapNovelty, WithAllViewsIsThePrototype) {
  const Compared all = beside_the_prototype(like_the_prototype<4'096, double, double>(), true);
  EXPECT_LT(all.relative.back(), 1e-9);
}

TEST(GapNovelty, WithAllViewsInSinglePrecisionIsThePrototypeWithinAThousandth) {
  const Compared all =
      beside_the_prototype(like_the_prototype<4'096, float, std::uint16_t>(), true);
  EXPECT_LT(all.relative[all.relative.size() * 99 / 100], 1e-4);
  EXPECT_LT(all.relative.back(), 0.01);
}

// A full memory of the prototype drops every other value at once, this one the most crowded.
TEST(GapNovelty, WithAllViewsAndAFullMemoryTellsWhatThePrototypeTells) {
  const Compared all = beside_the_prototype(like_the_prototype<512, double, double>(), false);
  EXPECT_LT(all.difference[all.difference.size() / 2], 1e-9);
  EXPECT_LT(all.difference[all.difference.size() * 99 / 100], 0.6);
  EXPECT_LT(all.difference.back(), 1.5);
  EXPECT_EQ(all.alike, all.alerts);
}

// Of the catalogue, with 128 values in single precision and changes bounded.
TEST(GapNovelty, AllViewsOfTheCatalogueTellWhatThePrototypeTells) {
  ParameterValues values(gap_novelty_entry().parameters);
  ASSERT_TRUE(values.set("all_views", 1));
  ASSERT_TRUE(values.set("remembered", 128));
  const auto detector = gap_novelty_entry().make(values, 1);
  ASSERT_TRUE(detector);
  const Compared all = beside_the_prototype(**detector, false);
  EXPECT_LT(all.difference[all.difference.size() / 2], 0.3);
  EXPECT_GT(all.alike, 60U);
  EXPECT_GT(static_cast<double>(all.alike), 0.9 * static_cast<double>(all.alerts));
}

TEST(GapNovelty, SpeaksAfterFiftyReadings) {
  Random random(1);
  Column<Default> column;
  for (int i = 0; i < 50; ++i) {
    column.send(bell(random));
    EXPECT_TRUE(std::isnan(column.held)) << i;
  }
  column.send(bell(random));
  EXPECT_FALSE(std::isnan(column.held));
}

TEST(GapNovelty, WhatIsNewIsToldOnceAndHeld) {
  Random random(2);
  Column<Default> column;
  for (int i = 0; i < 2'000; ++i) column.send(10 + bell(random));
  const double before = column.held;
  EXPECT_GT(column.send(40), 6);
  const double told = column.held;
  EXPECT_LT(before, told - 2);
  column.send(10);
  EXPECT_NEAR(column.held, told * std::exp2(-1.0 / 32), 1e-9);
  for (int i = 0; i < 300; ++i) column.send(10 + bell(random));
  EXPECT_LT(column.send(40), 6);
}

// What a confirmed fault taught is unlearned, and nothing else: the same fault is told again.
TEST(GapNovelty, UnlearnsAConfirmedFault) {
  for (const bool is_confirmed : {false, true}) {
    Random random(2);
    Column<Default> column;
    for (int i = 0; i < 2'000; ++i) column.send(10 + bell(random));
    column.send(-30);  // a fault that nobody confirms
    for (int i = 0; i < 300; ++i) column.send(10 + bell(random));
    const Time from = column.time + minute;
    EXPECT_GT(column.send(40), 6);
    for (const double value : {44.0, 47.0, 51.0}) column.send(value);
    const Time to = column.time;
    for (int i = 0; i < 300; ++i) column.send(10 + bell(random));
    if (is_confirmed) column.algorithm.unlearn(*column.state, from, to);
    const double usual = column.send(10 + bell(random));
    EXPECT_LT(usual, 6);
    EXPECT_LT(column.send(-30), 6);
    for (int i = 0; i < 300; ++i) column.send(10 + bell(random));
    EXPECT_EQ(column.send(40) > 6, is_confirmed);
  }
}

// A value between two modes was never seen.
TEST(GapNovelty, SeesAHoleInTheRange) {
  Random random(3);
  Column<Default> column;
  for (int i = 0; i < 2'000; ++i) column.send((i / 50 % 2 == 0 ? 10 : 90) + bell(random));
  EXPECT_GT(column.send(50), 6);
}

// The same reading at another hour of the day.
TEST(GapNovelty, KnowsTheHour) {
  Random random(4);
  Column<Default> column;
  column.time = 0;
  double usual = 0;
  for (int i = 1; i < 24 * 40; ++i) {
    const double evidence = column.send((i % 24 < 12 ? 10 : 90) + bell(random), hour);
    if (i > 24 * 20) usual = std::max(usual, evidence);
  }
  Column<Default> copy;
  copy.time = column.time;
  *copy.state = *column.state;
  const double right = column.send(10 + bell(random), hour);
  const double wrong = copy.send(90 + bell(random), hour);
  EXPECT_GT(wrong, right + 3);
  EXPECT_GT(wrong, 6);
}

TEST(GapNovelty, ExpectsWhatItHasSeen) {
  Column<Default> column;
  for (int i = 0; i < 100; ++i) column.send(i % 10);
  const Range range = column.algorithm.expected(*column.state);
  EXPECT_EQ(range.low, 0);
  EXPECT_EQ(range.high, 9);
}

TEST(GapNovelty, OfLargeNumbersIsTheSame) {
  Random random(5);
  Column<Default> small, large;
  double difference = 0;
  for (int i = 0; i < 3'000; ++i) {
    const double value = bell(random);
    const double one = small.send(value), other = large.send(value + 1e6);
    if (i > 50) difference = std::max(difference, std::fabs(one - other));
  }
  // The step's floor of a millionth of the value.
  EXPECT_LT(difference, 1.5);
}

}  // namespace
}  // namespace retimu
