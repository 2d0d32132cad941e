// SPDX-License-Identifier: Apache-2.0
// Laws that hold for every entry of the detector catalogue that judges log lines or alarms, so that
// a new detector is tested before its author writes a test.
#include "retimu/detectors/catalogue.hpp"
#include "retimu/text/scanner.hpp"
#include "tests/conformance/allocations.hpp"
#include "tests/conformance/harness.hpp"
#include "tests/conformance/streams.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>
#include <string>

namespace retimu::conformance {
namespace {

constexpr std::size_t warm_events = 3'000;
constexpr double abstained = std::numeric_limits<double>::quiet_NaN();

struct Judged {
  DetectorEntry entry;
  Modality modality;
};

// Wakes the detector as the engine does: before an event, at the times it wanted.
class Listener {
 public:
  explicit Listener(const Detector& detector)
      : detector_(detector), subject_(std::make_unique<Subject>(detector)) {}

  void wake() {
    const Time now = subject_->time();
    for (std::optional<Time> due = subject_->due(); due && *due <= now; due = subject_->due()) {
      subject_->set_time(*due);
      tick_scores.push_back(subject_->feed(Tick{}).value_or(abstained));
      ASSERT_TRUE(!subject_->due() || *subject_->due() > *due) << "asked twice for one time";
    }
    subject_->set_time(now);
  }
  std::optional<double> feed(const Payload& payload) {
    wake();
    return subject_->feed(payload);
  }
  void restore() {
    subject_ = subject_->twin();
    ASSERT_TRUE(subject_->was_loaded());
  }
  Subject& subject() { return *subject_; }
  std::vector<double> tick_scores;

 private:
  const Detector& detector_;
  std::unique_ptr<Subject> subject_;
};

// Feeds a specimen as the engine would: lines with their templates, alarms as they are.
class SpecimenFeed final : public SpecimenWriter {
 public:
  SpecimenFeed(const DetectorEntry& entry, Listener& listener) : listener_(listener) {
    entry.specimen(*this);
  }
  void usual(const Payload& payload) override {
    if (const auto score = listener_.feed(encoded(payload))) scores_.push_back(*score);
    ++usual_;
  }
  void anomaly(const Payload& payload) override {
    // What is due with it, it says itself: ticks are for those to whom nothing comes.
    anomaly_ = listener_.subject().score(encoded(payload));
    if (anomaly_) reasons_ = listener_.subject().explain();
    listener_.subject().learn();
  }
  ColumnId column(std::string_view name) override { return *columns_.intern(name); }

  bool is_flagged() const {
    const auto half = scores_.begin() + static_cast<std::ptrdiff_t>(scores_.size() / 2);
    return anomaly_ &&
           std::all_of(half, scores_.end(), [&](double one) { return one < *anomaly_; });
  }
  std::size_t usual_count() const { return usual_; }
  const std::vector<Reason>& reasons() const { return reasons_; }

 private:
  Payload encoded(const Payload& payload) {
    const auto* line = std::get_if<LogLine>(&payload);
    if (line == nullptr) return payload;
    LogLine whole = *line;
    whole.template_id = scanner_.scan(line->text).hash;
    whole.is_new = known_.insert(whole.template_id).second;
    numbers_.clear();
    for (const LineNumber& number : scanner_.numbers()) numbers_.push_back(number.value);
    whole.numbers = numbers_;
    return whole;
  }

  Listener& listener_;
  Scanner scanner_;
  std::set<TemplateId> known_;
  std::vector<double> numbers_, scores_;
  std::size_t usual_ = 0;
  Columns columns_;
  std::optional<double> anomaly_;
  std::vector<Reason> reasons_;
};

class EventConformance : public testing::TestWithParam<Judged> {
 protected:
  void SetUp() override { ASSERT_NE(detector_, nullptr); }
  static std::unique_ptr<Detector> make(const ParameterValues& values) {
    auto made = GetParam().entry.make(values, 7);
    return made ? std::move(*made) : nullptr;
  }
  // Scores of the events, and those of the ticks behind them; NaN where it abstained.
  static std::vector<double> feed(Listener& listener, Messages& messages, std::size_t count) {
    listener.tick_scores.clear();
    std::vector<double> scores;
    for (std::size_t i = 0; i < count; ++i) {
      scores.push_back(listener.feed(messages.next()).value_or(abstained));
    }
    scores.insert(scores.end(), listener.tick_scores.begin(), listener.tick_scores.end());
    return scores;
  }
  static bool are_equal(std::span<const double> left, std::span<const double> right) {
    return std::ranges::equal(left, right, [](double a, double b) {
      return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    });
  }
  static bool judges_lines() { return GetParam().modality == Modality::logs; }
  static Messages messages(std::uint64_t seed = 1) { return Messages(GetParam().modality, seed); }

