// SPDX-License-Identifier: Apache-2.0
// Rows of more columns than one model takes.
#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace retimu {
namespace {

constexpr std::size_t columns = 96, groups = 3;

// Column j follows cause j % 3, at another scale and level.
class Plant {
 public:
  explicit Plant(std::uint64_t seed) : random_(seed), causes_(groups, 0.0) {}
  std::vector<double> row() {
    for (double& cause : causes_) cause = 0.8 * cause + bell(random_);
    std::vector<double> row;
    for (std::size_t j = 0; j < columns; ++j) {
      const auto place = static_cast<double>(j);
      row.push_back(10 * place + (1 + place) * (causes_[j % groups] + 0.1 * bell(random_)));
    }
    return row;
  }

 private:
  Random random_;
  std::vector<double> causes_;
};

std::vector<double> of_group(const std::vector<double>& row, std::size_t group) {
  std::vector<double> part;
  for (std::size_t j = group; j < row.size(); j += groups) part.push_back(row[j]);
  return part;
}

void expect_the_blocks_own_scores(bool has_training) {
  const LinearPrediction detector;
  TestEntity whole(detector, columns);
  std::vector<std::unique_ptr<TestEntity>> parts;
  for (std::size_t i = 0; i < groups; ++i) {
    parts.push_back(std::make_unique<TestEntity>(detector, columns / groups));
  }
  Plant plant(1);
  std::size_t spoken = 0;
  for (int i = 0; i < 900; ++i) {
    std::vector<double> row = plant.row();
    if (i > 700) row[4] = row[9];
    whole.is_training = has_training && i < 400;
    double sum = 0, most = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      parts[group]->is_training = whole.is_training;
      const double one = parts[group]->send(of_group(row, group)).value_or(0);
      sum += one;
      most = std::max(most, one);
    }
    const std::optional<double> score = whole.send(row);
    ASSERT_EQ(score.has_value(), i >= 128) << i;
    if (!score) continue;
    ASSERT_NEAR(*score, (sum / groups + most) / 2, 1e-9) << i;
    ++spoken;
  }
  EXPECT_EQ(spoken, 900U - 128U);
}

TEST(LinearPredictionWide, IsTheMeanAndTheLargestOfWhatABlockSaysByItself) {
  expect_the_blocks_own_scores(false);
  expect_the_blocks_own_scores(true);
}

TEST(LinearPredictionWide, SeesAColumnLeaveItsBlockAndNamesIt) {
  const LinearPrediction detector;
  TestEntity entity(detector, columns);
  Plant plant(2);
  double usual = 0;
  for (int i = 0; i < 1'500; ++i) {
    const double score = entity.send(plant.row()).value_or(0);
    if (i > 750) usual = std::max(usual, score);
  }
  double most = 0;
  for (int i = 0; i < 10; ++i) {
    std::vector<double> row = plant.row();
    row[50] = i % 2 == 0 ? 300 : 700;  // within its range
    most = std::max(most, *entity.send(row));
  }
  std::vector<double> row = plant.row();
  row[50] = 300;
  entity.send(row, false);
  EXPECT_GT(most, 1.5 * usual);
  ASSERT_EQ(entity.reasons.size(), 8U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{50});
}

std::vector<std::byte> save(const Detector& detector, void* state) {
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  detector.visit(state, columns, writer);
  return bytes;
}

TEST(LinearPredictionWide, ARestoredTwinAgreesForEver) {
  const LinearPrediction detector;
  TestEntity whole(detector, columns), restored(detector, columns);
  Plant plant(4);
  for (int i = 0; i < 400; ++i) {
    if (i % 41 == 0 || i == 127 || i == 128) {
      const std::vector<std::byte> saved = save(detector, restored.state());
      detector.create(restored.state(), columns, 0);
      StateReader reader(saved);
      detector.visit(restored.state(), columns, reader);
      ASSERT_TRUE(reader.finished()) << i;
    }
    const std::vector<double> row = plant.row();
    ASSERT_EQ(whole.send(row), restored.send(row)) << i;
  }
}

TEST(LinearPredictionWide, RefusesAnOrderThatIsNone) {
  const LinearPrediction detector;
  TestEntity entity(detector, columns);
  Plant plant(6);
  for (int i = 0; i < 200; ++i) entity.send(plant.row());
  std::vector<std::byte> bytes = save(detector, entity.state());
  const std::size_t end = bytes.size() - sizeof(double);  // of the order
  bytes[end - 2] = bytes[end - 4];                        // its last two become one
  bytes[end - 1] = bytes[end - 3];
  StateReader reader(bytes);
  detector.visit(entity.state(), columns, reader);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(entity.send(plant.row()), std::nullopt) << "it starts anew";
}

TEST(LinearPredictionWide, TakesAStateFromBeforeTheDistanceWasSmoothed) {
  const LinearPrediction detector;
  TestEntity entity(detector, columns), other(detector, columns);
  Plant plant(6), same(6);
  for (int i = 0; i < 200; ++i) entity.send(plant.row());
  for (int i = 0; i < 200; ++i) same.row();
  std::vector<std::byte> bytes = save(detector, entity.state());
  bytes[0] = std::byte{2};  // its version
  bytes.resize(bytes.size() - sizeof(double));
  StateReader reader(bytes);
  detector.visit(other.state(), columns, reader);
  EXPECT_TRUE(reader.finished());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(entity.send(plant.row()), other.send(same.row()));
}

TEST(LinearPredictionWide, TakesAThousandColumnsInMemoryThatGrowsWithThem) {
  const LinearPrediction detector;
  const std::size_t a_block = detector.bytes(32) - sizeof(double) + 32 * sizeof(std::uint16_t);
  EXPECT_EQ(detector.bytes(1'024), 32 * a_block + sizeof(double));
  EXPECT_LT(detector.bytes(1'024), 5'000'000U);
  TestEntity entity(detector, 1'024);
  Random random(7);
  std::vector<double> row(1'024);
  for (int i = 0; i < 140; ++i) {
    for (double& value : row) value = bell(random);
    EXPECT_EQ(entity.send(row).has_value(), i >= 128) << i;
  }
  TestEntity beyond(detector, 1'025);
  row.push_back(0);
  for (int i = 0; i < 140; ++i) EXPECT_FALSE(beyond.send(row));
}

}  // namespace
}  // namespace retimu
