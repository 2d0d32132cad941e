// SPDX-License-Identifier: Apache-2.0
// What is said of alarms of other systems: the severe at once, the same not again and again, clears
// never; whatever the batches, threads and restarts.
#include "retimu/core/random.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

struct Sent {
  Time time;
  std::string_view host, code, severity;
};

std::string to_text(const std::vector<Sent>& alarms) {
  std::string text;
  for (const Sent& one : alarms) {
    text += fmt::format("{{\"ts\":{},\"host\":\"{}\",\"alarm_code\":\"{}\",\"severity\":\"{}\"}}\n",
                        one.time / second, one.host, one.code, one.severity);
  }
  return text;
}

class AlarmsLaw : public ::testing::Test {
 protected:
  PipelineRun run(const std::vector<Sent>& alarms, std::size_t shards = 2,
                  std::size_t events_per_read_max = 2'048) {
    write_file(folder_ / "alarms.jsonl", to_text(alarms));
    text_.paths = {folder_ / "alarms.jsonl"};
    text_.shards = shards;
    ServiceOptions options;
    options.events_per_read_max = events_per_read_max;
    return run_pipeline(folder_, text_, options);
  }
  TemporaryFolder folder_;
  PipelineText text_;
};

constexpr Time start = 1'700'000'000 * second;

TEST_F(AlarmsLaw, TheFirstAlarmOfAnEntityIsToldIfItIsSevere) {
  const PipelineRun found = run({{start, "a", "fan", "minor"},
                                 {start + second, "b", "power", "critical"},
                                 {start + 2 * second, "c", "link", "cleared"}});
  const std::vector<std::string> lines = lines_of(found.alerts);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("\"severity\":\"critical\""), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("alarm \\\"power\\\" of b is critical"), std::string::npos) << lines[0];
}

TEST_F(AlarmsLaw, OneThatFlapsIsOneEpisode) {
  std::vector<Sent> alarms;
  for (int i = 0; i < 120; ++i) {  // for an hour
    alarms.push_back({start + i * 30 * second, "a", "link-down", "major"});
    alarms.push_back({start + i * 30 * second + 15 * second, "a", "link-down", "cleared"});
  }
  const PipelineRun found = run(alarms);
  EXPECT_EQ(count_changes(found.alerts, "raised"), 1U);
  EXPECT_EQ(count_changes(found.alerts, "resolved"), 0U);
  EXPECT_LE(count_changes(found.alerts, "updated"), 4U);
}

TEST_F(AlarmsLaw, AnEpisodeEndsAMinuteAfterAllItsAlarmsAreCleared) {
  std::vector<Sent> alarms = {{start, "a", "power", "critical"},
                              {start + 10 * second, "a", "link", "critical"},
                              {start + 20 * second, "a", "power", "cleared"},
                              {start + 30 * second, "a", "door", "cleared"},
                              {start + 200 * second, "a", "link", "cleared"}};
  for (int i = 0; i < 40; ++i) alarms.push_back({start + i * 10 * second, "b", "fan", "minor"});
  std::ranges::stable_sort(alarms, {}, &Sent::time);
  const PipelineRun found = run(alarms);
  const std::vector<std::string> lines = lines_of(found.alerts);
  ASSERT_EQ(count_changes(found.alerts, "resolved"), 1U) << found.alerts;
  const std::string& over = lines.back();
  for (const std::string_view part :
       {"\"time\":\"2023-11-14T22:17:40Z\"", "\"ended\":\"2023-11-14T22:16:40Z\"",
        "\"kind\":\"alarm_cleared\"", "alarm \\\"link\\\" of a is cleared after 3m20s"}) {
    EXPECT_NE(over.find(part), std::string::npos) << part << "\n" << over;
  }
  EXPECT_EQ(run(alarms, 1, 1).alerts, found.alerts);
}

TEST_F(AlarmsLaw, AnotherSevereAlarmIsToldOfAnOpenEpisode) {
  const PipelineRun found = run({{start, "a", "power", "critical"},
                                 {start + 20 * second, "a", "link", "critical"},
                                 {start + 40 * second, "a", "power", "critical"}});
  ASSERT_EQ(lines_of(found.alerts).size(), 2U);
  EXPECT_EQ(count_changes(found.alerts, "updated"), 1U);
}

// Hosts with their own usual codes, floods and rare ones.
std::vector<Sent> some_alarms() {
  static constexpr std::array hosts = {"a", "b", "c", "d", "e"};
  static constexpr std::array codes = {"login", "scan", "disk", "proxy", "mail", "rare"};
  static constexpr std::array severities = {"warning", "minor", "major", "cleared"};
  Random random(3);
  std::vector<Sent> alarms;
  for (Time time = start; time < start + 3 * day;) {
    const bool is_flood = random.below(400) == 0;
    const char* const host = hosts[random.below(hosts.size())];
    for (std::uint64_t left = is_flood ? 40 : 1; left > 0; --left) {
      const bool is_rare = random.below(300) == 0;
      alarms.push_back({time, host, is_rare ? "rare" : codes[random.below(5)],
                        severities[random.below(200) == 0 ? 2 : random.below(2) * 3]});
      time += is_flood ? second : second * static_cast<Time>(30 + random.below(60));
    }
  }
  return alarms;
}

TEST_F(AlarmsLaw, NeitherBatchesNorThreadsNorRestartsMatter) {
  const std::vector<Sent> alarms = some_alarms();
  const PipelineRun expected = run(alarms, 1);
  EXPECT_GE(count_changes(expected.alerts, "raised"), 5U);
  for (const std::size_t shards : {1U, 8U}) {
    for (const std::size_t events : {1U, 37U}) {
      const PipelineRun found = run(alarms, shards, events);
      EXPECT_EQ(digests(found), digests(expected));
      EXPECT_EQ(found.alerts, expected.alerts);
    }
  }
  text_.data_dir = folder_ / "state";
  std::filesystem::remove(folder_ / "alerts.jsonl");
  PipelineRun found;
  for (std::size_t pieces = 1; pieces <= 5; ++pieces) {
    const auto end = static_cast<std::ptrdiff_t>(alarms.size() * pieces / 5);
    found = run({alarms.begin(), alarms.begin() + end});
  }
  EXPECT_EQ(digests(found), digests(expected));
  EXPECT_EQ(found.alerts, expected.alerts);
}

}  // namespace
}  // namespace retimu
