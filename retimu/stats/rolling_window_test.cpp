// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/rolling_window.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace retimu {
namespace {

constexpr std::size_t capacity = 64;

// The same by sorting a copy each time.
double sorted_at(std::vector<double> values, std::size_t rank) {
  std::ranges::sort(values);
  return values[rank];
}

TEST(RollingWindow, AgreesWithSorting) {
  for (const std::size_t length : {2UL, 3UL, 17UL, 64UL}) {
    RollingWindow<capacity> window;
    std::deque<double> kept;
    Random random(length);
    for (int i = 0; i < 2'000; ++i) {
      const double value = static_cast<double>(random.below(20)) - 5;  // with ties
      window.push(value, length);
      kept.push_back(value);
      if (kept.size() > length) kept.pop_front();
      const std::vector<double> values(kept.begin(), kept.end());
      const std::size_t middle = (values.size() - 1) / 2;
      ASSERT_EQ(window.size(), values.size());
      const double median = sorted_at(values, middle);
      ASSERT_EQ(window.median(), median);
      std::vector<double> away;
      double sum = 0, strayed = 0, steps = 0;
      for (std::size_t j = 0; j < values.size(); ++j) {
        away.push_back(std::abs(values[j] - median));
        sum += values[j];
        strayed += std::abs(values[j] - 3);
        if (j > 0) steps += std::min(std::abs(values[j] - values[j - 1]), 5.0);
      }
      ASSERT_EQ(window.median_deviation(), sorted_at(away, middle)) << "reading " << i;
      ASSERT_NEAR(window.mean(), sum / static_cast<double>(values.size()), 1e-9);
      ASSERT_NEAR(window.mean_deviation(3), strayed / static_cast<double>(values.size()), 1e-9);
      const double steps_made = std::max(static_cast<double>(values.size()) - 1, 1.0);
      ASSERT_NEAR(window.mean_step(5, length), steps / steps_made, 1e-9);
      ASSERT_EQ(window.newest(0, length), value);
    }
  }
}

TEST(RollingWindow, HoldsTheLargestDoubles) {
  RollingWindow<capacity> window;
  for (int i = 0; i < 100; ++i) window.push(i % 2 == 0 ? 1.7e308 : -1.7e308, 64);
  EXPECT_TRUE(std::isfinite(window.mean()));
  EXPECT_TRUE(std::isfinite(window.mean_deviation(0)));
  EXPECT_TRUE(std::isfinite(window.median_deviation()));
}

TEST(RollingWindow, ARestoredOneGoesOnAlike) {
  RollingWindow<capacity> window, twin;
  Random random(8);
  for (int i = 0; i < 300; ++i) {
    window.push(random.uniform(), 40);
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    window.visit(writer, 40);
    StateReader reader(bytes);
    twin.visit(reader, 40);
    ASSERT_TRUE(reader.finished());
    ASSERT_EQ(twin.median(), window.median());
    ASSERT_EQ(twin.median_deviation(), window.median_deviation());
    ASSERT_EQ(twin.mean(), window.mean());
  }
}

}  // namespace
}  // namespace retimu
