// SPDX-License-Identifier: Apache-2.0
// Laws that hold for every entry of the detector catalogue that judges readings, so that a new
// detector is tested before its author writes a test.
#include "retimu/detectors/catalogue.hpp"
#include "tests/conformance/allocations.hpp"
#include "tests/conformance/harness.hpp"
#include "tests/conformance/streams.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <string>

namespace retimu::conformance {
namespace {

constexpr std::size_t warm_rows = 1'500;

// Feeds a specimen to a subject, without the `left_out` usual events just before the anomaly.
class SpecimenFeed final : public SpecimenWriter {
 public:
  SpecimenFeed(const DetectorEntry& entry, Subject& subject, std::size_t left_out = 0)
      : subject_(subject) {
    SpecimenLength length;
    entry.specimen(length);
    usual_left_ = length.usual_count - left_out;
    entry.specimen(*this);
  }
  void usual(const Payload& payload) override {
    if (usual_left_ == 0) return;
    --usual_left_;
    scores_.push_back(subject_.feed(payload).value_or(-1e300));
  }
  void anomaly(const Payload& payload) override {
    anomaly_ = subject_.score(payload);
    if (anomaly_) reasons_ = subject_.explain();
    subject_.learn();
  }
  ColumnId column(std::string_view name) override { return *columns_.intern(name); }
  void fleet(ColumnId column, std::span<const double> readings) override {
    subject_.set_fleet(column, readings);
  }

  // The anomaly ranks before every usual event of the last half.
  bool is_flagged() const {
    const auto half = scores_.begin() + static_cast<std::ptrdiff_t>(scores_.size() / 2);
    return anomaly_.has_value() &&
           std::all_of(half, scores_.end(), [this](double score) { return score < *anomaly_; });
  }
  // So does the strangest of the last 64 events: one that looks now and then may look earlier.
  bool is_seen() const {
    const auto end = scores_.end() - 63;
    const auto half = scores_.begin() + static_cast<std::ptrdiff_t>(scores_.size() / 2);
    const double last = std::max(anomaly_.value_or(-1e300), *std::max_element(end, scores_.end()));
    return last > *std::max_element(half, end);
  }
  const std::vector<Reason>& reasons() const { return reasons_; }

 private:
  struct SpecimenLength final : SpecimenWriter {
    void usual(const Payload&) override { ++usual_count; }
    void anomaly(const Payload&) override {}
    ColumnId column(std::string_view name) override { return *columns.intern(name); }
    Columns columns;
    std::size_t usual_count = 0;
  };

  Subject& subject_;
  std::size_t usual_left_ = 0;
  Columns columns_;
  std::vector<double> scores_;
  std::optional<double> anomaly_;
  std::vector<Reason> reasons_;
};

class Conformance : public testing::TestWithParam<DetectorEntry> {
 protected:
  void SetUp() override {
    detector_ = make(7);
    ASSERT_NE(detector_, nullptr);
  }
  static std::unique_ptr<Detector> make(std::uint64_t seed) {
    const DetectorEntry& entry = GetParam();
    auto made = entry.make(ParameterValues(entry.parameters), seed);
    return made ? std::move(*made) : nullptr;
  }
  // Feeds rows and returns the scores, NaN where the detector abstained.
  static std::vector<double> feed(Subject& subject, Rows& rows, std::size_t count) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < count; ++i) {
      scores.push_back(subject.feed(rows.columns(), rows.next())
                           .value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return scores;
  }
  static bool are_equal(std::span<const double> left, std::span<const double> right) {
    return std::ranges::equal(left, right, [](double a, double b) {
      return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    });
  }
  // The highest of the last half of the scores.
  static double usual_most(const std::vector<double>& scores) {
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = scores.size() / 2; i < scores.size(); ++i) {
      if (!std::isnan(scores[i])) most = std::max(most, scores[i]);
    }
    return most;
  }

