// SPDX-License-Identifier: Apache-2.0
// Laws 1 and 3 at their smallest: a group whose state is saved and loaded after every event says
// the same as one that is left alone, and both say what the whole engine says.
#include "retimu/engine/group.hpp"
#include "tests/support/entity_events.hpp"
#include "tests/support/pipeline_run.hpp"

#include <array>

namespace retimu {
namespace {

class RestoreLaw : public ::testing::Test {
 protected:
  RestoreLaw() {
    records_ = make_fleet({.entities = 1,
                           .columns = 3,
                           .rows = 900,
                           .interval = minute,
                           .spike_every = 127,
                           .shift_at = 600});
    // Columns that come late, and columns that are missing now and then.
    for (std::size_t row = 0; row < records_.size(); ++row) {
      if (row < 50) records_[row].values[2] = std::nan("");
      if (row % 7 == 0) records_[row].values[1] = std::nan("");
    }
  }
  void build(std::string_view sections) {
    const Result<Configuration> configuration = parse_configuration(sections, "pipeline.toml");
    ASSERT_TRUE(configuration) << configuration.error().message;
    Result<std::unique_ptr<Pipeline>> built = build_pipeline(*configuration, columns_);
    ASSERT_TRUE(built) << built.error().message;
    pipeline_ = std::move(*built);
    factory_ = std::make_unique<EntityFactory>(*pipeline_);
    judge_ = std::make_unique<Judge>(*pipeline_);
    id_ = group_of(hash("host1"));
  }
  std::unique_ptr<Group> make_group() {
    return std::make_unique<Group>(id_, *pipeline_, *factory_, *judge_, nullptr, count_);
  }
  // The digest after all events; `restores`: the group is replaced by a loaded copy after every
  // event.
  EntityReport run(bool restores, std::vector<Alert>& alerts) {
    EntityEvents events(columns_, records_);
    std::unique_ptr<Group> group = make_group();
    for (std::size_t i = 0; i < events.count(); ++i) {
      if (i == 300) group->control(BudgetControl{});
      const Result<Verdict> verdict = group->judge(events.event(i), time_none, alerts);
      EXPECT_TRUE(verdict);
      if (!restores) continue;
      std::vector<std::byte> state, again;
      group->save(state);
      judge_ = std::make_unique<Judge>(*pipeline_);
      group = make_group();
      const Result<void> loaded = group->load(state);
      EXPECT_TRUE(loaded) << loaded.error().message;
      group->save(again);
      EXPECT_EQ(state, again) << "after event " << i;
      if (!loaded || state != again) return {};
    }
    return group->describe().front();
  }

  std::vector<FleetRecord> records_;
  Columns columns_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<EntityFactory> factory_;
  std::unique_ptr<Judge> judge_;
  EntityCount count_;
  GroupId id_{};
};

constexpr std::array<std::string_view, 5> pipelines = {
    "",
    "[alerts]\nbudget = \"50 per day\"\n",
    "[columns]\nreading1 = { kind = \"counter\" }\n",
    "[detectors]\nuse = [\"moving_average\", \"rolling_deviation\", \"half_space_trees\"]\n",
    "[detectors]\nuse = [\"linear_prediction\", \"mahalanobis\"]\n"};

TEST_F(RestoreLaw, SavedAndRestoredAfterEveryEvent) {
  for (const std::string_view sections : pipelines) {
    SCOPED_TRACE(sections);
    build(sections);
    std::vector<Alert> alerts, restored_alerts;
    const EntityReport plain = run(false, alerts);
    const EntityReport restored = run(true, restored_alerts);
    EXPECT_GE(plain.episodes, 1U);
    EXPECT_EQ(digests({plain}), digests({restored}));
    ASSERT_EQ(alerts.size(), restored_alerts.size());
    for (std::size_t i = 0; i < alerts.size(); ++i) {
      EXPECT_EQ(to_json(alerts[i]), to_json(restored_alerts[i]));
    }
  }
}

// An office at work by another clock: its hours shift at the change of clocks, on day 25 of 37.
TEST_F(RestoreLaw, LocalTimeOverAChangeOfClock) {
  records_ = make_fleet({.entities = 1,
                         .columns = 1,
                         .rows = 900,
                         .start = clock_change - 600 * hour,
                         .interval = hour,
                         .at_work = 15});
  std::vector<Alert> alerts;
  build("");
  const EntityReport utc = run(false, alerts);
  build(fmt::format("[pipeline]\n{}\n", zone_of_the_change));
  const EntityReport plain = run(false, alerts), restored = run(true, alerts);
  EXPECT_EQ(digests({plain}), digests({restored}));
  EXPECT_NE(digests({plain}), digests({utc}));
}

TEST_F(RestoreLaw, AGroupAloneSaysWhatTheEngineSays) {
  build("");
  std::vector<Alert> alerts;
  const EntityReport alone = run(false, alerts);
  TemporaryFolder folder;
  std::vector<FleetRecord> all = records_;
  write_file(folder / "events.jsonl", to_jsonl(all, {.has_missing_keys = true}));
  PipelineText text;
  text.paths = {folder / "events.jsonl"};
  EXPECT_EQ(digests(run_pipeline(folder, text)), digests({alone}));
}

}  // namespace
}  // namespace retimu
