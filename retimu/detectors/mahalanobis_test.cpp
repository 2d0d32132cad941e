// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mahalanobis.hpp"

#include "retimu/detectors/linear_prediction.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
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
        state_(detector_.bytes(columns) / sizeof(double) + 1),
        scratch_(detector_.scratch_bytes(columns) / sizeof(double) + 1) {
    for (std::size_t i = 0; i < columns; ++i) columns_[i] = static_cast<ColumnId>(i);
    std::iota(present_.begin(), present_.end(), 0U);
    detector_.create(state_.data(), columns, 0);
  }
  std::optional<double> send(const std::vector<double>& row, bool teaches = false) {
    Event event;
    event.training = teaches;
    event.payload = Readings{columns_, row};
    const Observation seen{event, {columns_, row, updated_, present_}};
    const Scratch scratch = std::as_writable_bytes(std::span(scratch_));
    const std::optional<double> score = detector_.score(state_.data(), seen, scratch);
    const std::optional<double> other = prediction_.read(state_.data(), seen, scratch);
    EXPECT_EQ(other.has_value(), score.has_value());
    EXPECT_EQ(detector_.read(state_.data(), seen, scratch), score);
    reasons.clear();
    if (score) rank = detector_.rank(state_.data(), seen, scratch);
    if (score) detector_.explain(state_.data(), seen, scratch, reasons);
    detector_.learn(state_.data(), seen, scratch);
    return score;
  }
  std::vector<Reason> reasons;  // of the last row, as is what it ranks by
  double rank = 0;

 private:
  Mahalanobis detector_;
  LinearPrediction prediction_;
  std::vector<ColumnId> columns_;
  std::vector<std::uint32_t> present_;
  std::vector<Time> updated_;
  std::vector<double> state_, scratch_;
};

// tests/data/detectors/linear_prediction.py: the last number of a line.
TEST(Mahalanobis, IsWhatTheReferenceSays) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) +
                     "/tests/data/detectors/linear_prediction.txt");
  ASSERT_TRUE(file) << "set RETIMU_SOURCE_DIR to the root of the repository";
  std::optional<Entity> entity;
  bool is_trained = false, is_first = true;
  double last = 0;
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    if (line == "online" || line == "trained") {
      entity.emplace(4);
      is_trained = line == "trained";
      is_first = true;
      last = 0;
      continue;
    }
    std::istringstream fields(line);
    std::vector<double> row(4);
    std::string ignored, wanted;
    for (double& value : row) fields >> value;
    fields >> ignored >> wanted;
    const bool teaches = is_trained && wanted == "nan";
    const std::optional<double> score = entity->send(row, teaches);
    if (wanted == "nan") continue;
    ASSERT_TRUE(score);
    const double now = std::stod(wanted);
    // With the first row after the training it turns from that; what it says of it is not yet so.
    if (!is_trained || !std::exchange(is_first, false)) {
      ASSERT_NEAR(entity->rank, now, 1e-9) << line;
      ASSERT_NEAR(*score, (now - 0.9 * last) / 0.1, 1e-8) << line;
    }
    last = now;
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
