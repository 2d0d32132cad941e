// SPDX-License-Identifier: Apache-2.0
// Detectors that share a state: an entity holds it once and learns each row once, and each says bit
// for bit what it says alone.
#include "retimu/engine/judge.hpp"
#include "retimu/engine/memory.hpp"
#include "tests/support/entity_events.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

struct Heard {
  std::vector<double> scores, ranks;  // of the rows it did not abstain from
  std::size_t looked = 0, read = 0, learned = 0;
};

// Is the detector that it wraps, and keeps what that says.
class Listening final : public Detector {
 public:
  Listening(std::unique_ptr<Detector> of, Heard& to) : of_(std::move(of)), to_(to) {}
  std::size_t bytes(std::size_t columns) const override { return of_->bytes(columns); }
  void create(void* at, std::size_t columns, std::uint64_t seed) const override {
    of_->create(at, columns, seed);
  }
  void destroy(void* at, std::size_t columns) const override { of_->destroy(at, columns); }
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override {
    of_->grow(to, columns_to, from, columns_from);
  }
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override {
    of_->visit(at, columns, visitor);
  }
  std::size_t scratch_bytes(std::size_t columns) const override {
    return of_->scratch_bytes(columns);
  }
  std::optional<double> score(const void* state, const Observation& seen,
                              Scratch scratch) const override {
    ++to_.looked;
    return keep(of_->score(state, seen, scratch), state, seen, scratch);
  }
  std::optional<double> read(const void* state, const Observation& seen,
                             Scratch scratch) const override {
    ++to_.read;
    return keep(of_->read(state, seen, scratch), state, seen, scratch);
  }
  bool learns_always() const override { return of_->learns_always(); }
  void learn(void* state, const Observation& seen, Scratch scratch) const override {
    ++to_.learned;
    of_->learn(state, seen, scratch);
  }
  void explain(const void* state, const Observation& seen, Scratch scratch,
               std::vector<Reason>& to) const override {
    of_->explain(state, seen, scratch, to);
  }

 private:
  std::optional<double> keep(std::optional<double> score, const void* state,
                             const Observation& seen, Scratch scratch) const {
    if (!score) return score;
    to_.scores.push_back(*score);
    to_.ranks.push_back(of_->rank(state, seen, scratch));
    return score;
  }
  std::unique_ptr<Detector> of_;
  Heard& to_;
};

const DetectorConfiguration prediction{"linear_prediction", {}}, distance{"mahalanobis", {}};

