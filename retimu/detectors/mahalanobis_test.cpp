// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mahalanobis.hpp"

#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/detectors/linear_reference_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace retimu {
namespace {

// The distance, and beside it linear_prediction, which reads the same state.
class Entity : public TestEntity {
 public:
  explicit Entity(std::size_t columns) : TestEntity(distance, columns) {
    reader = &prediction;
    explains = true;
  }

 private:
  static const Mahalanobis distance;
  static const LinearPrediction prediction;
};
const Mahalanobis Entity::distance;
const LinearPrediction Entity::prediction;

// The last number of a line.
TEST(Mahalanobis, IsWhatTheReferenceSays) {
  std::optional<Entity> entity;
  double last = 0;
  std::size_t compared = 0;
  for (const LinearReferenceRow& one : linear_reference_rows()) {
    if (one.is_first) {
      entity.emplace(4);
      last = 0;
    }
    entity->is_training = one.is_training;
    const std::optional<double> score = entity->send(one.row);
    ASSERT_EQ(score.has_value(), entity->read.has_value());
    if (std::isnan(one.distance)) continue;
    ASSERT_TRUE(score);
    if (one.is_compared) {
      ASSERT_NEAR(entity->rank, one.distance, 1e-9) << compared;
      ASSERT_NEAR(*score, (one.distance - 0.9 * last) / 0.1, 1e-8) << compared;
    }
    last = one.distance;
    ++compared;
  }
  EXPECT_EQ(compared, 1'000U - 128U + 300U);
}

// Rows at the corners of a square, turned: by hand, both columns have mean 5 and variance 1, and
// their correlation is 0.6. Shrunk by a hundredth it is 0.594 beside 1, and the row one deviation
// up in one column and one down in the other has T^2 = 2 / (1 - 0.594).
TEST(Mahalanobis, IsTheDistanceByHand) {
  Entity entity(2);
  const double a = std::sqrt(0.8), b = std::sqrt(0.2);
  const std::vector<double> corners[] = {{5 + a + b, 5 + a - b},
                                         {5 + a - b, 5 + a + b},
                                         {5 - a + b, 5 - a - b},
                                         {5 - a - b, 5 - a + b}};
  for (int i = 0; i < 128; ++i) EXPECT_FALSE(entity.send(corners[i % 4]));
  const std::optional<double> score = entity.send({6, 4});
  ASSERT_TRUE(score);
  EXPECT_NEAR(*score, std::log(1 + 2 / (1 - 0.594) / 2 / 10), 1e-9);
  // What one column foretells of the other is 0.594 of its deviation; both stand out alike.
  ASSERT_EQ(entity.reasons.size(), 2U);
  const double deviation = std::sqrt(1 - 0.594 * 0.594);
  EXPECT_NEAR(entity.reasons[0].weight, entity.reasons[1].weight, 1e-9);
  for (const Reason& reason : entity.reasons) {
    const double foretold = reason.column == ColumnId{0} ? 5 - 0.594 : 5 + 0.594;
    EXPECT_NEAR(reason.expected_low, foretold - 3 * deviation, 1e-9);
    EXPECT_NEAR(reason.expected_high, foretold + 3 * deviation, 1e-9);
    EXPECT_NEAR(reason.weight, std::pow(1.594 / deviation, 2), 1e-9);
  }
}

TEST(Mahalanobis, NamesTheColumnThatParts) {
  for (const std::size_t columns : {3U, 96U}) {  // one block, and three
    Random random(4);
    Entity entity(columns);
    std::vector<double> row(columns);
    const auto next = [&] {
      double level = 0;
      for (std::size_t j = 0; j < columns; ++j) {
        if (j % 3 == 0) level = bell(random);
        row[j] = 10 + level + 0.1 * bell(random);
      }
    };
    double usual = 0;
    for (int i = 0; i < 2'000; ++i) {
      next();
      const double score = entity.send(row).value_or(0);
      if (i > 1'000) usual = std::max(usual, score);
    }
    next();
    row[0] = row[2] = 10;
    row[1] = 12;  // usual by itself, but not beside the others
    EXPECT_GT(*entity.send(row), 1.5 * usual) << columns;
    ASSERT_FALSE(entity.reasons.empty());
    EXPECT_EQ(entity.reasons[0].column, ColumnId{1});
    EXPECT_LT(entity.reasons[0].expected_high, 12);
  }
}

}  // namespace
}  // namespace retimu
