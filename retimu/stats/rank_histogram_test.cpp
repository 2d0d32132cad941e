// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/rank_histogram.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

template <std::size_t per_decade>
void expect_bins() {
  using Histogram = RankHistogram<double, per_decade>;
  EXPECT_EQ(Histogram::bins, 7 * per_decade + 1);
  EXPECT_EQ(Histogram::bin_of(0), 0U);
  EXPECT_EQ(Histogram::bin_of(1e-3), 0U);
  EXPECT_EQ(Histogram::bin_of(1.01e-3), 1U);
  EXPECT_EQ(Histogram::bin_of(1.0), 3 * per_decade + 1);
  EXPECT_EQ(Histogram::bin_of(1e4), 7 * per_decade);
  EXPECT_EQ(Histogram::bin_of(1e300), 7 * per_decade);
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const double size = std::pow(10, 8 * random.uniform() - 3.5);
    const double place = static_cast<double>(per_decade) * std::log10(size / 1e-3);
    const std::size_t wanted =
        place <= 0 ? 0 : std::min(7 * per_decade, 1 + static_cast<std::size_t>(place));
    ASSERT_EQ(Histogram::bin_of(size), wanted) << size;
  }
}

TEST(RankHistogram, BinsAreEightOrSixteenADecade) {
  expect_bins<8>();
  expect_bins<16>();
}

// By hand: of 300 sizes of 0.01, 200 of 0.1 and 300 of 1, which are too many for a tail.
TEST(RankHistogram, TellsTheShareOfWhatItSaw) {
  RankHistogram<std::uint16_t> ranks;
  for (int i = 0; i < 300; ++i) {
    ranks.learn(ranks.bin_of(0.01));
    ranks.learn(ranks.bin_of(1.0));
    if (i < 200) ranks.learn(ranks.bin_of(0.1));
  }
  EXPECT_NEAR(ranks.evidence(0.1, ranks.bin_of(0.1), 1), std::log10(801 / 400.5), 1e-12);
  EXPECT_NEAR(ranks.evidence(0, 0, 5), std::log10(5 * 801 / 800.5), 1e-12);
  EXPECT_NEAR(ranks.evidence(1, ranks.bin_of(1), 1), std::log10(801 / 150.5), 1e-12);
}

// Of exponential sizes the share above x is exp(-x), also where none was seen.
TEST(RankHistogram, TellsTheShareAlsoBeyondWhatItSaw) {
  Random random(2);
  RankHistogram<std::uint16_t> ranks;
  for (int i = 0; i < 15'000; ++i) ranks.learn(ranks.bin_of(-std::log1p(-random.uniform())));
  for (const double size : {0.3, 1.0, 2.0, 4.0, 12.0, 20.0}) {
    EXPECT_NEAR(ranks.evidence(size, ranks.bin_of(size), 1), size / std::log(10.0), 0.15 * size)
        << size;
  }
}

TEST(RankHistogram, RisesWithTheSizeAndIsBounded) {
  Random random(3);
  RankHistogram<std::uint16_t> ranks;
  for (int i = 0; i < 2'000; ++i) ranks.learn(ranks.bin_of(random.uniform()));
  double before = 0;
  for (double size = 0.001; size < 1e5; size *= 1.3) {
    const double now = ranks.evidence(size, ranks.bin_of(size), 1);
    EXPECT_GE(now, before - 0.05) << size;
    EXPECT_LE(now, 30.001);
    before = now;
  }
}

// The sums that are moved on are those that a restored twin adds up.
TEST(RankHistogram, ARestoredTwinAgrees) {
  Random random(4);
  RankHistogram<std::uint16_t> ranks;
  for (int i = 0; i < 45'000; ++i) {  // halved twice
    const std::size_t bin = ranks.bin_of(random.uniform() / (0.01 + random.uniform()));
    ranks.learn(bin);
    if (i % 500 != 0) continue;
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    ranks.visit(writer);
    RankHistogram<std::uint16_t> twin;
    StateReader reader(bytes);
    twin.visit(reader);
    ASSERT_TRUE(reader.finished());
    for (const double size : {0.01, 0.5, 3.0, 60.0, 2'000.0}) {
      ASSERT_EQ(twin.evidence(size, twin.bin_of(size), 7),
                ranks.evidence(size, ranks.bin_of(size), 7))
          << i;
    }
  }
}

}  // namespace
}  // namespace retimu