  // Whether one reading is enough for it: it flags its specimen's anomaly without the 128 events
  // before it, too. Else it sees what lasts (a column that sticks, a change of level within the
  // noise), and its specimen stands for the spike of the laws.
  bool sees_at_once() const {
    Subject subject(*detector_);
    return SpecimenFeed(GetParam(), subject, 128).is_flagged();
  }
  static void check_reasons(const std::vector<Reason>& reasons) {
    ASSERT_FALSE(reasons.empty());
    ASSERT_LE(reasons.size(), 8U);
    for (const Reason& reason : reasons) {
      EXPECT_LE(reason.expected_low, reason.expected_high);
      EXPECT_TRUE(std::isfinite(reason.expected_low) && std::isfinite(reason.expected_high));
      EXPECT_TRUE(std::isfinite(reason.observed) && std::isfinite(reason.weight));
    }
  }

  std::unique_ptr<Detector> detector_;
};

TEST_P(Conformance, ScoringChangesNothing) {
  Subject subject(*detector_);
  Rows rows(4);
  for (std::size_t i = 0; i < 700; ++i) {
    const Payload payload = Readings{rows.columns(), rows.next()};
    subject.grow(rows.columns());
    const auto before = subject.save();
    const auto score = subject.score(payload);
    ASSERT_EQ(subject.save(), before) << "row " << i;
    if (score) (void)subject.explain();
    ASSERT_EQ(subject.save(), before) << "row " << i;
    subject.learn();
  }
}

TEST_P(Conformance, ScratchNeverShrinksWithColumns) {
  for (std::size_t columns = 1; columns <= 600; ++columns) {
    ASSERT_GE(detector_->scratch_bytes(columns), detector_->scratch_bytes(columns - 1)) << columns;
  }
}

TEST_P(Conformance, SameSeedSameScores) {
  Subject first(*detector_, 3);
  const auto other = make(7);
  Subject second(*other, 3);
  Rows rows(4), same(4);
  EXPECT_TRUE(are_equal(feed(first, rows, warm_rows), feed(second, same, warm_rows)));
}

// An entity begins without columns; that makes no other of it than all of them at once.
TEST_P(Conformance, ColumnsThatComeFirstAreAsGivenAtOnce) {
  Rows rows(3);
  Subject grown(*detector_, 5);
  grown.grow(rows.columns());
  const Block whole(detector_->bytes(3));
  detector_->create(whole.data(), 3, 5);
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  detector_->visit(whole.data(), 3, writer);
  EXPECT_EQ(grown.save(), bytes);
  detector_->destroy(whole.data(), 3);
}

TEST_P(Conformance, ARestoredTwinAgreesForEver) {
  auto subject = std::make_unique<Subject>(*detector_);
  Subject whole(*detector_);
  Rows rows(3), same(3);
  for (std::size_t i = 0; i < warm_rows; ++i) {
    const auto expected = feed(whole, rows, 1);
    ASSERT_TRUE(are_equal(expected, feed(*subject, same, 1))) << "row " << i;
    subject = subject->twin();
    ASSERT_TRUE(subject->was_loaded()) << "row " << i;
  }
}

TEST_P(Conformance, AbstainsOnForeignPayloadAndLearnsNothingFromIt) {
  Subject subject(*detector_);
  Rows rows(2);
  feed(subject, rows, 400);
  const auto before = subject.save();
  const std::array<float, 2> samples{1, 2};
  const std::array<Payload, 4> foreign = {LogLine{Severity::major, "disk full"},
                                          Alarm{Severity::major, "7", "link down"},
                                          Sound{samples, 16'000}, Picture{{}, 0, 0, 3}};
  for (const Payload& payload : foreign) {
    EXPECT_EQ(subject.feed(payload), std::nullopt);
  }
  EXPECT_EQ(subject.feed(Readings{}), std::nullopt) << "no column at all";
  const std::array<double, 2> missing{std::numeric_limits<double>::quiet_NaN(),
                                      std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(subject.feed(rows.columns(), missing), std::nullopt) << "all values missing";
  EXPECT_EQ(subject.save(), before);
}

TEST_P(Conformance, StrangeInputDoesNotPoison) {
  Subject subject(*detector_);
  Rows rows(4);
  feed(subject, rows, warm_rows);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::array<double, 10> strange = {nan,    infinity, -infinity, 1e308,  -1e308,
                                          5e-324, 0.0,      -0.0,      1e-300, 4e18};
  for (std::size_t i = 0; i < 400; ++i) {
    std::vector<double> values = rows.next();
    for (double& value : values) {
      if (rows.random().below(3) == 0) value = strange[rows.random().below(strange.size())];
    }
    const std::size_t sent = 1 + rows.random().below(4);
    const auto score = subject.feed(std::span(rows.columns()).first(sent),
                                    std::span<const double>(values).first(sent));
    ASSERT_TRUE(std::isfinite(score.value_or(0))) << "row " << i;
  }
  // Usual readings look usual again, and what is strange stands out again.
  if (!sees_at_once()) {
    EXPECT_TRUE(SpecimenFeed(GetParam(), subject).is_seen());
    return;
  }
  const auto recovered = feed(subject, rows, 3 * warm_rows);
  const double usual = usual_most(recovered);
  ASSERT_TRUE(std::isfinite(usual));
  std::vector<double> values = rows.next();
  for (double& value : values) value += 40;
  const auto score = subject.feed(rows.columns(), values);
  ASSERT_TRUE(score.has_value());
  EXPECT_GT(*score, usual);
}

TEST_P(Conformance, NewAndVanishingColumnsAreTaken) {
  Subject subject(*detector_);
  Rows rows(6);
  for (std::size_t i = 0; i < 3 * warm_rows; ++i) {
    const std::vector<double>& values = rows.next();
    const std::size_t first = (i / 300) % 3;
    const std::size_t count = std::min<std::size_t>(1 + (i / 500), 6 - first);
    const auto score = subject.feed(std::span(rows.columns()).subspan(first, count),
                                    std::span<const double>(values).subspan(first, count));
    ASSERT_TRUE(std::isfinite(score.value_or(0))) << "row " << i;
  }
  EXPECT_EQ(subject.columns(), 6U);
}

TEST_P(Conformance, StateIsBoundedAndWarmScoringAllocatesNothing) {
  Subject subject(*detector_);
  Rows rows(4);
  feed(subject, rows, warm_rows);
  const std::size_t saved = subject.save().size();
  const std::size_t bytes = detector_->bytes(4);
  EXPECT_LE(saved, bytes + 4'096);
  const std::vector<double> values = rows.next();
  const std::uint64_t before = allocations.load();
  for (std::size_t i = 0; i < 5'000; ++i) {
    (void)subject.feed(rows.columns(), values);
  }
  EXPECT_EQ(allocations.load(), before);
  feed(subject, rows, warm_rows);
  EXPECT_LE(subject.save().size(), bytes + 4'096);
  EXPECT_EQ(detector_->bytes(4), bytes);
}

TEST_P(Conformance, ASpikeRanksFirst) {
  if (!sees_at_once()) GTEST_SKIP() << "it sees what lasts: FlagsItsSpecimen";
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Subject subject(*detector_);
    Rows rows(3, seed);
    const auto usual = feed(subject, rows, warm_rows);
    std::vector<double> values = rows.next();
    for (double& value : values) value += 12;
    const auto score = subject.score(Readings{rows.columns(), values});
    ASSERT_TRUE(score.has_value());
    EXPECT_GT(*score, usual_most(usual)) << "seed " << seed;
    check_reasons(subject.explain());
  }
}

TEST_P(Conformance, ANewLevelIsLearned) {
  Subject subject(*detector_);
  Rows rows(2);
  const double usual = usual_most(feed(subject, rows, warm_rows));
  std::vector<double> scores;
  for (std::size_t i = 0; i < 3 * warm_rows; ++i) {
    std::vector<double> values = rows.next();
    for (double& value : values) value += 12;
    scores.push_back(subject.feed(rows.columns(), values).value_or(0));
  }
  if (!sees_at_once()) {  // it may not see a level at all
    EXPECT_LE(usual_most(scores), std::max(usual, *std::ranges::max_element(scores)));
    return;
  }
  EXPECT_GT(scores.front(), usual);
  EXPECT_LT(usual_most(scores), scores.front());
}

TEST_P(Conformance, DamagedStateIsRefusedOrHarmless) {
  Subject subject(*detector_);
  Rows rows(3);
  feed(subject, rows, 600);
  const auto good = subject.save();
  Random random(5);
  for (int i = 0; i < 3'000; ++i) {
    auto bytes = good;
    if (i % 2 == 0) bytes.resize(random.below(bytes.size()));
    for (std::uint64_t flips = 1 + random.below(4); flips > 0 && !bytes.empty(); --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1U << random.below(8));
    }
    Subject damaged(*detector_);
    damaged.grow(rows.columns());
    const bool was_taken = damaged.load(bytes);
    ASSERT_FALSE(i % 2 == 0 && was_taken) << "a truncated state was taken";
    for (int row = 0; row < 20; ++row) {
      const auto score = damaged.feed(rows.columns(), rows.next());
      ASSERT_FALSE(std::isnan(score.value_or(0)));
    }
  }
  Subject newer(*detector_);
  newer.grow(rows.columns());
  auto bytes = good;
  bytes[0] = std::byte{250};  // the version comes first
  EXPECT_FALSE(newer.load(bytes));
}

TEST_P(Conformance, FlagsItsSpecimen) {
  Subject subject(*detector_);
  const SpecimenFeed feed(GetParam(), subject);
  EXPECT_TRUE(feed.is_flagged());
  check_reasons(feed.reasons());
}

TEST_P(Conformance, ParametersHaveBoundsAndDefaultsWithin) {
  for (const Parameter& parameter : GetParam().parameters) {
    EXPECT_LE(parameter.low, parameter.standard) << parameter.name;
    EXPECT_LE(parameter.standard, parameter.high) << parameter.name;
    EXPECT_FALSE(parameter.summary.empty()) << parameter.name;
    for (const double bound : {parameter.low, parameter.high}) {
      ParameterValues values(GetParam().parameters);
      ASSERT_TRUE(values.set(parameter.name, bound));
      auto made = GetParam().make(values, 1);
      ASSERT_TRUE(made) << parameter.name << " = " << bound;
      Subject subject(**made);
      Rows rows(2);
      for (const double score : feed(subject, rows, 300)) {
        ASSERT_TRUE(std::isnan(score) || std::isfinite(score)) << parameter.name;
      }
    }
  }
}

// Scores to the bit, as they were on another machine: a contraction or a library's logarithm shows.
// RETIMU_REWRITE=1 writes the file anew, after a change of a detector that is meant.
TEST_P(Conformance, ScoresAreTheSameBitsEverywhere) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  ASSERT_NE(root, nullptr) << "run it by ctest, or set RETIMU_SOURCE_DIR to the repository";
  const std::string path =
      fmt::format("{}/tests/data/conformance/{}.digest", root, GetParam().name);
  Subject subject(*detector_);
  Rows rows(4);
  std::uint64_t digest = 0;
  for (const double score : feed(subject, rows, 5'000)) {
    digest = mix(digest, std::isnan(score) ? -1.0 : score);
  }
  const std::string now = fmt::format("{:016x}", digest);
  if (std::getenv("RETIMU_REWRITE") != nullptr) std::ofstream(path) << now << '\n';
  std::string kept;
  std::ifstream(path) >> kept;
  EXPECT_EQ(kept, now);
}

std::vector<DetectorEntry> of_metrics() {
  std::vector<DetectorEntry> entries;
  std::ranges::copy_if(detector_catalogue(), std::back_inserter(entries), [](const auto& entry) {
    return entry.modality == Modality::metrics && !entry.is_of_each_modality;
  });
  return entries;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Conformance, testing::ValuesIn(of_metrics()),
                         [](const auto& entry) { return std::string(entry.param.name); });

}  // namespace
}  // namespace retimu::conformance
