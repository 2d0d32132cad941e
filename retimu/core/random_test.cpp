// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <array>

namespace retimu {
namespace {

// The published outputs of SplitMix64 for the seed 1234567.
TEST(RandomNumbers, AreSplitMix64) {
  Random random(1'234'567);
  for (const std::uint64_t expected :
       {6'457'827'717'110'365'317ULL, 3'203'168'211'198'807'973ULL, 9'817'491'932'198'370'423ULL,
        4'593'380'528'125'082'431ULL, 16'408'922'859'458'223'821ULL}) {
    EXPECT_EQ(random.next(), expected);
  }
}

TEST(RandomNumbers, GoOnFromTheirState) {
  Random random(9);
  random.next();
  Random twin(0);
  twin.state() = random.state();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(twin.next(), random.next());
}

TEST(RandomNumbers, AreUniformWithinTheirBounds) {
  Random random(1);
  std::array<int, 7> counts{};
  double sum = 0;
  constexpr int draws = 70'000;
  for (int i = 0; i < draws; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
    ++counts.at(random.below(7));
  }
  EXPECT_NEAR(sum / draws, 0.5, 0.006);  // more than five standard deviations
  for (const int count : counts) EXPECT_NEAR(count, draws / 7, 500);
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace retimu
