// SPDX-License-Identifier: Apache-2.0
// Law 5: NaN, missing and new columns, infinities, huge numbers, clock jumps, duplicates and late
// records never poison a model.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <charconv>
#include <functional>

namespace retimu {
namespace {

double number(const std::string& text) {
  double value = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class PoisonLaw : public ::testing::Test {
 protected:
  static constexpr std::size_t rows = 900;
  static constexpr std::size_t poisoned_from = 300, poisoned_to = 340;
  static constexpr std::size_t spike_row = 800;

  // Lines of a CSV of one entity; row `spike_row` holds a spike in its first column.
  static std::vector<std::string> lines() {
    std::vector<FleetRecord> fleet =
        make_fleet({.entities = 1, .columns = 2, .rows = rows, .interval = second});
    fleet[spike_row].values[0] += 40;
    return lines_of(to_csv(fleet));
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }
  PipelineRun run(const std::string& text, std::string_view name = "input.csv") {
    write_file(folder_ / name, text);
    PipelineText pipeline;
    pipeline.paths = {folder_ / name};
    return run_pipeline(folder_, pipeline);
  }
  // Every p is in (0, 1], the rows well after the poison are usual, and the spike is found.
  void expect_healthy(const PipelineRun& run) {
    const std::vector<std::string> scores = lines_of(run.scores);
    ASSERT_EQ(scores.size(), rows + 1);
    std::size_t judged = 0, strange = 0;
    for (std::size_t row = 1; row <= rows; ++row) {
      const double score = number(field(scores[row], score_score));
      ASSERT_TRUE(score >= 0 && score < 1) << scores[row];
      const std::string p_value = field(scores[row], score_p_value);
      if (p_value.empty()) continue;
      ++judged;
      // A p below the range of double is text such as 3e-412, which reads as 0.
      const double p = number(p_value);
      ASSERT_TRUE(p >= 0 && p <= 1) << scores[row];
      const bool is_later = row > poisoned_to + 200 && row < spike_row;
      if (is_later && p < 1e-3) ++strange;
    }
    EXPECT_GE(judged, 500U);
    EXPECT_LE(strange, 2U);
    EXPECT_EQ(field(scores[spike_row + 1], score_alert), "1") << scores[spike_row + 1];
    EXPECT_EQ(std::ranges::count_if(
                  scores, [](const std::string& line) { return field(line, score_alert) == "1"; }),
              static_cast<std::ptrdiff_t>(count_changes(run.alerts, "raised")));
  }
  // Each line of the poisoned stretch is replaced by what `poison` makes of it.
  void expect_survived(const std::function<std::string(const std::string&)>& poison) {
    std::vector<std::string> all = lines();
    for (std::size_t row = poisoned_from; row < poisoned_to; ++row) {
      all[row + 1] = poison(all[row + 1]);
    }
    expect_healthy(run(joined(all)));
  }
  // For a value in the first reading's place.
  void expect_survived_value(const std::string& value) {
    SCOPED_TRACE(value);
    expect_survived([&](const std::string& line) {
      return fmt::format("{},{},{},{}", field(line, 0), field(line, 1), value, field(line, 3));
    });
  }

  TemporaryFolder folder_;
};

TEST_F(PoisonLaw, NothingIsPoisonedWithoutPoison) { expect_healthy(run(joined(lines()))); }

TEST_F(PoisonLaw, NotANumberAndMissing) {
  for (const std::string value : {"", "nan", "NaN", "null", "n/a", "-"}) {
    expect_survived_value(value);
  }
  expect_survived([](const std::string& line) {
    return fmt::format("{},{},,", field(line, 0), field(line, 1));
  });
}

TEST_F(PoisonLaw, InfinitiesAsText) {
  for (const std::string value : {"inf", "-inf", "Infinity", "-Infinity", "1e999", "-1e999"}) {
    expect_survived_value(value);
  }
}

TEST_F(PoisonLaw, HugeAndTinyNumbers) {
  for (const std::string value :
       {"1e308", "-1e308", "1.7976931348623157e308", "4.9e-324", "1e-300", "-0"}) {
    expect_survived_value(value);
  }
  // Both ends of the range in turn.
  bool is_low = false;
  expect_survived([&](const std::string& line) {
    is_low = !is_low;
    return fmt::format("{},{},{},{}", field(line, 0), field(line, 1),
                       is_low ? "-1.7e308" : "1.7e308", field(line, 3));
  });
}

TEST_F(PoisonLaw, TextInBetween) {
  expect_survived_value("overload");
  expect_survived_value("\"a \"\"quoted\"\" text\"");
}

// A single enormous value is not forgotten, yet it must not make the next spike invisible.
TEST_F(PoisonLaw, OneEnormousValue) {
  for (const std::string value : {"1e9", "-1e15", "1e200"}) {
    SCOPED_TRACE(value);
    std::vector<std::string> all = lines();
    const std::string& line = all[poisoned_from + 1];
    all[poisoned_from + 1] =
        fmt::format("{},{},{},{}", field(line, 0), field(line, 1), value, field(line, 3));
    expect_healthy(run(joined(all)));
  }
}

TEST_F(PoisonLaw, AColumnThatComesAndGoes) {
  std::vector<FleetRecord> fleet =
      make_fleet({.entities = 1, .columns = 4, .rows = rows, .interval = second});
  fleet[spike_row].values[0] += 40;
  for (std::size_t row = 0; row < rows; ++row) {
    if (row < poisoned_from) fleet[row].values[2] = std::nan("");
    if (row >= poisoned_to) fleet[row].values[3] = std::nan("");
  }
  expect_healthy(run(to_jsonl(fleet, {.has_missing_keys = true}), "input.jsonl"));
}

TEST_F(PoisonLaw, OneBadClock) {
  for (const std::string time : {"2100-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "0",
                                 "2261-12-31T23:59:59Z", "1678-01-01T00:00:00Z"}) {
    SCOPED_TRACE(time);
    std::vector<std::string> all = lines();
    std::string& line = all[poisoned_from + 1];
    line = time + line.substr(line.find(','));
    expect_healthy(run(joined(all)));
  }
}

// What comes after a leap is late for a while only: then the clock is set back.
TEST_F(PoisonLaw, ALeapOfTheClockSilencesNobody) {
  std::vector<std::string> all = lines();
  std::string& line = all[poisoned_from];
  line = "2100-01-01T00:00:00Z" + line.substr(line.find(','));
  const PipelineRun found = run(joined(all));
  EXPECT_GT(found.summary.engine.counts.late, 0U);
  EXPECT_LE(found.summary.engine.counts.late, 16U);
}

// A record with a clock far ahead must not end the others' episodes by silence; two that agree do.
TEST_F(PoisonLaw, AClockThatLeapsAloneMovesNobody) {
  std::vector<FleetRecord> fleet = make_fleet({.entities = 3, .rows = 400, .interval = second});
  std::vector<FleetRecord> all;
  for (const FleetRecord& record : fleet) {
    const auto row = (record.time - fleet.front().time) / second;
    if (record.entity == "host1" && row > 390) continue;  // silent from its spike on
    all.push_back(record);
    if (record.entity == "host1" && row == 390) all.back().values[0] += 40;
  }
  const auto resolved_after = [&](std::size_t leaping) {
    std::vector<FleetRecord> some = all;
    for (std::size_t i = 0; i < leaping; ++i) {
      FleetRecord record = all[i + 1];
      record.entity = fmt::format("host{}", i + 2);
      record.time = all.back().time + day;
      some.push_back(record);
    }
    const PipelineRun found = run(to_jsonl(some), "input.jsonl");
    EXPECT_EQ(count_changes(found.alerts, "raised"), 1U);
    return count_changes(found.alerts, "resolved");
  };
  EXPECT_EQ(resolved_after(0), 0U);
  EXPECT_EQ(resolved_after(1), 0U);
  EXPECT_EQ(resolved_after(2), 1U);
}

TEST_F(PoisonLaw, DuplicatesAreCountedAndRepeatTheVerdict) {
  const std::vector<std::string> all = lines();
  std::vector<std::string> twice = {all.front()};
  for (std::size_t row = 1; row < all.size(); ++row) {
    twice.push_back(all[row]);
    // At once, and again four records later.
    if (row % 3 == 0) twice.push_back(all[row]);
    if (row % 10 == 0 && row > 4) twice.push_back(all[row - 4]);
  }
  const PipelineRun once = run(joined(all));
  const PipelineRun again = run(joined(twice));
  EXPECT_EQ(digests(again), digests(once));
  EXPECT_EQ(again.summary.engine.counts.duplicates, twice.size() - all.size());
  EXPECT_EQ(count_changes(again.alerts, "raised"), count_changes(once.alerts, "raised"));
  std::map<std::string, std::string> verdicts;  // by time: p_value and lead
  std::size_t repeated = 0;
  for (const std::string& line : lines_of(again.scores)) {
    const std::string said = field(line, score_p_value) + " " + field(line, score_lead);
    const auto [at, is_new] = verdicts.emplace(field(line, score_time), said);
    if (is_new) continue;
    ++repeated;
    EXPECT_EQ(said, at->second) << line;
    EXPECT_EQ(field(line, score_reason), "duplicate") << line;
    EXPECT_EQ(field(line, score_alert), "0") << line;
  }
  EXPECT_EQ(repeated, twice.size() - all.size());
}

TEST_F(PoisonLaw, LateRecordsAreJudgedAndCounted) {
  std::vector<std::string> all = lines();
  std::size_t late = 0;
  for (std::size_t row = poisoned_from; row + 3 <= poisoned_to; row += 3) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(row);
    std::rotate(first, first + 2, first + 3);  // the newest before the two others
    late += 2;
  }
  const PipelineRun found = run(joined(all));
  EXPECT_EQ(found.summary.engine.counts.late, late);
  EXPECT_EQ(found.summary.engine.counts.duplicates, 0U);
  expect_healthy(found);
}

}  // namespace
}  // namespace retimu
