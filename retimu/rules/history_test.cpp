// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/history.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retimu {
namespace {

TEST(Track, KeepsTheLastTwoValuesAndSinceWhenItHasTheLast) {
  Track track;
  track.take(5, 10);
  EXPECT_EQ(track.time_before, time_none);
  EXPECT_EQ(track.changed, 10);
  track.take(5, 20);
  EXPECT_EQ(track.changed, 10);
  EXPECT_EQ(track.before, 5);
  EXPECT_EQ(track.time_before, 10);
  track.take(6, 30);
  EXPECT_EQ(track.changed, 30);
  EXPECT_EQ(track.before, 5);
  EXPECT_EQ(track.time_before, 20);
  EXPECT_EQ(track.value, 6);
  EXPECT_EQ(track.time, 30);
}

struct Reading {
  Time time;
  double value;
};

struct Expected {
  double mean = 0, min = 0, max = 0;
};

// Readings in (newest - length, newest], one by one.
Expected expected_of(const std::vector<Reading>& readings, Duration length) {
  Expected result{0, INFINITY, -INFINITY};
  double count = 0;
  for (const Reading& reading : readings) {
    if (reading.time <= readings.back().time - length) continue;
    result.mean += reading.value;
    result.min = std::min(result.min, reading.value);
    result.max = std::max(result.max, reading.value);
    ++count;
  }
  result.mean /= count;
  return result;
}

TEST(RuleWindow, IsExactForReadingsThatAreNotTooFast) {
  Random random(7);
  for (const Duration length : {second, 10 * second, minute, 100 * hour}) {
    RuleWindow window;
    std::vector<Reading> readings;
    Time time = 0;
    EXPECT_TRUE(std::isnan(window.mean()));
    EXPECT_TRUE(std::isnan(window.min()));
    for (int i = 0; i < 500; ++i) {
      const double step = static_cast<double>(length) * (1.0 / 32 + 0.2 * random.uniform());
      time += static_cast<Duration>(std::ceil(step));
      readings.push_back({time, std::floor(random.uniform() * 1'000)});  // sums are exact
      window.take(readings.back().value, time, length);
      const Expected expected = expected_of(readings, length);
      EXPECT_EQ(window.mean(), expected.mean);
      EXPECT_EQ(window.min(), expected.min);
      EXPECT_EQ(window.max(), expected.max);
    }
  }
}

// Of faster readings, older ones by at most length / 32 count, too.
TEST(RuleWindow, IsNearlyExactForFasterOnes) {
  RuleWindow window;
  std::vector<Reading> readings;
  const Duration length = 32 * second;
  for (int i = 0; i < 3'000; ++i) {
    readings.push_back({i * 37 * millisecond, static_cast<double>(i)});
    window.take(readings.back().value, readings.back().time, length);
    const Expected inner = expected_of(readings, length);
    const Expected outer = expected_of(readings, length + second);
    EXPECT_LE(window.min(), inner.min);
    EXPECT_GE(window.min(), outer.min);
    EXPECT_LE(window.mean(), inner.mean);
    EXPECT_GE(window.mean(), outer.mean);
    EXPECT_EQ(window.max(), inner.max);
  }
}

TEST(RuleWindow, ReadingsOfOneTimeAndLongPauses) {
  RuleWindow window;
  for (int i = 0; i < 10'000; ++i) window.take(i % 2, 5, second);
  EXPECT_EQ(window.mean(), 0.5);
  window.take(7, 5 + second, second);  // the first second has left, to the nanosecond
  EXPECT_EQ(window.mean(), 7);
  window.take(9, 4 + 2 * second, second);
  EXPECT_EQ(window.mean(), 8);
  window.take(3, INT64_MAX, second);
  EXPECT_EQ(window.mean(), 3);
  window.take(4, INT64_MAX, 1);
  EXPECT_EQ(window.max(), 4);
}

}  // namespace
}  // namespace retimu