class SharedState : public ::testing::Test {
 protected:
  std::unique_ptr<Pipeline> build(std::vector<DetectorConfiguration> detectors) {
    Configuration configuration;
    configuration.detectors = std::move(detectors);
    Result<std::unique_ptr<Pipeline>> built = build_pipeline(configuration, columns_);
    EXPECT_TRUE(built) << built.error().message;
    return std::move(*built);
  }
  // What each detector says of 1,200 rows, the first `training` of which only teach.
  std::vector<Heard> hear(const std::vector<DetectorConfiguration>& detectors,
                          std::size_t training = 0) {
    const std::unique_ptr<Pipeline> pipeline = build(detectors);
    std::vector<Heard> heard(detectors.size());
    for (std::size_t i = 0; i < heard.size(); ++i) {
      NamedDetector& named = pipeline->detectors[i];
      named.detector = std::make_unique<Listening>(std::move(named.detector), heard[i]);
    }
    EntityFactory factory(*pipeline);
    Slab slab;
    const std::vector<FleetRecord> records = make_fleet(
        {.entities = 1, .columns = 3, .rows = rows, .spike_every = 130, .shift_at = 700});
    EntityEvents events(columns_, records);
    Judge judge(*pipeline);
    Entity* entity = factory.create(slab, make_name("host1"), {});
    FleetSums sums;
    std::vector<Alert> alerts;
    for (std::size_t i = 0; i < events.count(); ++i) {
      Event event = events.event(i);
      event.training = i < training;
      const Missing added = judge.missing(EntityParts(entity), event);
      if (!added.empty()) entity = factory.grow(slab, entity, added);
      judge.judge(EntityParts(entity), event, nullptr, sums, alerts);
    }
    saved_.clear();
    factory.save(entity, saved_);
    factory.destroy(slab, entity);
    return heard;
  }
  // What has to start anew when the last entity goes on with these detectors.
  std::vector<std::string> rewarmed_with(const std::vector<DetectorConfiguration>& detectors) {
    const std::unique_ptr<Pipeline> pipeline = build(detectors);
    EntityFactory factory(*pipeline);
    Slab slab;
    std::vector<std::string> rewarmed;
    Entity* entity = factory.load(slab, saved_, rewarmed);
    EXPECT_NE(entity, nullptr);
    if (entity != nullptr) factory.destroy(slab, entity);
    return rewarmed;
  }
  static void expect_same(const Heard& left, const Heard& right) {
    EXPECT_GE(left.scores.size(), 1'000U);
    EXPECT_EQ(left.scores, right.scores);
    EXPECT_EQ(left.ranks, right.ranks);
  }

  static constexpr std::size_t rows = 1'200;
  Columns columns_;
  std::vector<std::byte> saved_;
};

TEST_F(SharedState, EachSaysWhatItSaysAlone) {
  for (const std::size_t training : {0U, 400U}) {
    const Heard foretold = hear({prediction}, training).front();
    const Heard far = hear({distance}, training).front();
    EXPECT_NE(foretold.scores, far.scores);
    const std::vector<Heard> both = hear({prediction, distance}, training);
    expect_same(both[0], foretold);
    expect_same(both[1], far);
    const std::vector<Heard> turned = hear({distance, prediction}, training);
    expect_same(turned[0], far);
    expect_same(turned[1], foretold);
  }
}

TEST_F(SharedState, EachRowIsLookedAtAndLearnedOnce) {
  for (const std::vector<Heard>& both :
       {hear({prediction, distance}), hear({distance, prediction})}) {
    EXPECT_EQ(both[0].looked, rows);
    EXPECT_EQ(both[0].learned, rows);
    EXPECT_EQ(both[0].read, 0U);
    EXPECT_EQ(both[1].read, rows);
    EXPECT_EQ(both[1].looked + both[1].learned, 0U);
  }
}

// The first one does not judge entities of three columns; the state that it keeps is learned.
TEST_F(SharedState, OneThatDoesNotJudgeLeavesItToTheNext) {
  const Heard alone = hear({distance}).front();
  const std::vector<Heard> both = hear({{"linear_prediction", {}, 4}, distance});
  EXPECT_EQ(both[0].looked + both[0].read + both[0].learned, 0U);
  EXPECT_EQ(both[1].learned, rows);
  expect_same(both[1], alone);
}

TEST_F(SharedState, IsHeldOnce) {
  for (const std::size_t columns : {1U, 3U, 38U, 100U}) {
    const auto one = make_layout(*build({prediction}), columns, only(Modality::metrics));
    const auto both = make_layout(*build({prediction, distance}), columns, only(Modality::metrics));
    EXPECT_EQ(make_layout(*build({distance}), columns, only(Modality::metrics)).bytes, one.bytes);
    EXPECT_EQ(both.detectors[0], both.detectors[1]);
    EXPECT_EQ(both.bytes - one.bytes, both.calibrations[1] - both.calibrations[0]);
  }
}

// The state goes on when one of them comes or goes; what has no calibration yet begins with that.
TEST_F(SharedState, IsTakenOverByTheOther) {
  using Names = std::vector<std::string>;
  hear({prediction});
  EXPECT_EQ(rewarmed_with({distance}), Names{"mahalanobis"});
  EXPECT_EQ(rewarmed_with({prediction, distance}), Names{"mahalanobis"});
  hear({distance});
  EXPECT_EQ(rewarmed_with({prediction}), Names{"linear_prediction"});
  hear({prediction, distance});
  EXPECT_EQ(rewarmed_with({distance}), Names{});
  EXPECT_EQ(rewarmed_with({prediction}), Names{});
  EXPECT_EQ(rewarmed_with({distance, prediction}), Names{});
}

}  // namespace
}  // namespace retimu
