// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/decision/fusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace retimu {
namespace {

std::vector<Opinion> opinions_of(const std::vector<double>& log10_p, double samples = 1'000) {
  std::vector<Opinion> opinions;
  for (const double value : log10_p) {
    opinions.push_back({static_cast<std::uint16_t>(opinions.size()), {value, samples}});
  }
  return opinions;
}

TEST(fusion, of_one_opinion_is_that_opinion) {
  for (const double log10_p : {0.0, -0.3, -7.0, -300.0, -5'000.0}) {
    EXPECT_NEAR(fuse(opinions_of({log10_p})), log10_p, 1e-12);
  }
  EXPECT_EQ(fuse({}), 0);
}

TEST(fusion, a_p_near_one_takes_no_more_than_its_weight) {
  EXPECT_NEAR(fuse(opinions_of({-12, 0})), -12 + std::log10(2.0), 1e-9);
  EXPECT_NEAR(fuse(opinions_of({0, 0, 0, -9, 0})), -9 + std::log10(5.0), 1e-8);
  EXPECT_NEAR(fuse(opinions_of({-6, -6, -6})), -6, 1e-12);
}

TEST(fusion, nothing_underflows) {
  EXPECT_NEAR(fuse(opinions_of({-300, 0})), -300 + std::log10(2.0), 1e-9);
  EXPECT_NEAR(fuse(opinions_of({-5'000, -4'999, 0})), -5'000 + std::log10(3 / 1.1), 1e-9);
}

TEST(fusion, weights_fade_with_few_samples) {
  std::vector<Opinion> opinions = opinions_of({-6, 0});
  double last = fuse(opinions);
  for (const double samples : {300.0, 50.0, 10.0, 0.0}) {
    opinions[0].rating.samples = samples;
    const double now = fuse(opinions);
    EXPECT_GT(now, last);
    last = now;
  }
  EXPECT_NEAR(last, -6 + std::log10(1 + 1'001.0 / 1'051 * 51), 1e-4);
}

TEST(fusion, falls_with_every_opinion_and_does_not_depend_on_their_order) {
  Random random(1);
  for (int trial = 0; trial < 2'000; ++trial) {
    std::vector<Opinion> opinions;
    const std::size_t count = 1 + random.below(8);
    for (std::size_t i = 0; i < count; ++i) {
      const double log10_p = std::log10(1 - random.uniform()) * (i % 3 == 0 ? 10 : 1);
      opinions.push_back({static_cast<std::uint16_t>(i), {log10_p, 2'000 * random.uniform()}});
    }
    const double fused = fuse(opinions);
    ASSERT_TRUE(std::isfinite(fused));
    ASSERT_LE(fused, 0);
    std::vector<Opinion> shuffled = opinions;
    for (std::size_t i = count; i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.below(i)]);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(fuse(shuffled)), std::bit_cast<std::uint64_t>(fused));
    ASSERT_EQ(lead(shuffled).detector, lead(opinions).detector);

    const std::size_t changed = random.below(count);
    opinions[changed].rating.log10_p -= 2 * random.uniform();
    ASSERT_LE(fuse(opinions), fused + 1e-14);
    opinions[changed].rating.log10_p -= 20;
    ASSERT_LT(fuse(opinions), fused);
  }
}

TEST(fusion, the_smallest_p_leads_and_the_first_of_equal_ones) {
  EXPECT_EQ(lead(opinions_of({-1, -3, -2})).detector, 1);
  EXPECT_EQ(lead(opinions_of({-1, -3, -3})).detector, 1);
  std::vector<Opinion> opinions = opinions_of({-3, -3});
  std::swap(opinions[0], opinions[1]);
  EXPECT_EQ(lead(opinions).detector, 0);
}

}  // namespace
}  // namespace retimu
