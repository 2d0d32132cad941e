// SPDX-License-Identifier: Apache-2.0
// Law 8: a stated budget holds on clean data, and in the same run clear faults are found; by what a
// pipeline has that names no detectors. benchmarks/budget prints this for more kinds of noise.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <charconv>
#include <set>

namespace retimu {
namespace {

// Single columns of normal noise at a reading a minute. Each entity shifts by 4 deviations and
// stays there, one after the other in the last third.
TEST(PowerLaw, ShiftsOfSingleColumnsAreFoundUnderABudget) {
  constexpr std::size_t entities = 50, rows = 4'320, clean_rows = 2'880, within = 60;
  constexpr double budget = 4, clean_days = 2;
  std::vector<FleetRecord> fleet =
      make_fleet({.entities = entities, .columns = 1, .rows = rows, .seed = 8, .interval = minute});
  const auto shift_at = [](std::size_t entity) { return clean_rows + 20 * entity + 100; };
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    if (i / entities >= shift_at(i % entities)) fleet[i].values[0] += 4;
  }
  TemporaryFolder folder;
  const std::string path = folder / "fleet.jsonl";
  write_file(path, to_jsonl(fleet));
  const Result<PipelineRun> run =
      try_pipeline(folder, {.paths = {path}, .sections = "[alerts]\nbudget = \"4 per day\"\n"});
  ASSERT_TRUE(run) << run.error().message;

  std::size_t false_ones = 0;
  std::set<std::size_t> found;
  std::size_t at = 0;
  for (const std::string& line : lines_of(run->scores)) {
    if (line.starts_with("source,")) continue;
    const std::size_t row = at / entities, entity = at % entities;
    ++at;
    false_ones += row < clean_rows && field(line, score_alert) == "1" ? 1 : 0;
    // An episode begins, though the budget may not let it be told: fifty faults in a day.
    const bool is_soon = row >= shift_at(entity) && row < shift_at(entity) + within;
    if (is_soon && field(line, score_anomalous) == "1") found.insert(entity);
  }
  EXPECT_EQ(at, fleet.size());
  EXPECT_LE(static_cast<double>(false_ones), budget * clean_days + 4);
  EXPECT_GE(found.size(), entities * 9 / 10);
}

}  // namespace
}  // namespace retimu
