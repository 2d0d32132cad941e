// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/pca.hpp"

#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"
#include "retimu/stats/baseline.hpp"
#include "retimu/stats/linear_algebra.hpp"

#include <gtest/gtest.h>

#include <array>

namespace retimu {
namespace {

constexpr std::size_t d = 3;
using Row = std::array<double, d>;

// Two directions of three columns, and a little of the third.
Row correlated(Random& random) {
  const double one = bell(random), other = bell(random);
  return {10 + one, 20 + 2 * one + other, 30 - one + other + 0.2 * bell(random)};
}

// All of it written down again, by a decomposition from scratch at each fit and sums over
// directions as in the paper.
struct Reference {
  std::array<Baseline, d> usual;
  std::array<double, d * d> s{1, 0, 0, 0, 1, 0, 0, 0, 1}, vectors{};
  std::array<double, d> values{};
  std::size_t kept = 0, fits = 0, since = 0;
  double rows = 0, judged = 0, along_usual = 1, aside_usual = 1;

  std::optional<double> send(const Row& row) {
    const bool is_warm = usual[0].is_known();
    Row x{};
    for (std::size_t j = 0; j < d; ++j) {
      if (is_warm) x[j] = std::clamp(usual[j].units(row[j]), -16.0, 16.0);
    }
    double along = 0, aside = 0, expected = 0;
    for (std::size_t k = 0; k < d && fits > 0; ++k) {  // rising eigenvalues: the kept ones last
      double component = 0;
      for (std::size_t j = 0; j < d; ++j) component += vectors[k * d + j] * x[j];
      if (k >= d - kept) {
        along += component * component / values[k] / static_cast<double>(kept);
      } else {
        aside += component * component;
        expected += values[k];
      }
    }
    std::optional<double> score;
    double squared = 0;
    if (fits > 0) {
      aside /= expected;
      squared = along / along_usual / 2 + aside / aside_usual / 2;
      score = std::sqrt(squared);
    }
    for (std::size_t j = 0; j < d; ++j) usual[j].learn(row[j], 2'000);
    if (!is_warm) return score;
    rows = std::min(rows + 1, 2'000.0);
    const double share = (squared > 9 ? 9 / squared : 1) / rows;
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t i = 0; i < d; ++i) s[j * d + i] += share * (x[i] * x[j] - s[j * d + i]);
    }
    if (fits > 0) {
      judged = std::min(judged + 1, 2'000.0);
      along_usual += (std::min(along, 4 * along_usual) - along_usual) / (judged + 64);
      aside_usual += (std::min(aside, 4 * aside_usual) - aside_usual) / (judged + 64);
    }
    if (++since < (fits < 2 ? 64U : fits < 3 ? 128U : 256U)) return score;
    since = 0;
    ++fits;
    symmetric_eigen(s, values, vectors);
    const double all = values[0] + values[1] + values[2];
    kept = values[2] >= 0.9 * all ? 1 : 2;
    return score;
  }
};

TEST(Pca, IsWhatTheReferenceSays) {
  const Pca pca({});
  TestEntity entity(pca, d);
  Reference reference;
  Random random(3);
  for (int i = 0; i < 4'000; ++i) {
    Row row = correlated(random);
    if (i % 400 == 399) row[1] += 6;
    const std::optional<double> score = entity.send(row), wanted = reference.send(row);
    ASSERT_EQ(score.has_value(), wanted.has_value()) << i;
    if (score) {
      ASSERT_NEAR(*score, tame(*wanted), 1e-7) << i;
    }
  }
  EXPECT_EQ(reference.kept, 2U);
}

// One row far along a usual direction, one aside of all, each named with what the others foretell.
TEST(Pca, SeesWhatIsFarAlongAndWhatIsAside) {
  const Pca pca({});
  TestEntity entity(pca, d);
  Random random(4);
  double usual = 0;
  for (int i = 0; i < 3'000; ++i)
    usual = std::max(usual, entity.send(correlated(random)).value_or(0));
  EXPECT_GT(*entity.send({25, 50, 15}, false), 1.5 * usual);
  EXPECT_GT(*entity.send({10, 20, 33}, false), 1.5 * usual);
  ASSERT_EQ(entity.reasons.size(), d);
  EXPECT_LT(*entity.send({11, 22, 29}, false), usual);
}

TEST(Pca, NamesTheColumnThatParts) {
  const Pca pca({});
  TestEntity entity(pca, 4);
  Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    const double load = bell(random);
    entity.send({load + 0.1 * bell(random), load + 0.1 * bell(random), -load + 0.1 * bell(random),
                 load + 0.1 * bell(random)});
  }
  entity.send({1, 1, 1, 1}, false);
  ASSERT_EQ(entity.reasons.size(), 4U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{2});
  EXPECT_NEAR((entity.reasons[0].expected_low + entity.reasons[0].expected_high) / 2, -1, 0.1);
  EXPECT_LT(entity.reasons[0].expected_high, 1);
}

TEST(Pca, AbstainsFromTooManyColumnsAndTakesMissingOnes) {
  const Pca pca({});
  TestEntity many(pca, 65), some(pca, 2), one(pca, 1);
  Random random(6);
  std::optional<double> score, single;
  for (int i = 0; i < 200; ++i) {
    EXPECT_FALSE(many.send(std::vector<double>(65, bell(random))));
    score = some.send({bell(random), i % 2 == 0 ? std::nan("") : bell(random)});
    single = one.send({bell(random)});
  }
  ASSERT_TRUE(score && single);
  EXPECT_TRUE(std::isfinite(*score) && std::isfinite(*single));
}

}  // namespace
}  // namespace retimu
