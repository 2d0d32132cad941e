// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/eddm.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retimu {
namespace {

struct Column {
  Eddm algorithm;
  Eddm::State state{};
  double send(double value) {
    Eddm::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
};

// Mean and deviation of the distances from all of them, each time.
TEST(Eddm, IsThePapersStatistic) {
  Random random(3);
  Column column{.algorithm = {.stream = {.tolerance = 1.5}, .every = 1}};
  std::vector<double> distances;
  int last_error = -1, drifts = 0, compared = 0;
  double largest = 0;
  for (int i = 0; i < 4'000; ++i) {
    const double value = (i < 2'000 ? 1 : 2) * bell(random);
    const double off = std::fabs(value - column.state.usual.centre());
    const bool errs = off > 1.5 * column.state.usual.deviation() + 1e-8;
    const double score = column.send(value);
    if (i < 64) continue;
    if (errs) {
      if (last_error >= 0) distances.push_back(i - last_error);
      last_error = i;
    }
    if (distances.size() < 30) {
      ASSERT_TRUE(std::isnan(score)) << i;
      continue;
    }
    const auto count = static_cast<double>(distances.size());
    double mean = 0, variance = 0;
    for (const double one : distances) mean += one / count;
    for (const double one : distances) variance += (one - mean) * (one - mean) / count;
    const double reach = mean + 2 * std::sqrt(variance);
    largest = std::max(largest, reach);
    ASSERT_NEAR(score, (1 - reach / largest) / 0.1, 1e-9) << i;
    ++compared;
    if (reach / largest > 0.9) continue;
    ++drifts;
    distances.clear();
    last_error = -1;
    largest = 0;
  }
  EXPECT_GE(drifts, 1);
  EXPECT_GT(compared, 500);
}

TEST(Eddm, SeesErrorsThatComeFaster) {
  Random random(4);
  Column column;
  double usual = -10, most = -10;
  const auto send = [&](std::uint64_t period) {
    return column.send((random.below(period) == 0 ? 30 : 0) + random.uniform());
  };
  for (int i = 0; i < 2'000; ++i) usual = std::max(usual, send(20));
  for (int i = 0; i < 400; ++i) most = std::max(most, send(4));
  EXPECT_LT(usual, 1);
  EXPECT_GE(most, 1);
}

}  // namespace
}  // namespace retimu
