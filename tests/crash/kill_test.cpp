// SPDX-License-Identifier: Apache-2.0
// Law 2: kill -9 at any moment. After restarts nothing is lost, nothing learned twice, nothing told
// twice, and digests and alerts equal those of an uninterrupted run.
#include "retimu/core/fail_point.hpp"
#include "tests/crash/victim.hpp"

namespace retimu {
namespace {

// Enough hosts for most groups and both shards. Each restart judges most of the input again, so
// that a test takes as long as its kills times its records.
constexpr std::size_t hosts = 32, rows = 520, malformed_every = 2'000;
constexpr std::uint64_t kills_in_a_run = 5;       // spread over as many passings as a whole run has
constexpr std::uint64_t kills_at_place_max = 24;  // then it may run to its end
constexpr std::uint64_t random_seed = 20'261'122;

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// How often the process was killed at each place, over all tests; printed at the end.
class Hits : public ::testing::Environment {
 public:
  static Hits& all() {
    static auto* hits = new Hits;
    return *hits;
  }
  void add(const std::string& place) { ++counts_[place]; }
  std::size_t count(const std::string& place) const {
    const auto at = counts_.find(place);
    return at == counts_.end() ? 0 : at->second;
  }
  void TearDown() override {
    fmt::print("\n{:<28} {:>6}\n", "killed at", "times");
    std::size_t sum = 0;
    for (const auto& [place, count] : counts_) {
      fmt::print("{:<28} {:>6}\n", place, count);
      sum += count;
    }
    fmt::print("{:<28} {:>6}\n", "together", sum);
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

[[maybe_unused]] ::testing::Environment* const registered =
    ::testing::AddGlobalTestEnvironment(&Hits::all());

class KillLaw : public ::testing::TestWithParam<VictimOptions> {
 protected:
  KillLaw() : input_(crash_input(rows, hosts, malformed_every)) {
    Victim victim(GetParam(), input_);
    const std::string counts = victim.folder() / "counts";
    const Outcome outcome = victim.run({{"RETIMU_FAIL_POINT_COUNT", counts}});
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    expected_ = victim.remains();
    std::istringstream stream(read_file(counts));
    std::string place;
    for (std::uint64_t count = 0; stream >> place >> count;) places_[place] = count;
  }
  // Kills at the first passing of a place, at the first and the second one after that restart, and
  // then at one, two, three … sixths of all passings, until the process ends by itself: a restart
  // may pass again what an earlier process passed, or not.
  void torment(const std::string& place, std::uint64_t passings) {
    SCOPED_TRACE(place);
    Victim victim(GetParam(), input_);
    const std::uint64_t stride = std::max<std::uint64_t>(3, passings / (kills_in_a_run + 1));
    for (std::uint64_t kills = 0; kills <= kills_at_place_max; ++kills) {
      const std::uint64_t passing = kills < 2 ? 1 : kills == 2 ? 2 : (kills - 2) * stride;
      const std::string point = fmt::format("{}:{}", place, passing);
      const Outcome outcome =
          kills == kills_at_place_max ? victim.run() : victim.run({{"RETIMU_FAIL_POINT", point}});
      if (!outcome.was_killed) {
        EXPECT_EQ(outcome.code, 0) << outcome.errors;
        EXPECT_GE(kills, 1);
        EXPECT_TRUE(victim.remains() == expected_) << place;
        return;
      }
      ASSERT_EQ(outcome.code, SIGKILL);
      Hits::all().add(place);
      victim.expect_orderly(false);
    }
    FAIL() << "does not come to an end";
  }

  std::string input_;
  Remains expected_;
  std::map<std::string, std::uint64_t> places_;
};

TEST_P(KillLaw, AtEveryPlaceByCount) {
  const bool has_budget = GetParam().sections.find("budget") != std::string::npos;
  const bool has_incidents = GetParam().sections.find("topology") != std::string::npos;
  ASSERT_GE(count_changes(expected_.alerts, "raised"), has_budget || has_incidents ? 25U : 50U);
  const std::size_t incidents = count_of(expected_.alerts, "\"kind\":\"incident\"");
  ASSERT_TRUE(has_incidents ? incidents >= 20 : incidents == 0) << incidents;
  ASSERT_EQ(expected_.entities.size(), hosts);
  ASSERT_EQ(expected_.records, rows * hosts);
  ASSERT_EQ(lines_of(expected_.dead_letters).size(), rows * hosts / malformed_every);
  const bool evicts = GetParam().sections.find("entities_max") != std::string::npos;
  for (const std::string_view place : storage_fail_points) {
    if (place.starts_with("entities.") && !evicts) continue;
    EXPECT_TRUE(places_.contains(std::string(place))) << place << " is never passed";
  }
  for (const auto& [place, count] : places_) torment(place, count);
}

TEST_P(KillLaw, AtRandomMoments) {
  Random random(hash(GetParam().name, random_seed));
  Victim victim(GetParam(), input_);
  fmt::print("seed {}\n", random_seed);
  constexpr int kills_max = 25;
  for (int kills = 0; kills < kills_max; ++kills) {
    Process process(victim.command());
    // Up to 60 ms: the process does not get far, so most of the kills fall into a start.
    if (process.ends_within(std::chrono::milliseconds(1 + random.below(60)))) {
      EXPECT_EQ(process.wait().code, 0);
      break;
    }
    process.signal(SIGKILL);
    const Outcome outcome = process.wait();
    if (outcome.was_killed) Hits::all().add("a random moment");
    victim.expect_orderly(false);
  }
  const Outcome outcome = victim.run();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_TRUE(victim.remains() == expected_);
}

// What was told is told: a run of a finished pipeline changes nothing.
TEST_P(KillLaw, RunAgainAtTheEnd) {
  Victim victim(GetParam(), input_);
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = victim.run();
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
    EXPECT_TRUE(victim.remains() == expected_) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(, KillLaw, ::testing::ValuesIn(victims()), [](const auto& test) {
  std::string name = test.param.name;
  std::ranges::replace_if(
      name, [](char c) { return c == ' ' || c == ','; }, '_');
  return name;
});

// Asked to stop, it drains, commits, snapshots and ends; the next run goes on from there.
class StopLaw : public ::testing::TestWithParam<int> {};

TEST_P(StopLaw, ASignalEndsItWithinTwoSeconds) {
  const std::string input = crash_input(2'500);
  const VictimOptions options = victims()[2];
  Victim whole(options, input), stopped(options, input);
  ASSERT_EQ(whole.run().code, 0);
  std::size_t stops = 0;
  for (int round = 0; round < 6; ++round) {
    Process process(stopped.command());
    if (process.ends_within(std::chrono::milliseconds(100))) {
      EXPECT_EQ(process.wait().code, 0);
      break;
    }
    process.signal(GetParam());
    EXPECT_TRUE(process.ends_within(std::chrono::seconds(2)));
    const Outcome outcome = process.wait();
    EXPECT_FALSE(outcome.was_killed);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    stops += outcome.output.find("\"stopped\":true") != std::string::npos ? 1 : 0;
    stopped.expect_orderly(true);
  }
  EXPECT_GE(stops, 1U);
  const Outcome outcome = stopped.run();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_TRUE(stopped.remains() == whole.remains());
}

INSTANTIATE_TEST_SUITE_P(, StopLaw, ::testing::Values(SIGINT, SIGTERM), [](const auto& test) {
  return test.param == SIGINT ? "SIGINT" : "SIGTERM";
});

// The command prints what the library says.
TEST(InspectCommand, PrintsTheDigests) {
  Victim victim(victims()[3], crash_input(320, hosts));
  ASSERT_EQ(victim.run().code, 0);
  const Result<Inspection> found = inspect(victim.folder() / "state");
  ASSERT_TRUE(found) << found.error().message;
  const Outcome json =
      run_program({{"inspect", "state", "--json", "--digest"}, victim.folder().path()});
  const Outcome text = run_program({{"inspect", "state", "--digest"}, victim.folder().path()});
  ASSERT_EQ(json.code, 0) << json.errors;
  ASSERT_EQ(text.code, 0) << text.errors;
  EXPECT_NE(json.output.find(fmt::format("\"digest\":\"{:016x}\",\"entities\"", found->digest)),
            std::string::npos);
  EXPECT_EQ(found->entities.size(), hosts);
  EXPECT_GT(found->store.evicted, 0U);
  for (const EntityReport& entity : found->entities) {
    const std::string digest = fmt::format("{:016x}", entity.digest);
    EXPECT_NE(json.output.find(digest), std::string::npos);
    EXPECT_NE(text.output.find(digest), std::string::npos);
  }
}

}  // namespace
}  // namespace retimu
