// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/latency.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(Latency, QuantilesLieWithinABinOfTheTruth) {
  Latency latency;
  EXPECT_EQ(latency.quantile(0.5), 0);
  for (std::int64_t microseconds = 1; microseconds <= 1'000; ++microseconds) {
    latency.add(microseconds * 1'000, 2);
  }
  EXPECT_EQ(latency.count(), 2'000U);
  for (const double share : {0.1, 0.5, 0.9, 0.99}) {
    const double truth = share * 1e6;
    EXPECT_GE(static_cast<double>(latency.quantile(share)), truth * 0.999) << share;
    EXPECT_LE(static_cast<double>(latency.quantile(share)), truth * 1.13 + 1'024) << share;
  }
}

TEST(Latency, TakesWhatIsBeyondItsRange) {
  Latency latency;
  latency.add(0, 1);
  latency.add(-5, 1);
  latency.add(INT64_MAX, 1);
  EXPECT_EQ(latency.count(), 3U);
  EXPECT_LE(latency.quantile(0), 1'200);
  EXPECT_GT(latency.quantile(0.99), 30'000'000'000);
}

}  // namespace
}  // namespace retimu
