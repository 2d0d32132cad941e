// SPDX-License-Identifier: Apache-2.0
// No allocation an event once warm, counted from outside the process: an input twice as long must
// not allocate more. Local time, too, over a change of clock.
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

namespace retimu {
namespace {

std::uint64_t allocations(const TemporaryFolder& folder, const std::string& name,
                          const std::string& text) {
  write_file(folder / name, text);
  PipelineText pipeline;
  pipeline.paths = {name};
  pipeline.shards = 2;
  pipeline.data_dir = "state_of_" + name;
  pipeline.pipeline_keys = fmt::format("snapshot_interval = \"1d\"\n{}", zone_of_the_change);
  pipeline.sections = "[alerts]\nthreshold = 300\n";
  pipeline.alerts_path = "alerts.jsonl";
  std::filesystem::remove_all(folder / pipeline.data_dir);
  write_file(folder / "pipeline.toml", to_toml(pipeline));
  const Outcome outcome = run_program(
      {{"run", "pipeline.toml", "--json"},
       folder.path(),
       {{"LD_PRELOAD", RETIMU_COUNT_ALLOCATIONS}, {"RETIMU_ALLOCATIONS", folder / "allocations"}}});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("\"raised\":0"), std::string::npos) << outcome.output;
  return std::stoull(read_file(folder / "allocations"));
}

void expect_none_an_event(const std::string& name,
                          const std::function<std::string(std::span<const FleetRecord>)>& write) {
  const std::vector<FleetRecord> fleet = make_fleet({.entities = 40,
                                                     .columns = 4,
                                                     .rows = 4'000,
                                                     .start = clock_change - 3'000 * second,
                                                     .interval = second});
  const std::span<const FleetRecord> all(fleet);
  const std::size_t half = all.size() / 2;
  TemporaryFolder folder;
  const auto short_run = static_cast<double>(allocations(folder, name, write(all.first(half))));
  const auto long_run = static_cast<double>(allocations(folder, name, write(all)));
  fmt::print("{}: {} allocations for {} records, {} for {}\n", name, short_run, half, long_run,
             all.size());
  EXPECT_GT(short_run, 100) << "nothing was counted";
  EXPECT_LT((long_run - short_run) / static_cast<double>(half), 0.001);
}

TEST(AllocationLaw, JsonLines) {
  expect_none_an_event("events.jsonl", [](auto fleet) { return to_jsonl(fleet); });
}

TEST(AllocationLaw, Csv) {
  expect_none_an_event("events.csv", [](auto fleet) { return to_csv(fleet); });
}

}  // namespace
}  // namespace retimu
