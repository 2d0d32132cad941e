// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/seasonal_profile.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace retimu {
namespace {

// 2024-01-01, a Monday.
constexpr Time monday = 1'704'067'200LL * second;
constexpr std::size_t monday_midnight = 96;  // hours after the beginning of a Thursday

struct Column {
  SeasonalProfile algorithm = {};
  Duration ahead = 0;  // of local time
  std::unique_ptr<SeasonalProfile::State> state = std::make_unique<SeasonalProfile::State>();
  double score(double value, Time time) const {
    SeasonalProfile::Work work{};
    return algorithm.score(*state, value, {time, time + ahead}, work);
  }
  double send(double value, Time time) {
    SeasonalProfile::Work work{};
    const double now = algorithm.score(*state, value, {time, time + ahead}, work);
    algorithm.learn(*state, value, work);
    return now;
  }
  // Readings every ten minutes: `of(hour of the day, day)` and noise.
  template <class F>
  void live(int days, F of) {
    for (int i = 0; i < days * 144; ++i) {
      const Time time = monday + i * 10 * minute;
      send(of(i / 6 % 24, i / 144) + bell(random), time);
    }
  }
  Random random{31};
};

double office(int at, int on) { return on % 7 < 5 && at >= 8 && at < 18 ? 80 : 10; }

TEST(SeasonalProfile, KnowsTheHourAndTheDay) {
  Column column;
  column.live(42, office);
  const Time next = monday + 42 * day;
  EXPECT_LT(column.score(80, next + 12 * hour), 3);
  EXPECT_GT(column.score(80, next + 3 * hour), 15);            // at night
  EXPECT_GT(column.score(80, next + 5 * day + 12 * hour), 5);  // on Saturday
  EXPECT_LT(column.score(10, next + 5 * day + 12 * hour), 3);
}

TEST(SeasonalProfile, WithoutTheWeekOnlyTheHour) {
  Column column{.algorithm = {.weekly = false}};
  column.live(42, [](int at, int) { return at < 12 ? 10.0 : 80.0; });
  const Time next = monday + 42 * day;
  EXPECT_GT(column.score(80, next + 3 * hour), 15);
  EXPECT_LT(column.score(80, next + 5 * day + 13 * hour), 4);
}

TEST(SeasonalProfile, TheHoursAreThoseOfLocalTime) {
  Column utc, local{.ahead = -90 * minute};
  for (int i = 0; i < 42 * 144; ++i) {
    const Time time = monday + i * 10 * minute;
    const Time there = time - 90 * minute;
    const double value = there % day < 12 * hour ? 10 : 80;
    utc.send(value + bell(utc.random), time);
    local.send(value + bell(local.random), time);
  }
  // 13:20 UTC is 11:50 there; the bucket of 13 UTC holds both levels, the local one does not.
  const Time time = monday + 42 * day + 13 * hour + 20 * minute;
  EXPECT_GT(local.score(80, time), 10);
  EXPECT_LT(utc.score(80, time), 5);
}

TEST(SeasonalProfile, AbstainsUntilTheHourWasSeen) {
  Column column;
  for (int week = 0; week < 4; ++week) {
    for (int i = 0; i < 5; ++i) {
      const double score = column.send(bell(column.random), monday + week * 7 * day + i * minute);
      EXPECT_TRUE(std::isnan(score));
    }
  }
  EXPECT_TRUE(std::isnan(column.score(0, monday + 2 * hour)));
}

// 16 readings start the level of all: 9, 4.72 away (see baseline_test). Then one of 15 in a bucket
// nothing is known of: it counts 1 against the prior's 8.
TEST(SeasonalProfile, WhatIsLittleKnownIsDrawnToTheRest) {
  Column column;
  for (int i = 1; i <= 16; ++i) column.send(i, monday);
  column.send(15, monday);
  // The day's bucket: 15 drawn towards the level of all, which has moved; the week's once more.
  const double all = column.state->all.centre();
  EXPECT_NEAR(all, 9 + 6.0 / 17, 1e-12);
  const double of_day = (15 + 8 * all) / 9;
  const double of_week = (15 + 8 * of_day) / 9;
  const Range range = column.algorithm.expected(*column.state, {monday, monday});
  EXPECT_NEAR((range.low + range.high) / 2, of_week, 1e-9);
}

// The usual range of the hour that is asked about, not of the one before.
TEST(SeasonalProfile, ExpectsWhatIsUsualAtThisHour) {
  Column column;
  column.live(42, office);  // the last reading was at night
  const Time noon = monday + 42 * day + 12 * hour;
  const Range at_noon = column.algorithm.expected(*column.state, {noon, noon});
  const Range at_night = column.algorithm.expected(*column.state, {noon, noon - 9 * hour});
  EXPECT_NEAR((at_noon.low + at_noon.high) / 2, 80, 6);  // drawn to Sundays
  EXPECT_NEAR((at_night.low + at_night.high) / 2, 10, 2);
}

TEST(SeasonalProfile, ForgetsByTime) {
  Column column;
  for (int i = 0; i < 200; ++i) column.send(bell(column.random), monday + i * second);
  const double weight = column.state->week[monday_midnight].weight;
  EXPECT_EQ(weight, 200 - 16);
  column.send(0, monday + 28 * day);
  EXPECT_NEAR(column.state->week[monday_midnight].weight, weight / 2 + 1, 1e-9);
}

}  // namespace
}  // namespace retimu
