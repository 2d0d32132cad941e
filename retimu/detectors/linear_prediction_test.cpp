// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/linear_prediction.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace retimu {
namespace {

// One entity with all columns in every row.
class Entity {
 public:
  explicit Entity(std::size_t columns)
      : columns_(columns),
        present_(columns),
        updated_(columns, 0),
        state_(detector_.bytes(columns) / sizeof(double)),
        scratch_(detector_.scratch_bytes(columns) / sizeof(double) + 1) {
    for (std::size_t i = 0; i < columns; ++i) columns_[i] = static_cast<ColumnId>(i);
    std::iota(present_.begin(), present_.end(), 0U);
    detector_.create(state_.data(), columns, 0);
  }
  std::optional<double> send(const std::vector<double>& row, bool teaches = false) {
    Event event;
    event.training = teaches;
    event.payload = Readings{columns_, row};
    const EntityView view{columns_, row, updated_, present_};
    const Scratch scratch = std::as_writable_bytes(std::span(scratch_));
    const std::optional<double> score = detector_.score(state_.data(), {event, view}, scratch);
    reasons.clear();
    if (score) rank = detector_.rank(state_.data(), {event, view}, scratch);
    if (score) detector_.explain(state_.data(), {event, view}, scratch, reasons);
    detector_.learn(state_.data(), {event, view}, scratch);
    return score;
  }
  std::vector<Reason> reasons;  // of the last row, as is what it ranks by
  double rank = 0;

 private:
  LinearPrediction detector_;
  std::vector<ColumnId> columns_;
  std::vector<std::uint32_t> present_;
  std::vector<Time> updated_;
  std::vector<double> state_, scratch_;
};

// tests/data/detectors/linear_prediction.py
TEST(LinearPrediction, IsWhatTheReferenceSays) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/detectors/linear_prediction.txt");
  ASSERT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  std::optional<Entity> entity;
  bool is_trained = false, is_first = true;
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    if (line == "online" || line == "trained") {
      entity.emplace(4);
      is_trained = line == "trained";
      is_first = true;
      continue;
    }
    std::istringstream fields(line);
    std::vector<double> row(4);
    std::string wanted;
    for (double& value : row) fields >> value;
    fields >> wanted;
    const bool teaches = is_trained && wanted == "nan";
    const std::optional<double> score = entity->send(row, teaches);
    if (wanted == "nan") continue;
    ASSERT_TRUE(score);
    // With the first row after the training it turns from that; what it says of it is not yet so.
    if (!is_trained || !std::exchange(is_first, false)) {
      ASSERT_NEAR(entity->rank, std::stod(wanted), 1e-9) << line;
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
  Entity entity(3);
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
  Entity entity(3);
  double level = 0;
  for (int i = 0; i < 1'000; ++i) entity.send(row_of(random, level), true);
  std::optional<double> score;
  for (int i = 0; i < 3'000; ++i) {
    std::vector<double> row = row_of(random, level);
    row[2] += 20;
    score = entity.send(row);
  }
  EXPECT_GT(*score, 1);

  Entity learner(3);
  for (int i = 0; i < 4'000; ++i) {
    std::vector<double> row = row_of(random, level);
    if (i >= 1'000) row[2] += 20;
    score = learner.send(row);
  }
  EXPECT_LT(*score, 0.3);  // after its patience it got used to it
}

TEST(LinearPrediction, AbstainsOfOneColumn) {
  Random random(3);
  Entity entity(1);
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(entity.send({bell(random)}));
}

}  // namespace
}  // namespace retimu
