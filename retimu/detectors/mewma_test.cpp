// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/mewma.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace retimu {
namespace {

// One entity with all columns in every row.
class Entity {
 public:
  Entity(std::size_t columns, const Mewma::Options& options)
      : detector_(options),
        columns_(columns),
        updated_(columns, 0),
        state_(detector_.bytes(columns) / sizeof(double) + 1),
        scratch_(detector_.scratch_bytes(columns) / sizeof(double) + 1) {
    for (std::size_t i = 0; i < columns; ++i) columns_[i] = static_cast<ColumnId>(i);
    detector_.create(state_.data(), columns, 0);
  }
  std::optional<double> send(const std::vector<double>& row, bool teaches = true) {
    std::vector<std::uint32_t> present;
    for (std::uint32_t j = 0; j < row.size(); ++j) {
      if (!std::isnan(row[j])) present.push_back(j);
    }
    Event event;
    event.payload = Readings{columns_, row};
    const EntityView view{columns_, row, updated_, present};
    const Scratch scratch = std::as_writable_bytes(std::span(scratch_));
    const std::optional<double> score = detector_.score(state_.data(), {event, view}, scratch);
    reasons.clear();
    if (score) detector_.explain(state_.data(), {event, view}, scratch, reasons);
    if (teaches) detector_.learn(state_.data(), {event, view}, scratch);
    return score;
  }
  std::vector<Reason> reasons;

 private:
  Mewma detector_;
  std::vector<ColumnId> columns_;
  std::vector<Time> updated_;
  std::vector<double> state_, scratch_;
};

// The whole of it written down again for two columns: levels by Baseline, moments, shrinkage, and
// the inverse of a matrix of two by formula.
struct Reference {
  explicit Reference(double newest) : share(newest) {}
  double share;
  double window = 2'000;
  Baseline usual[2];
  double rows = 0, since = 0, quartic = 0, z[2] = {0, 0}, s[3] = {1, 0, 1}, p[3] = {1, 0, 1};

  double of(const double* v) const {
    return v[0] * v[0] * p[0] + 2 * v[0] * v[1] * p[1] + v[1] * v[1] * p[2];
  }
  std::optional<double> send(const std::vector<double>& row) {
    const bool is_warm = usual[0].is_known();
    double x[2] = {0, 0};
    for (int j = 0; j < 2; ++j) {
      if (is_warm) x[j] = std::clamp(usual[j].units(row[static_cast<std::size_t>(j)]), -16.0, 16.0);
      z[j] = share * x[j] + (1 - share) * z[j];
    }
    std::optional<double> score;
    if (rows >= 64) score = std::sqrt((2 - share) / share * of(z) / 2);
    for (int j = 0; j < 2; ++j) usual[j].learn(row[static_cast<std::size_t>(j)], 2'000);
    if (!is_warm) return score;
    rows = std::min(rows + 1, window);
    const double weight = rows > 64 && of(x) > 18 ? 18 / of(x) : 1;
    const double a = weight / rows, length = x[0] * x[0] + x[1] * x[1];
    s[0] += a * (x[0] * x[0] - s[0]);
    s[1] += a * (x[0] * x[1] - s[1]);
    s[2] += a * (x[1] * x[1] - s[2]);
    quartic += a * (length * length - quartic);
    since += 1;
    if (since < 32) return score;
    since = 0;
    const double size = s[0] * s[0] + 2 * s[1] * s[1] + s[2] * s[2];
    const double apart = (s[0] - 1) * (s[0] - 1) + 2 * s[1] * s[1] + (s[2] - 1) * (s[2] - 1);
    const double error = std::max(quartic - size, 0.0) / rows;
    const double shrink = error < apart ? std::max(error / apart, 1e-3) : 1;
    const double m0 = (1 - shrink) * s[0] + shrink, m1 = (1 - shrink) * s[1],
                 m2 = (1 - shrink) * s[2] + shrink;
    const double determinant = m0 * m2 - m1 * m1;
    p[0] = m2 / determinant;
    p[1] = -m1 / determinant;
    p[2] = m0 / determinant;
    return score;
  }
};

TEST(Mewma, IsWhatTheReferenceSays) {
  for (const double share : {1.0, 0.1}) {
    Random random(3);
    Entity entity(2, {.share = share});
    Reference reference(share);
    for (int i = 0; i < 3'000; ++i) {
      const double level = bell(random);
      std::vector<double> row{50 + level, 8 + 0.5 * level + 0.2 * bell(random)};
      if (i % 500 == 499) row[1] += 3;
      const std::optional<double> score = entity.send(row), wanted = reference.send(row);
      ASSERT_EQ(score.has_value(), wanted.has_value()) << i;
      if (score) {
        ASSERT_NEAR(*score, tame(*wanted), 1e-9) << i;
      }
    }
  }
}

TEST(Mewma, NamesTheColumnThatParts) {
  Random random(4);
  Entity entity(3, {.share = 1});
  std::vector<double> row(3);
  const auto next = [&] {
    const double level = bell(random);
    row = {10 + level, 20 + 2 * level + 0.1 * bell(random), 30 - level + 0.1 * bell(random)};
  };
  double usual = 0;
  for (int i = 0; i < 2'000; ++i) {
    next();
    usual = std::max(usual, entity.send(row).value_or(0));
  }
  row = {10, 22, 30};  // the second is usual by itself, but not beside the others
  EXPECT_GT(*entity.send(row, false), 1.5 * usual);
  ASSERT_EQ(entity.reasons.size(), 3U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{1});
  EXPECT_NEAR((entity.reasons[0].expected_low + entity.reasons[0].expected_high) / 2, 20, 0.3);
  EXPECT_LT(entity.reasons[0].expected_high, 22);
}

// A shift of one deviation: T^2 of the mean of some twenty rows, not of one.
TEST(Mewma, TheMeanSeesSmallChangesThatLast) {
  for (const double share : {1.0, 0.1}) {
    Random random(5);
    Entity entity(2, {.share = share});
    double usual = 0, most = 0;
    for (int i = 0; i < 3'000; ++i) {
      usual = std::max(usual, entity.send({bell(random), bell(random)}).value_or(0));
    }
    for (int i = 0; i < 60; ++i) {
      most = std::max(most, *entity.send({1 + bell(random), 1 + bell(random)}));
    }
    EXPECT_EQ(most > 1.3 * usual, share < 1) << most << " " << usual;
  }
}

TEST(Mewma, OutliersHardlyTeach) {
  Random random(6);
  Entity entity(2, {.share = 1});
  const auto usual = [&] {
    const double level = bell(random);
    return std::vector<double>{level, level + 0.1 * bell(random)};
  };
  for (int i = 0; i < 2'000; ++i) entity.send(usual());
  const double before = *entity.send({1, -1}, false);
  for (int i = 0; i < 20; ++i) entity.send({1, -1});
  for (int i = 0; i < 64; ++i) entity.send(usual());
  EXPECT_GT(*entity.send({1, -1}, false), 0.5 * before);
}

TEST(Mewma, AbstainsFromTooManyColumnsAndTakesMissingOnes) {
  Random random(7);
  Entity many(65, {.share = 1});
  Entity some(2, {.share = 1});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> score;
  for (int i = 0; i < 200; ++i) {
    EXPECT_FALSE(many.send(std::vector<double>(65, bell(random))));
    score = some.send({bell(random), i % 2 == 0 ? nan : bell(random)});
  }
  ASSERT_TRUE(score);
  EXPECT_TRUE(std::isfinite(*score));
}

}  // namespace
}  // namespace retimu
