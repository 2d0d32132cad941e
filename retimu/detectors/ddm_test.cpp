// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/ddm.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

struct Column {
  Ddm algorithm;
  Ddm::State state{};
  double send(double value) {
    Ddm::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
};

// The paper's loop, of p with its half error.
TEST(Ddm, IsThePapersStatistic) {
  Random random(3);
  Column column{.algorithm = {.stream = {}, .every = 1}};
  double n = 0, errors = 0, p_min = 1, s_min = 1;
  int drifts = 0;
  for (int i = 0; i < 4'000; ++i) {
    const double value = (i < 2'000 ? 1 : 2) * bell(random);
    const bool is_warm = i >= 64;
    const double off = std::fabs(value - column.state.usual.centre());
    const bool errs = off > 2 * column.state.usual.deviation() + 1e-8;
    const double score = column.send(value);
    if (!is_warm) {
      ASSERT_TRUE(std::isnan(score));
      continue;
    }
    n += 1;
    errors += errs ? 1 : 0;
    const double p = (errors + 0.5) / (n + 1), s = std::sqrt(p * (1 - p) / n);
    if (n < 30) continue;
    if (p + s < p_min + s_min) {
      p_min = p;
      s_min = s;
    }
    ASSERT_NEAR(score, (p + s - p_min) / (3 * s_min), 1e-9) << i;
    const bool is_drift = p + s >= p_min + 3 * s_min;
    ASSERT_EQ(score >= 1, is_drift) << i;
    if (!is_drift) continue;
    ++drifts;
    n = errors = 0;
    p_min = s_min = 1;
  }
  EXPECT_GE(drifts, 1);
}

TEST(Ddm, SeesNoiseThatGrows) {
  Random random(4);
  Column column;
  double usual = 0, most = 0;
  for (int i = 0; i < 2'000; ++i) usual = std::max(usual, column.send(bell(random)));
  for (int i = 0; i < 200; ++i) most = std::max(most, column.send(3 * bell(random)));
  EXPECT_LT(usual, 1);
  EXPECT_GE(most, 1);
}

TEST(Ddm, StartsAnewAtADrift) {
  Random random(5);
  Column column;
  for (int i = 0; i < 2'000; ++i) column.send(bell(random));
  for (int i = 0; i < 320 && column.state.counts.foretold > 100; ++i) column.send(9 * bell(random));
  EXPECT_LT(column.state.counts.foretold, 100);
  EXPECT_TRUE(std::isnan(column.send(0)));
}

}  // namespace
}  // namespace retimu