  std::unique_ptr<Detector> detector_ = make(ParameterValues(GetParam().entry.parameters));
};

TEST_P(EventConformance, ScoringChangesNothing) {
  Listener listener(*detector_);
  Messages stream = messages();
  for (std::size_t i = 0; i < 1'000; ++i) {
    listener.wake();
    Subject& subject = listener.subject();
    const auto before = subject.save();
    const auto score = subject.score(stream.next());
    if (score) (void)subject.explain();
    ASSERT_EQ(subject.save(), before) << "event " << i;
    subject.learn();
  }
}

TEST_P(EventConformance, ARestoredTwinAgreesForEver) {
  Listener restored(*detector_), whole(*detector_);
  Messages stream = messages(), same = messages();
  for (std::size_t i = 0; i < warm_events; ++i) {
    const auto expected = feed(whole, stream, 1);
    ASSERT_TRUE(are_equal(expected, feed(restored, same, 1))) << "event " << i;
    ASSERT_NO_FATAL_FAILURE(restored.restore()) << "event " << i;
  }
  EXPECT_EQ(whole.subject().save(), restored.subject().save());
}

TEST_P(EventConformance, AbstainsOnForeignPayloadAndLearnsNothingFromIt) {
  if (GetParam().entry.is_of_each_modality) GTEST_SKIP() << "it judges that something came";
  Listener listener(*detector_);
  Messages stream = messages();
  feed(listener, stream, 600);
  const auto before = listener.subject().save();
  const std::array<float, 2> samples{1, 2};
  std::vector<Payload> foreign = {Sound{samples, 16'000}, Picture{{}, 0, 0, 3}, Readings{}};
  if (judges_lines()) foreign.emplace_back(Alarm{Severity::major, "7", "link down"});
  if (!judges_lines()) foreign.emplace_back(LogLine{Severity::major, "disk full"});
  for (const Payload& payload : foreign) {
    EXPECT_EQ(listener.subject().feed(payload), std::nullopt);
  }
  EXPECT_EQ(listener.subject().save(), before);
}

TEST_P(EventConformance, HostileMessagesDoNotPoison) {
  Listener listener(*detector_);
  Messages stream = messages();
  feed(listener, stream, warm_events);
  std::string binary(4'000, '\0');
  for (char& one : binary) one = static_cast<char>(stream.random().below(256));
  const std::array<std::string, 4> texts = {"", std::string(1'000'000, 'x'), binary,
                                            std::string(70'000, '7') + " \xC3"};
  const std::array<double, 6> numbers = {1e308, -1e308, 5e-324, -0.0, 1e300, 9e18};
  for (std::size_t i = 0; i < 200; ++i) {
    const std::string& text = texts.at(i % texts.size());
    const auto level = static_cast<Severity>(stream.random().below(6));
    Payload payload = Alarm{level, text, text};
    if (judges_lines()) payload = LogLine{level, text, i % texts.size(), i % 3 == 0, numbers};
    listener.wake();
    const auto score = listener.subject().score(payload);
    ASSERT_FALSE(std::isnan(score.value_or(0))) << i;
    if (score) {
      for (const Reason& reason : listener.subject().explain()) {
        ASSERT_LE(reason.subject.size(), 200U);
        ASSERT_TRUE(std::isfinite(reason.observed) && std::isfinite(reason.expected_low) &&
                    std::isfinite(reason.expected_high) && std::isfinite(reason.weight));
      }
    }
    listener.subject().learn();
  }
  // It still speaks, and of what is usual again calmly.
  feed(listener, stream, 2 * warm_events);
  EXPECT_TRUE(listener.subject().twin()->was_loaded());
}

// Memory is bounded, and the millionth costs what the first did.
TEST_P(EventConformance, AMillionKindsOfMessages) {
  Listener listener(*detector_);
  Random random(3);
  constexpr std::size_t parts = 10, of_part = 100'000;
  std::vector<std::clock_t> taken;  // of the processor
  std::size_t bytes_at_half = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    const std::clock_t start = std::clock();
    for (std::size_t i = 0; i < of_part; ++i) {
      const std::uint64_t id = i % 3 == 0 ? 1 : random.next();  // one is known
      const std::string text = fmt::format("message {:x}", id);
      const std::array<double, 2> numbers{random.uniform(), static_cast<double>(id)};
      Payload payload = Alarm{Severity::major, text, text};
      if (judges_lines()) payload = LogLine{Severity::warning, text, id, true, numbers};
      (void)listener.feed(payload);
    }
    taken.push_back(std::clock() - start);
    if (part == parts / 2) bytes_at_half = listener.subject().save().size();
  }
  EXPECT_LE(bytes_at_half, 1'000'000U);
  EXPECT_LE(listener.subject().save().size(), bytes_at_half + bytes_at_half / 2 + 4'096);
  std::sort(taken.begin(), taken.begin() + parts / 2);
  std::sort(taken.begin() + parts / 2, taken.end());
  EXPECT_LE(taken[parts - 3], 5 * taken[2]);
}

TEST_P(EventConformance, WarmScoringAllocatesNothing) {
  Listener listener(*detector_);
  Messages stream = messages();
  feed(listener, stream, warm_events);
  std::vector<Payload> known;
  for (std::size_t kind = 0; kind < 8; ++kind) {
    if (judges_lines()) known.emplace_back(stream.line(kind));
    if (!judges_lines()) known.push_back(stream.next());
  }
  for (const Payload& payload : known) (void)listener.feed(payload);
  listener.tick_scores.reserve(10'000);
  const std::uint64_t before = allocations.load();
  for (std::size_t i = 0; i < 5'000; ++i) {
    (void)listener.feed(known[stream.random().below(known.size())]);
  }
  EXPECT_EQ(allocations.load(), before);
}

TEST_P(EventConformance, DamagedStateIsRefusedOrHarmless) {
  Listener listener(*detector_);
  Messages stream = messages();
  feed(listener, stream, 1'500);
  const auto good = listener.subject().save();
  Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    auto bytes = good;
    if (i % 2 == 0) bytes.resize(random.below(bytes.size()));
    for (std::uint64_t flips = 1 + random.below(4); flips > 0 && !bytes.empty(); --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1U << random.below(8));
    }
    Listener damaged(*detector_);
    damaged.subject().set_time(listener.subject().time());
    const bool was_taken = damaged.subject().load(bytes);
    ASSERT_FALSE(i % 2 == 0 && was_taken) << "a truncated state was taken";
    for (int one = 0; one < 100; ++one) {
      const auto score = damaged.subject().score(one % 10 == 9 ? Payload(Tick{}) : stream.next());
      ASSERT_FALSE(std::isnan(score.value_or(0)));
      if (score) (void)damaged.subject().explain();
      damaged.subject().learn();
    }
  }
  auto bytes = good;
  bytes[0] = std::byte{250};  // the version comes first
  EXPECT_FALSE(listener.subject().load(bytes));
}

TEST_P(EventConformance, FlagsItsSpecimen) {
  if (GetParam().entry.is_of_each_modality)
    GTEST_SKIP() << "its specimen is of readings: alive_test";
  Listener listener(*detector_);
  const SpecimenFeed fed(GetParam().entry, listener);
  EXPECT_TRUE(fed.is_flagged());
  EXPECT_GE(fed.usual_count(), 100U);
  ASSERT_FALSE(fed.reasons().empty());
  ASSERT_LE(fed.reasons().size(), 8U);
  for (const Reason& reason : fed.reasons()) {
    EXPECT_LE(reason.expected_low, reason.expected_high);
    EXPECT_NE(reason.kind, ReasonKind::value);
    EXPECT_FALSE(reason.subject.empty());
  }
}

TEST_P(EventConformance, ParametersHaveBoundsAndDefaultsWithin) {
  for (const Parameter& parameter : GetParam().entry.parameters) {
    EXPECT_LE(parameter.low, parameter.standard) << parameter.name;
    EXPECT_LE(parameter.standard, parameter.high) << parameter.name;
    EXPECT_FALSE(parameter.summary.empty()) << parameter.name;
    for (const double bound : {parameter.low, parameter.high}) {
      ParameterValues values(GetParam().entry.parameters);
      ASSERT_TRUE(values.set(parameter.name, bound));
      const std::unique_ptr<Detector> made = make(values);
      ASSERT_NE(made, nullptr) << parameter.name << " = " << bound;
      Listener listener(*made);
      Messages stream = messages();
      for (const double score : feed(listener, stream, 1'000)) {
        ASSERT_TRUE(std::isnan(score) || std::isfinite(score)) << parameter.name;
      }
      ASSERT_TRUE(listener.subject().twin()->was_loaded()) << parameter.name << " = " << bound;
    }
  }
}

// As in conformance_test.cpp: RETIMU_REWRITE=1 writes the file anew.
TEST_P(EventConformance, ScoresAreTheSameBitsEverywhere) {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  ASSERT_NE(root, nullptr) << "run it by ctest, or set RETIMU_SOURCE_DIR to the repository";
  const std::string path = fmt::format("{}/tests/data/conformance/{}{}.digest", root,
                                       GetParam().entry.name, judges_lines() ? "" : "_of_alarms");
  Listener listener(*detector_);
  Messages stream = messages();
  std::uint64_t digest = 0;
  std::size_t spoken = 0;
  for (const double score : feed(listener, stream, 20'000)) {
    digest = mix(digest, std::isnan(score) ? -1.0 : score);
    spoken += std::isnan(score) ? 0 : 1;
  }
  // Some of these speak of what does not come, and here all comes.
  if (!GetParam().entry.is_of_each_modality) {
    EXPECT_GE(spoken, 100U);
  }
  const std::string now = fmt::format("{:016x}", digest);
  if (std::getenv("RETIMU_REWRITE") != nullptr) std::ofstream(path) << now << '\n';
  std::string kept;
  std::ifstream(path) >> kept;
  EXPECT_EQ(kept, now);
}

// When a template is called otherwise from now on, nothing is new to it: lines of the new name are
// rated as those of the old one were.
TEST_P(EventConformance, AMergedTemplateIsKnown) {
  if (!judges_lines()) GTEST_SKIP() << "alarms have no templates";
  Listener merged(*detector_), other(*detector_);
  Messages stream = messages(), same = messages();
  feed(merged, stream, warm_events);
  feed(other, same, warm_events);
  constexpr TemplateId renamed = 12'345;
  const TemplateId old = stream.line(0).template_id;
  merged.subject().merge(old, renamed);
  std::vector<double> expected, scores;
  for (std::size_t i = 0; i < 600; ++i) {
    LogLine line = std::get<LogLine>(stream.next());
    expected.push_back(other.feed(line).value_or(-1));
    if (line.template_id == old) line.template_id = renamed;
    scores.push_back(merged.feed(line).value_or(-1));
  }
  EXPECT_EQ(scores, expected);
  EXPECT_TRUE(are_equal(merged.tick_scores, other.tick_scores));
}

std::vector<Judged> judged() {
  std::vector<Judged> all;
  for (const DetectorEntry& entry : detector_catalogue()) {
    for (const Modality modality : {Modality::logs, Modality::alarms}) {
      if (entry.is_of_each_modality || entry.modality == modality) all.push_back({entry, modality});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EventConformance, testing::ValuesIn(judged()),
                         [](const auto& one) {
                           return fmt::format("{}_of_{}", one.param.entry.name,
                                              name_of(one.param.modality));
                         });

}  // namespace
}  // namespace retimu::conformance
