// SPDX-License-Identifier: Apache-2.0
// Law 6: memory has a stated bound. What does not fit is evicted and comes back as it was, and the
// estimate is what an entity takes.
#include "retimu/engine/memory.hpp"
#include "retimu/engine/snapshotter.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/pipeline_run.hpp"

namespace retimu {
namespace {

constexpr std::size_t entities = 24, groups = 4;

// Names of entities that lie in the first so many groups.
std::vector<std::string> names_in_groups(std::size_t group_max, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t number = 1; names.size() < count; ++number) {
    const std::string name = fmt::format("host{}", number);
    if (static_cast<std::size_t>(group_of(hash(name))) < group_max) names.push_back(name);
  }
  return names;
}

class EvictionLaw : public ::testing::TestWithParam<std::string_view> {
 protected:
  EvictionLaw() {
    // All entities in a few groups, so that they push each other out; a third of them comes and
    // goes.
    const FleetOptions options{.entities = entities,
                               .rows = 420,
                               .interval = minute,
                               .calm_rows = 300,
                               .spike_every = 120};
    const std::vector<std::string> names = names_in_groups(groups, entities);
    std::vector<FleetRecord> fleet;
    const std::vector<FleetRecord> all = make_fleet(options);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t entity = i % entities, row = i / entities;
      if (entity % 3 == 0 && (row / 20 + entity) % 4 != 0) continue;
      fleet.push_back(all[i]);
      fleet.back().entity = names[entity];
    }
    write_file(folder_ / "events.jsonl", to_jsonl(fleet));
  }
  PipelineRun run(std::size_t entities_max, const std::string& data_dir, std::size_t shards) {
    std::filesystem::remove(folder_ / "alerts.jsonl");
    PipelineText text;
    text.paths = {folder_ / "events.jsonl"};
    text.shards = shards;
    text.data_dir = folder_ / data_dir;
    text.sections =
        std::string(GetParam()) + fmt::format("[limits]\nentities_max = {}\n", entities_max);
    return run_pipeline(folder_, text);
  }
  TemporaryFolder folder_;
};

TEST_P(EvictionLaw, AnEvictedEntityComesBackAsItWas) {
  const PipelineRun all = run(1'000'000, "roomy", 2);
  EXPECT_EQ(all.summary.engine.evicted, 0U);
  EXPECT_EQ(all.summary.engine.counts.entities, entities);
  ASSERT_GE(count_changes(all.alerts, "raised"), 12U);
  // A group has at least the entity in hand in memory; an open episode keeps its entity there.
  const auto open =
      static_cast<std::size_t>(std::ranges::count_if(all.summary.entities, &EntityReport::is_open));
  for (const std::size_t shards : {1U, 2U}) {
    SCOPED_TRACE(shards);
    const std::string data_dir = fmt::format("tight{}", shards);
    const PipelineRun some = run(3, data_dir, shards);
    EXPECT_GE(some.summary.engine.evicted, 5'000U);
    EXPECT_LE(some.summary.engine.counts.entities, 3 + groups + open);
    EXPECT_EQ(some.scores, all.scores);
    EXPECT_EQ(some.alerts, all.alerts);
    // In memory and evicted, as a later process finds them.
    const Result<Inspection> found = inspect(folder_ / data_dir);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(digests(found->entities), digests(all));
  }
}

INSTANTIATE_TEST_SUITE_P(, EvictionLaw,
                         ::testing::Values("", "[alerts]\nbudget = \"400 per day\"\n"),
                         [](const auto& test) {
                           return test.param.empty() ? "own_threshold" : "budget";
                         });

TEST(EstimateLaw, IsWhatAnEntityTakes) {
  constexpr std::size_t fleet_size = 2'000;
  for (const std::size_t columns : {1U, 4U, 16U}) {
    SCOPED_TRACE(columns);
    std::vector<FleetRecord> fleet =
        make_fleet({.entities = fleet_size, .columns = columns, .rows = 3});
    for (FleetRecord& record : fleet) record.entity = fmt::format("{:>16}", record.entity);
    for (FleetRecord& record : fleet) std::ranges::replace(record.entity, ' ', '0');
    TemporaryFolder folder;
    write_file(folder / "events.jsonl", to_jsonl(fleet));
    PipelineText text;
    text.paths = {folder / "events.jsonl"};
    const PipelineRun run = run_pipeline(folder, text);
    ASSERT_EQ(run.summary.entities.size(), fleet_size);
    Columns names;
    const auto pipeline = build_pipeline(Configuration{}, names);
    ASSERT_TRUE(pipeline);
    const std::size_t estimate = entity_bytes(**pipeline, columns);
    constexpr std::size_t line = 64, places = 32;
    const std::size_t block = (run.summary.entities.front().bytes + line - 1) / line * line;
    EXPECT_EQ(estimate, block + block * Snapshotter::under_way_max / group_count + places);
    // With what slabs and tables hold in reserve.
    const double held = static_cast<double>(run.summary.engine.counts.bytes) / fleet_size;
    EXPECT_GE(held, static_cast<double>(block));
    EXPECT_LE(held, 1.15 * static_cast<double>(estimate));
  }
}

TEST(ColumnsMaxLaw, FurtherColumnsAreLeftOut) {
  TemporaryFolder folder;
  write_file(folder / "events.jsonl",
             to_jsonl(make_fleet({.entities = 2, .columns = 9, .rows = 300, .interval = second})));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  text.sections = "[limits]\ncolumns_max = 4\n";
  const PipelineRun found = run_pipeline(folder, text);
  for (const EntityReport& entity : found.summary.entities) EXPECT_EQ(entity.columns, 4U);
  EXPECT_EQ(found.summary.engine.counts.left_out, 2U * 300U * 5U);
}

}  // namespace
}  // namespace retimu
