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

using Write = std::function<std::string(std::span<const FleetRecord>)>;

std::vector<FleetRecord> calm_fleet(std::size_t entities) {
  return make_fleet({.entities = entities,
                     .columns = 4,
                     .rows = 160'000 / entities,
                     .start = clock_change - 3'000 * second,
                     .interval = second});
}

void expect_none_an_event(const std::string& name, std::span<const FleetRecord> all,
                          const Write& write, double most = 0.001) {
  const std::size_t half = all.size() / 2;
  TemporaryFolder folder;
  const auto short_run = static_cast<double>(allocations(folder, name, write(all.first(half))));
  const auto long_run = static_cast<double>(allocations(folder, name, write(all)));
  fmt::print("{}: {} allocations for {} records, {} for {}\n", name, short_run, half, long_run,
             all.size());
  EXPECT_GT(short_run, 100) << "nothing was counted";
  EXPECT_LT((long_run - short_run) / static_cast<double>(half), most);
}

TEST(AllocationLaw, JsonLines) {
  expect_none_an_event("events.jsonl", calm_fleet(40), [](auto fleet) { return to_jsonl(fleet); });
}

TEST(AllocationLaw, Csv) {
  expect_none_an_event("events.csv", calm_fleet(40), [](auto fleet) { return to_csv(fleet); });
}

// What is kept as evidence for causes, of more entities than it is kept of, whose names and columns
// need memory of their own: each second two leap, farther than ever, for two readings.
TEST(AllocationLaw, SignalsThatDepart) {
  constexpr std::size_t entities = 80, between = 40;
  std::vector<FleetRecord> fleet = calm_fleet(entities);
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    const std::size_t row = i / entities;
    const auto leaps = static_cast<double>(row / between);
    fleet[i].entity += "_of_the_district_north";
    if (row > between && (row + 37 * (i % entities)) % between < 2) {
      for (double& value : fleet[i].values) value += 30 * std::pow(1.3, leaps);
    }
  }
  expect_none_an_event(
      "leaps.jsonl", fleet,
      [](std::span<const FleetRecord> records) {
        std::string text;
        for (const FleetRecord& record : records) {
          text += fmt::format("{{\"ts\":{},\"host\":\"{}\"", record.time / second, record.entity);
          for (std::size_t column = 0; column < record.values.size(); ++column) {
            text += fmt::format(",\"reading_of_sensor_{}\":{:.4f}", column, record.values[column]);
          }
          text += "}\n";
        }
        return text;
      },
      0.01);
}

}  // namespace
}  // namespace retimu
