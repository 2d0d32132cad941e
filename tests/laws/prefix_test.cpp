// SPDX-License-Identifier: Apache-2.0
// Law 3: the first k rows give the first k lines of all (no look-ahead); the same seed gives the
// same scores.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {
namespace {

struct Found {
  std::string scores, alerts;
};

// `retimu detect` on a text, as a file of the same name every time.
Found detect(const TemporaryFolder& folder, const std::string& name, const std::string& text,
             const std::vector<std::string>& more = {}) {
  write_file(folder / name, text);
  Command command{{"detect", name, "--output", "scores.csv", "--alerts", "alerts.jsonl"},
                  folder.path()};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  const Outcome outcome = run_program(command);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  return {read_file(folder / "scores.csv"), read_file(folder / "alerts.jsonl")};
}

// The first `count` lines.
std::string head(const std::string& text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count && at != std::string::npos; ++i) {
    at = text.find('\n', at);
    at = at == std::string::npos ? at : at + 1;
  }
  return text.substr(0, at);
}

std::vector<FleetRecord> spiky_fleet() {
  return make_fleet({.entities = 3, .rows = 500, .interval = second, .spike_every = 110});
}

void expect_prefixes(const std::string& name, const std::string& text, std::size_t headers) {
  TemporaryFolder folder;
  const std::vector<std::string> options = {"--entity", "host"};
  const Found all = detect(folder, name, text, options);
  ASSERT_EQ(lines_of(all.scores).size(), 1'501U);
  ASSERT_GE(count_changes(all.alerts, "raised"), 6U);
  for (const std::size_t rows : {1U, 2U, 10U, 63U, 200U, 700U, 701U, 1'111U, 1'499U}) {
    SCOPED_TRACE(fmt::format("{} rows", rows));
    const Found some = detect(folder, name, head(text, rows + headers), options);
    EXPECT_EQ(some.scores, head(all.scores, rows + 1));
    EXPECT_TRUE(all.alerts.starts_with(some.alerts));
  }
}

TEST(PrefixLaw, HoldsForCsv) { expect_prefixes("input.csv", to_csv(spiky_fleet()), 1); }
TEST(PrefixLaw, HoldsForJsonLines) { expect_prefixes("input.jsonl", to_jsonl(spiky_fleet()), 0); }

TEST(SeedLaw, TheSameSeedGivesTheSameBytesAndAnotherDoesNot) {
  TemporaryFolder folder;
  write_file(folder / "pipeline.toml", "[detectors]\nuse = [\"half_space_trees\"]\n");
  const std::string text = to_csv(spiky_fleet());
  const auto scores = [&](const std::string& seed) {
    return detect(folder, "input.csv", text,
                  {"--entity", "host", "--config", "pipeline.toml", "--seed", seed});
  };
  const Found first = scores("1"), again = scores("1"), other = scores("2");
  EXPECT_EQ(first.scores, again.scores);
  EXPECT_EQ(first.alerts, again.alerts);
  EXPECT_NE(first.scores, other.scores);
}

}  // namespace
}  // namespace retimu
