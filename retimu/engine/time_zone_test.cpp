// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/time_zone.hpp"

#include "retimu/core/detector.hpp"
#include "retimu/core/random.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/detectors/specimen.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace retimu {
namespace {

Time at(std::string_view text) { return parse_iso_time(text).value(); }

LocalClock clock_of(std::string_view name) {
  const Result<TimeZone> zone = TimeZone::find(name);
  EXPECT_TRUE(zone) << zone.error().message;
  return LocalClock(zone ? *zone : TimeZone());
}

std::string shown(LocalClock& clock, std::string_view utc) {
  return format_time(clock.local(at(utc)));
}

// Daylight saving begins on the last Sunday of March and ends on that of October, at 1:00 UTC.
TEST(TimeZone, FollowsDaylightSaving) {
  LocalClock berlin = clock_of("Europe/Berlin");
  EXPECT_EQ(shown(berlin, "2026-03-29T00:59:59Z"), "2026-03-29T01:59:59Z");
  EXPECT_EQ(shown(berlin, "2026-03-29T01:00:00Z"), "2026-03-29T03:00:00Z");
  EXPECT_EQ(shown(berlin, "2026-10-25T00:59:59Z"), "2026-10-25T02:59:59Z");
  EXPECT_EQ(shown(berlin, "2026-10-25T01:00:00Z"), "2026-10-25T02:00:00Z");
  EXPECT_EQ(shown(berlin, "2026-03-29T00:59:59.999999999Z"), "2026-03-29T01:59:59.999999999Z");
  LocalClock kathmandu = clock_of("Asia/Kathmandu");
  EXPECT_EQ(shown(kathmandu, "2026-03-29T00:30:00Z"), "2026-03-29T06:15:00Z");
}

TEST(TimeZone, IsUtcByDefault) {
  LocalClock clock{TimeZone()}, named = clock_of("UTC");
  for (const Time time : {Time{0}, std::numeric_limits<Time>::min() + 1,
                          std::numeric_limits<Time>::max(), at("2026-07-01T00:00:00Z")}) {
    EXPECT_EQ(clock.local(time), time);
    EXPECT_EQ(named.local(time), time);
  }
}

// What was looked up before does not show in the answer.
TEST(TimeZone, TellsTheSameInAnyOrder) {
  LocalClock berlin = clock_of("Europe/Berlin");
  Random random(5);
  for (int i = 0; i < 500; ++i) {
    const auto time = static_cast<Time>(random.uniform() * 2e18);
    const Time local = berlin.local(time);
    ASSERT_EQ(clock_of("Europe/Berlin").local(time), local) << format_time(time);
    ASSERT_TRUE(local - time == hour || local - time == 2 * hour) << format_time(time);
  }
  for (const Time time : {std::numeric_limits<Time>::min(), std::numeric_limits<Time>::max()}) {
    EXPECT_LE(between(std::min(time, berlin.local(time)), std::max(time, berlin.local(time))),
              hour);
  }
}

TEST(TimeZone, TellsTheNearestName) {
  const Result<TimeZone> wrong = TimeZone::find("Europe/Berln");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("did you mean \"Europe/Berlin\"?"), std::string::npos);
  for (const std::string_view name : {"", "/etc/passwd", "../Berlin", "MESZ-17"}) {
    const Result<TimeZone> none = TimeZone::find(name);
    ASSERT_FALSE(none) << name;
    EXPECT_EQ(none.error().fault, Fault::usage) << none.error().message;
  }
}

// An office at work from 8 to 18 by the clock on the wall.
double at_work(Time local) {
  const Duration of_day = local - floor_to(local, day);
  return of_day >= 8 * hour && of_day < 18 * hour ? 80 : 10;
}

// The highest score of the office in the week after a change of clocks, with ten weeks before it.
double strangest_after(std::string_view change, std::string_view detector, LocalClock own) {
  LocalClock berlin = clock_of("Europe/Berlin");
  const DetectorEntry& entry = *find_detector(detector);
  const auto made = entry.make(ParameterValues(entry.parameters), 1);
  const Detector& tried = **made;
  std::vector<std::max_align_t> state(tried.bytes(1) / sizeof(std::max_align_t) + 1);
  std::vector<std::max_align_t> scratch(tried.scratch_bytes(1) / sizeof(std::max_align_t) + 1);
  const Scratch place = std::as_writable_bytes(std::span(scratch));
  tried.create(state.data(), 1, 1);
  Random random(8);
  const ColumnId column{};
  const std::uint32_t slot = 0;
  double strangest = 0;
  for (Duration since = -70 * day; since < 7 * day; since += 10 * minute) {
    Event event;
    event.time = at(change) + since;
    const double value = at_work(berlin.local(event.time)) + bell(random);
    event.payload = Readings{{&column, 1}, {&value, 1}};
    const EntityView view{{&column, 1}, {&value, 1}, {&event.time, 1}, {&slot, 1}};
    const Observation observation{event, view, own.local(event.time)};
    const double score = tried.score(state.data(), observation, place).value_or(0);
    if (since >= 0) strangest = std::max(strangest, score);
    tried.learn(state.data(), observation, place);
  }
  tried.destroy(state.data(), 1);
  return strangest;
}

TEST(TimeZone, KeepsADailyPatternUsualAcrossAChange) {
  for (const std::string_view change : {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"}) {
    for (const std::string_view detector : {"gap_novelty", "seasonal_profile"}) {
      const double with = strangest_after(change, detector, clock_of("Europe/Berlin"));
      const double without = strangest_after(change, detector, LocalClock(TimeZone()));
      EXPECT_GT(without, with + 3) << change << ' ' << detector << ' ' << with;
    }
  }
}

// Alerts of an engine that watches such an office, told after the change.
std::size_t alerts_after(Time change, const std::string& pipeline) {
  const TemporaryFolder folder;
  LocalClock berlin = clock_of("Europe/Berlin");
  Random random(8);
  std::string text;
  for (Time time = change - 70 * day; time < change + 7 * day; time += 10 * minute) {
    const double value = at_work(berlin.local(time)) + bell(random);
    text += fmt::format("{{\"ts\":{},\"load\":{}}}\n", time / second, value);
  }
  write_file(folder / "office.jsonl", text);
  const Result<Configuration> configuration = parse_configuration(
      fmt::format("[pipeline]\n{}\n[[source]]\ntype = \"file\"\npath = \"{}\"\ntime = \"ts\"\n"
                  "[[sink]]\ntype = \"jsonl\"\npath = \"{}\"\n[detectors]\nuse = "
                  "[\"gap_novelty\"]\n",
                  pipeline, folder / "office.jsonl", folder / "alerts.jsonl"),
      "pipeline.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  EXPECT_TRUE(run_service(*configuration, {}));
  std::istringstream lines(read_file(folder / "alerts.jsonl"));
  std::size_t told = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t place = line.find("\"time\":\"");
    const bool is_raised = line.find("\"raised\"") != std::string::npos;
    if (is_raised && place != std::string::npos &&
        line.substr(place + 8, 20) >= format_time(change)) {
      ++told;
    }
  }
  return told;
}

TEST(TimeZone, OfThePipelineReachesItsDetectors) {
  const Time change = at("2026-03-29T01:00:00Z");
  EXPECT_GT(alerts_after(change, ""), alerts_after(change, "time_zone = \"Europe/Berlin\""));
}

}  // namespace
}  // namespace retimu
