// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/random_cut_forest.hpp"

#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace retimu {
namespace {

// A state's sample: the first column of each point, as often as it is in there.
class SampleReader final : public StateVisitor {
 public:
  explicit SampleReader(std::size_t dimensions) : dimensions_(dimensions) {}
  std::uint32_t version(std::uint32_t current) override { return current; }
  std::size_t count(std::string_view /*name*/, std::size_t now, std::size_t /*max*/) override {
    return now;
  }
  void visit(std::string_view name, Cells cells) override {
    if (name == "values") values_ = std::get<std::span<float>>(cells);
    if (name != "sample") return;
    const auto rows = std::get<std::span<std::uint16_t>>(cells);
    for (std::size_t place = 0; place < rows.size(); ++place) {
      sample.insert(sample.end(), rows[place], values_[place * dimensions_]);
    }
  }
  bool failed() const override { return false; }
  std::vector<float> sample;

 private:
  std::size_t dimensions_;
  std::span<float> values_;
};

// Row i of 64 is in a sample of 16 with a chance of a quarter, whichever i.
TEST(RandomCutForest, ItsSampleIsEven) {
  constexpr int forests = 1'000;
  const RandomCutForest detector({.trees = 1, .samples = 16, .memory = 1'000});
  std::vector<double> found(64, 0);
  for (int forest = 0; forest < forests; ++forest) {
    TestEntity entity(detector, 1, static_cast<std::uint64_t>(forest));
    for (int i = 0; i < 64; ++i) entity.send({static_cast<double>(i)});
    SampleReader reader(1);
    detector.visit(entity.state(), 1, reader);
    ASSERT_EQ(reader.sample.size(), 16U);
    for (const float value : reader.sample) ++found[static_cast<std::size_t>(value)];
  }
  for (std::size_t i = 0; i < 64; ++i) {  // 4.4 standard deviations
    EXPECT_NEAR(found[i] / forests, 0.25, 0.06) << "row " << i;
  }
}

// 16 equal rows: another is parted from all of them by every cut, and would move up all 16.
TEST(RandomCutForest, ScoreByHand) {
  const RandomCutForest detector({.trees = 5, .samples = 16, .memory = 100});
  TestEntity entity(detector, 2);
  for (int i = 0; i < 30; ++i) {
    const std::optional<double> score = entity.send({7, -1e9});
    EXPECT_EQ(score, i < 16 ? std::nullopt : std::optional(0.0)) << i;
  }
  // Half itself, half its tenth in what is smoothed.
  EXPECT_NEAR(*entity.send({8, -1e9}, false), 0.55 * std::log(17.0), 1e-12);
  ASSERT_EQ(entity.reasons.size(), 2U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{0});
  EXPECT_NEAR(entity.reasons[0].weight, 16, 1e-9);
  EXPECT_EQ(entity.reasons[0].expected_low, 7);
  EXPECT_EQ(entity.reasons[0].expected_high, 7);
}

TEST(RandomCutForest, SeesWhatIsApartAndNamesIt) {
  const RandomCutForest detector({});
  TestEntity entity(detector, 4);
  Random random(5);
  double usual = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::optional<double> score =
        entity.send({bell(random), 50 + 100 * bell(random), 1e-3 * bell(random), bell(random)});
    EXPECT_EQ(score.has_value(), i >= 256) << i;
    if (i > 1'000) usual = std::max(usual, *score);
  }
  double score = 0;
  for (int i = 0; i < 5; ++i) {  // far only in the unit of its column
    score = *entity.send({bell(random), 50 + 100 * bell(random), 0.02, bell(random)});
  }
  EXPECT_GT(score, 1.1 * usual);
  entity.send({0, 50, 0.02, 0}, false);
  ASSERT_EQ(entity.reasons.size(), 4U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{2});
  EXPECT_GT(entity.reasons[0].weight, 3 * entity.reasons[1].weight);
}

// 0 and 1 in turn, then 1 twice: unusual only as a pair.
TEST(RandomCutForest, AShingleSeesOrder) {
  for (const std::size_t shingle : {1UL, 2UL}) {
    const RandomCutForest detector({.shingle = shingle});
    TestEntity entity(detector, 1);
    double usual = 0;
    Random random(6);
    for (int i = 0; i < 1'000; ++i) {
      usual = entity.send({i % 2 + 0.01 * bell(random)}).value_or(0);
    }
    const double more = *entity.send({1}, false) - usual;
    if (shingle == 1) {
      EXPECT_LT(more, 0.1);
    } else {
      EXPECT_GT(more, 0.2);
    }
  }
}

TEST(RandomCutForest, ForgetsAtThePaceOfItsMemory) {
  const RandomCutForest detector({});
  TestEntity entity(detector, 2);
  Random random(4);
  const auto send = [&](double level, int rows) {
    double score = 0;
    for (int i = 0; i < rows; ++i) {
      score = entity.send({level + bell(random), level + bell(random)}).value_or(0);
    }
    return score;
  };
  const double usual = send(0, 3'000);
  const double moved = send(9, 20);
  EXPECT_GT(moved, 1.5 * usual);
  EXPECT_LT(send(9, 8'000), 0.8 * moved);
}

// Few different readings, so that points repeat and share the faces of boxes.
TEST(RandomCutForest, ARestoredTwinAgreesForEver) {
  const RandomCutForest detector({.memory = 500, .shingle = 2});
  TestEntity whole(detector, 2), restored(detector, 2);
  Random random(7);
  for (int i = 0; i < 5'000; ++i) {
    if (i % 97 == 0) {
      std::vector<std::byte> saved;
      StateWriter writer(saved);
      detector.visit(restored.state(), 2, writer);
      detector.create(restored.state(), 2, 0);
      StateReader reader(saved);
      detector.visit(restored.state(), 2, reader);
      ASSERT_TRUE(reader.finished()) << i;
    }
    const std::vector<double> row{std::round(bell(random)), 2 * std::round(3 * bell(random))};
    ASSERT_EQ(whole.send(row), restored.send(row)) << i;
  }
}

// A column whose first value comes when most rows are no longer sampled, as that of a counter may.
TEST(RandomCutForest, ARestoredTwinKnowsAColumnThatBeganLate) {
  const RandomCutForest detector({.memory = 4'000});
  TestEntity whole(detector, 2), restored(detector, 2);
  Random random(7);
  for (int i = 0; i < 3'000; ++i) {
    const double late = i < 2'000 ? NAN : 50 + 1e-3 * bell(random);
    const std::vector<double> row{bell(random), late};
    ASSERT_EQ(whole.send(row), restored.send(row)) << i;
    std::vector<std::byte> saved;
    StateWriter writer(saved);
    detector.visit(restored.state(), 2, writer);
  }
}

TEST(RandomCutForest, AbstainsOfTooManyColumns) {
  const RandomCutForest one({}), three({.shingle = 3});
  EXPECT_GT(one.bytes(128), 100U);
  EXPECT_LT(one.bytes(129), 100U);
  EXPECT_GT(three.bytes(42), 100U);
  EXPECT_LT(three.bytes(43), 100U);
  TestEntity entity(one, 129);
  for (int i = 0; i < 300; ++i) {
    EXPECT_FALSE(entity.send(std::vector<double>(129, static_cast<double>(i))));
  }
}

}  // namespace
}  // namespace retimu
