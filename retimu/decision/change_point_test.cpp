// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/change_point.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace retimu {
namespace {

// The events, from 0, at which a change point is told.
std::vector<int> told(ChangePoint& change, const std::vector<double>& strengths) {
  std::vector<int> at;
  for (std::size_t i = 0; i < strengths.size(); ++i) {
    if (change.learn(strengths[i])) at.push_back(static_cast<int>(i));
  }
  return at;
}

std::vector<double> levels(const std::vector<std::pair<int, double>>& stretches) {
  std::vector<double> strengths;
  for (const auto& [events, strength] : stretches) {
    strengths.insert(strengths.end(), static_cast<std::size_t>(events), strength);
  }
  return strengths;
}

// x leaps from ln 0.1 to ln 0.2, by 0.6931, after 200 events. k events later the mean of 16 has
// left (15/16)^k of that, the mean of all 200 + k, fewer than 256, has left 200 / (200 + k): 0.6931
// (200/216 - 0.3561) = 0.395 after 16, 0.6931 (200/217 - 0.3338) = 0.407 after 17.
TEST(change_point, is_told_where_the_means_are_apart) {
  ChangePoint change;
  EXPECT_EQ(told(change, levels({{200, 0.05}, {200, 0.15}})), std::vector<int>{200 + 16});
}

// What came after the onset is what the return is compared with.
TEST(change_point, onset_and_return_are_told_once_each) {
  ChangePoint change;
  const std::vector<int> at = told(change, levels({{300, 0.05}, {300, 1}, {600, 0.05}}));
  ASSERT_EQ(at.size(), 2U);
  EXPECT_GE(at[0], 300);
  EXPECT_LT(at[0], 306);
  EXPECT_GE(at[1], 600);
  EXPECT_LT(at[1], 606);
}

// Detectors that learn get calmer without anything having changed.
TEST(change_point, a_fall_without_an_onset_is_none) {
  ChangePoint change;
  EXPECT_TRUE(told(change, levels({{200, 20}, {1'000, 1}})).empty());
  EXPECT_EQ(told(change, levels({{200, 20}, {300, 1}, {300, 0.05}})).size(), 2U);
}

// A factor is a factor in any unit, as long as it is large against 0.05.
TEST(change_point, does_not_depend_on_the_unit) {
  ChangePoint decades, other;
  EXPECT_EQ(told(decades, levels({{200, 100}, {200, 300}})),
            told(other, levels({{200, 10'000}, {200, 30'000}})));
}

// 0.405 is ln 1.5: below the least difference when the windows have faded.
TEST(change_point, a_small_rise_is_none) {
  ChangePoint change;
  EXPECT_TRUE(told(change, levels({{300, 0.05}, {2'000, 0.1}})).empty());
}

TEST(change_point, a_spike_is_none) {
  ChangePoint change;
  EXPECT_TRUE(told(change, levels({{300, 1}, {1, 300}, {300, 1}})).empty());
}

TEST(change_point, none_in_the_first_events_nor_soon_after_another) {
  ChangePoint change;
  EXPECT_TRUE(told(change, levels({{10, 1}, {53, 20}})).empty());
  const std::vector<int> at = told(change, levels({{200, 20}, {30, 2'000}, {100, 20}}));
  ASSERT_FALSE(at.empty());
  for (std::size_t i = 1; i < at.size(); ++i) EXPECT_GE(at[i] - at[i - 1], 64);
}

// Exponential evidence, as -log10 p is at rest, in 20 entities of 5,000 events.
TEST(change_point, noise_seldom_has_one_and_a_lasting_change_has) {
  Random random(3);
  std::size_t of_noise = 0, of_change = 0;
  for (int entity = 0; entity < 20; ++entity) {
    ChangePoint change;
    const auto noise = [&](int events, double scale) {
      std::vector<double> strengths;
      for (int i = 0; i < events; ++i) {
        strengths.push_back(-scale * std::log10(1 - random.uniform()));
      }
      return strengths;
    };
    of_noise += told(change, noise(5'000, 1)).size();
    of_change += told(change, noise(100, 8)).empty() ? 0 : 1;
  }
  EXPECT_LE(of_noise, 30U);  // 100,000 events
  EXPECT_GE(of_change, 18U);
}

TEST(change_point, takes_any_number) {
  ChangePoint change;
  for (const double strength : {std::nan(""), -1.0, std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::max(), 0.0}) {
    for (int i = 0; i < 100; ++i) change.learn(strength);
  }
  told(change, levels({{2'000, 1}}));
  EXPECT_FALSE(told(change, levels({{300, 20}})).empty());
}

TEST(change_point, a_restored_state_agrees_for_ever) {
  ChangePoint original, twin;
  Random random(4);
  std::size_t count = 0;
  for (int i = 0; i < 5'000; ++i) {
    const double strength = (i / 300 % 2 == 0 ? 1 : 9) * random.uniform();
    const bool is_told = original.learn(strength);
    ASSERT_EQ(twin.learn(strength), is_told) << i;
    count += is_told ? 1 : 0;
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    original.visit(writer);
    StateReader reader(bytes);
    twin = ChangePoint();
    twin.visit(reader);
    ASSERT_TRUE(reader.finished());
  }
  EXPECT_GE(count, 10U);
}

TEST(change_point, a_state_that_cannot_be_is_refused) {
  ChangePoint change;
  told(change, levels({{300, 1}}));
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  change.visit(writer);
  const auto is_refused = [&](std::size_t place, std::uint8_t value) {
    std::vector<std::byte> spoiled = bytes;
    spoiled[place] = std::byte{value};
    StateReader reader(spoiled);
    ChangePoint twin;
    twin.visit(reader);
    return reader.failed();
  };
  ASSERT_EQ(bytes.size(), 18U);
  EXPECT_FALSE(is_refused(17, 0));
  EXPECT_TRUE(is_refused(17, 1));     // 256 onsets
  EXPECT_TRUE(is_refused(15, 0xff));  // more events since the last change point than ever
  EXPECT_TRUE(is_refused(3, 0x7f));   // a mean of 1e38 or NaN
}

}  // namespace
}  // namespace retimu
