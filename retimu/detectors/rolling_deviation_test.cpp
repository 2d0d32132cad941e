// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rolling_deviation.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Deviation = RollingDeviation<128>;

double feed(const Deviation& deviation, Deviation::State& state, double value) {
  Deviation::Work work;
  const double score = deviation.score(state, value, work);
  deviation.learn(state, value, work);
  return score;
}

class RollingDeviationTest : public testing::TestWithParam<bool> {
 protected:
  // The highest score of the last 1,000 of 3,000 readings of noise.
  double warm_up() {
    double most = 0;
    for (int i = 0; i < 3'000; ++i) {
      const double score = feed(deviation_, state_, 50 + bell(random_));
      if (i >= 2'000) most = std::max(most, score);
    }
    return most;
  }
  Deviation deviation_{.window = 128, .robust = GetParam()};
  Deviation::State state_;
  Random random_{11};
};

TEST_P(RollingDeviationTest, AbstainsForThirtyTwoReadings) {
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(std::isnan(feed(deviation_, state_, bell(random_))));
  EXPECT_FALSE(std::isnan(feed(deviation_, state_, bell(random_))));
}

TEST_P(RollingDeviationTest, SeesAReadingFarFromItsWindow) {
  const double usual = warm_up();
  Deviation::Work work;
  EXPECT_GT(deviation_.score(state_, 58, work), 1.3 * usual);
  const Range range = deviation_.expected(state_);
  EXPECT_NEAR(range.low, 47, 1);
  EXPECT_NEAR(range.high, 53, 1);
}

TEST_P(RollingDeviationTest, SeesVariabilityThatRises) {
  const double usual = warm_up();
  double burst = 0;
  for (int i = 0; i < 40; ++i) {
    burst = std::max(burst, feed(deviation_, state_, 50 + 4 * bell(random_)));
  }
  EXPECT_GT(burst, 1.3 * usual);
}

TEST_P(RollingDeviationTest, SeesAColumnThatSticks) {
  const double usual = warm_up();
  double stuck = 0;
  for (int i = 0; i < 32; ++i) stuck = std::max(stuck, feed(deviation_, state_, 50));
  EXPECT_GT(stuck, usual);
}

TEST_P(RollingDeviationTest, AConstantColumnThatChangesStandsOut) {
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(feed(deviation_, state_, 7) > 0);
  Deviation::Work work;
  EXPECT_GT(deviation_.score(state_, 7.5, work), 100);
}

INSTANTIATE_TEST_SUITE_P(, RollingDeviationTest, testing::Bool(),
                         [](const auto& robust) { return robust.param ? "robust" : "plain"; });

}  // namespace
}  // namespace retimu
