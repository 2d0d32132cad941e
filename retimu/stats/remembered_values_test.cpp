// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/remembered_values.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retimu {
namespace {

TEST(RememberedValues, TellTheGapToTheNearest) {
  RememberedValues<8, double> seen;
  EXPECT_EQ(seen.gap(5), 0);
  seen.learn(5, 0, 0);
  seen.learn(9, 4, 0);
  EXPECT_EQ(seen.gap(4), 1);
  EXPECT_EQ(seen.gap(6), 1);
  EXPECT_EQ(seen.gap(8.5), 0.5);
  EXPECT_EQ(seen.gap(11), 2);
  EXPECT_EQ(seen.lowest(), 5);
  EXPECT_EQ(seen.highest(), 9);
}

TEST(RememberedValues, LeaveOutWhatIsNear) {
  RememberedValues<8, double> seen;
  seen.learn(5, 0, 0);
  seen.learn(5.5, seen.gap(5.5), 1);
  EXPECT_EQ(seen.size(), 1U);
  seen.learn(6.5, seen.gap(6.5), 0);  // what is near never gets nearer again
  seen.learn(7, seen.gap(7), 0);
  EXPECT_EQ(seen.size(), 2U);
}

// By hand: of 0, 3, 5, 9 and 20 are too many, and 3 goes, whose neighbours 0 and 5 are the nearest
// to each other; nothing nearer than 5 is remembered again.
TEST(RememberedValues, DropTheMostCrowded) {
  RememberedValues<5, double> seen;
  for (const double value : {0.0, 3.0, 5.0, 9.0}) seen.learn(value, 100, 0);
  seen.learn(20, seen.gap(20), 0);
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen.gap(3), 2);
  EXPECT_EQ(seen.gap(5), 0);
  EXPECT_EQ(seen.gap(9), 0);
  seen.learn(13, seen.gap(13), 0);
  EXPECT_EQ(seen.gap(13), 4);
  EXPECT_EQ(seen.size(), 4U);
}

// Whatever comes: sorted, bounded, both extremes, and no gap is larger than it was plus the grain.
TEST(RememberedValues, AreBoundedAndKeepTheExtremes) {
  Random random(1);
  RememberedValues<32, float> seen;
  double low = 1e9, high = -1e9;
  for (int i = 0; i < 20'000; ++i) {
    const double value = random.uniform() * random.uniform() * 1'000 - 300;
    low = std::min(low, value);
    high = std::max(high, value);
    seen.learn(value, seen.gap(value), 0);
    ASSERT_LT(seen.size(), 32U);
    ASSERT_NEAR(seen.lowest(), low, 0.5 + std::fabs(low) / 20);
    ASSERT_NEAR(seen.highest(), high, 0.5 + std::fabs(high) / 20);
  }
  EXPECT_LT(seen.gap(0), 200);
}

// Whatever their number, which is looked through block by block.
TEST(RememberedValues, FindTheNearestOfAll) {
  Random random(1);
  RememberedValues<96, float> seen;
  std::vector<float> all;
  for (int i = 0; i < 95; ++i) {
    const float value = static_cast<float>(random.uniform());
    const double wanted = random.uniform() * 1.2 - 0.1;
    double nearest = all.empty() ? 0 : 2;
    for (const float one : all) nearest = std::min(nearest, std::fabs(double{one} - wanted));
    ASSERT_EQ(seen.gap(wanted), nearest) << i;
    if (seen.size() == 94) break;
    seen.learn(value, all.empty() ? 0 : 1, 0);
    all.push_back(value);
  }
  for (const float one : all) EXPECT_EQ(seen.gap(one), 0);
}

TEST(RememberedValues, ForgetWhatFellIntoAGap) {
  RememberedValues<8, double> seen;
  EXPECT_EQ(seen.gap_around(5).high, std::numeric_limits<double>::infinity());
  for (const double value : {0.0, 10.0}) seen.learn(value, 100, 0);
  const auto inner = seen.gap_around(4), outer = seen.gap_around(30);
  EXPECT_EQ(inner.low, 0);
  EXPECT_EQ(inner.high, 10);
  EXPECT_EQ(outer.low, 10);
  for (const double value : {4.0, 6.0, 30.0, -5.0}) seen.learn(value, 100, 0);
  seen.forget(inner);
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen.gap(5), 5);
  EXPECT_EQ(seen.gap(30), 0);
  seen.forget(outer);
  EXPECT_EQ(seen.gap(30), 20);
  EXPECT_EQ(seen.lowest(), -5);
  seen.learn(40, 30, 0);
  EXPECT_EQ(seen.gap(30), 10);
}

TEST(RememberedValues, OfADamagedStateAreRefused) {
  std::vector<std::byte> bytes;
  RememberedValues<8, double> seen;
  seen.learn(5, 0, 0);
  seen.learn(9, 4, 0);
  StateWriter writer(bytes);
  seen.visit(writer);
  RememberedValues<8, double> twin;
  StateReader reader(bytes);
  twin.visit(reader);
  EXPECT_TRUE(reader.finished());
  EXPECT_EQ(twin.gap(8), 1);
  std::swap_ranges(bytes.begin() + 4, bytes.begin() + 12, bytes.begin() + 12);  // not sorted
  StateReader damaged(bytes);
  twin.visit(damaged);
  EXPECT_TRUE(damaged.failed());
}

}  // namespace
}  // namespace retimu
