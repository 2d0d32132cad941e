// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"

#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/linear_reference_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace retimu {
namespace {

const LinearPrediction detector;

TEST(LinearPrediction, IsWhatTheReferenceSays) {
  std::optional<TestEntity> entity;
  std::size_t compared = 0;
  for (const LinearReferenceRow& one : linear_reference_rows()) {
    if (one.is_first) entity.emplace(detector, 4);
    entity->is_training = one.is_training;
    const std::optional<double> score = entity->send(one.row);
    if (std::isnan(one.prediction)) continue;
    ASSERT_TRUE(score);
    if (one.is_compared) {
      ASSERT_NEAR(entity->rank, one.prediction, 1e-9) << compared;
    }
    ++compared;
  }
  EXPECT_EQ(compared, 1'000U - 128U + 300U);
}

std::vector<double> row_of(Random& random, double& level) {
  level = 0.9 * level + bell(random);
  return {50 + level, 8 + 0.5 * level + 0.05 * bell(random), 3 * bell(random)};
}

TEST(LinearPrediction, SeesColumnsPartAndNamesThem) {
  Random random(1);
  TestEntity entity(detector, 3);
  entity.explains = true;
  double level = 0, usual = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::optional<double> score = entity.send(row_of(random, level));
    EXPECT_EQ(score.has_value(), i >= 128) << i;
    if (i > 1'000) usual = std::max(usual, *score);
  }
  std::optional<double> score;
  for (int i = 0; i < 5; ++i) {
    std::vector<double> row = row_of(random, level);
    row[1] += 1.5;  // within its range
    score = entity.send(row);
  }
  EXPECT_GT(*score, 1.5 * usual);
  ASSERT_FALSE(entity.reasons.empty());
  EXPECT_EQ(entity.reasons[0].column, ColumnId{1});
}

TEST(LinearPrediction, TrainedStaysAsItIs) {
  Random random(2);
  TestEntity entity(detector, 3);
  double level = 0;
  entity.is_training = true;
  for (int i = 0; i < 1'000; ++i) entity.send(row_of(random, level));
  entity.is_training = false;
  std::optional<double> score;
  for (int i = 0; i < 3'000; ++i) {
    std::vector<double> row = row_of(random, level);
    row[2] += 20;
    score = entity.send(row);
  }
  EXPECT_GT(*score, 1);

  TestEntity learner(detector, 3);
  for (int i = 0; i < 4'000; ++i) {
    std::vector<double> row = row_of(random, level);
    if (i >= 1'000) row[2] += 20;
    score = learner.send(row);
  }
  EXPECT_LT(*score, 0.3);  // after its patience it got used to it
}

TEST(LinearPrediction, AbstainsOfOneColumn) {
  Random random(3);
  TestEntity entity(detector, 1);
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(entity.send({bell(random)}));
}

}  // namespace
}  // namespace retimu
