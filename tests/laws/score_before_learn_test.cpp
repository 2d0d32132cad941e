// SPDX-License-Identifier: Apache-2.0
// Law 3: an event is judged by what was learned before it. What the judge says of an event is
// compared with what the components, called one by one, say of a copy of the state from before.
#include "retimu/decision/fusion.hpp"
#include "retimu/engine/judge.hpp"
#include "tests/support/entity_events.hpp"
#include "tests/support/pipeline_run.hpp"

#include <bit>

namespace retimu {
namespace {

struct Watching {
  std::string_view name;
  double budget_per_day = 0;
  Profile profile = Profile::automatic;
};

class ScoreBeforeLearn : public ::testing::TestWithParam<Watching> {
 protected:
  ScoreBeforeLearn() {
    Configuration configuration;
    configuration.budget_per_day = GetParam().budget_per_day;
    configuration.profile = GetParam().profile;
    Result<std::unique_ptr<Pipeline>> built = build_pipeline(configuration, columns_);
    EXPECT_TRUE(built) << built.error().message;
    pipeline_ = std::move(*built);
    factory_ = std::make_unique<EntityFactory>(*pipeline_);
    judge_ = std::make_unique<Judge>(*pipeline_);
  }
  // log10 p of an event by the state in `saved`; the aligned row is filled by hand. None: all
  // abstain.
  std::optional<double> rate(const std::vector<std::byte>& saved, const Event& event) {
    std::vector<std::string> rewarmed;
    Entity* entity = factory_->load(copies_, saved, rewarmed);
    EXPECT_NE(entity, nullptr);
    const EntityParts parts(entity);
    const auto& readings = std::get<Readings>(event.payload);
    std::vector<std::uint32_t> present;
    for (std::size_t i = 0; i < readings.columns.size(); ++i) {
      const auto at = std::ranges::find(parts.columns(), readings.columns[i]);
      const auto slot = static_cast<std::uint32_t>(at - parts.columns().begin());
      parts.latest()[slot] = readings.values[i];
      parts.updated()[slot] = event.time;
      present.push_back(slot);
    }
    std::ranges::sort(present);
    const EntityView view{parts.columns(), parts.latest(), parts.updated(), present};
    std::vector<Opinion> opinions;
    for (std::size_t i = 0; i < pipeline_->detectors.size(); ++i) {
      if (pipeline_->detectors[i].modality != Modality::metrics) continue;
      const Detector& detector = *pipeline_->detectors[i].detector;
      std::vector<std::max_align_t> place(
          detector.scratch_bytes(entity->columns) / sizeof(std::max_align_t) + 1);
      const std::optional<double> score = detector.score(parts.detector(i), {event, view},
                                                         std::as_writable_bytes(std::span(place)));
      if (!score) continue;
      opinions.push_back({static_cast<std::uint16_t>(i),
                          pipeline_->calibration->rate(parts.calibration(i), *score)});
    }
    std::optional<double> log10_p;
    if (!opinions.empty()) log10_p = fuse(opinions);
    if (!opinions.empty() && pipeline_->recalibrates()) {
      log10_p =
          pipeline_->calibration->rate(parts.fused_calibration(Modality::metrics), -fuse(opinions))
              .log10_p;
    }
    factory_->destroy(copies_, entity);
    return log10_p;
  }

  Columns columns_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<EntityFactory> factory_;
  std::unique_ptr<Judge> judge_;
  Slab slab_, copies_;
};

TEST_P(ScoreBeforeLearn, TheJudgeSaysWhatTheStateBeforeSays) {
  const std::vector<FleetRecord> records =
      make_fleet({.entities = 1, .columns = 3, .rows = 700, .spike_every = 130});
  EntityEvents events(columns_, records);
  Entity* entity = factory_->create(slab_, make_name("host1"), {});
  FleetSums sums;
  std::vector<Alert> alerts;
  const BudgetControl control;
  const BudgetControl* told = pipeline_->budget_per_day > 0 ? &control : nullptr;
  std::size_t compared = 0, spikes = 0;
  for (std::size_t i = 0; i < events.count(); ++i) {
    const Event event = events.event(i);
    const Missing added = judge_->missing(EntityParts(entity), event);
    if (!added.empty()) entity = factory_->grow(slab_, entity, added);
    std::vector<std::byte> before;
    factory_->save(entity, before);
    const Verdict verdict = judge_->judge(EntityParts(entity), event, told, sums, alerts);
    const std::optional<double> expected = rate(before, event);
    if (!verdict.has_p) continue;
    ASSERT_TRUE(expected.has_value());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(verdict.log10_p),
              std::bit_cast<std::uint64_t>(*expected))
        << "event " << i;
    ++compared;
    spikes += verdict.change == Change::raised ? 1 : 0;
  }
  factory_->destroy(slab_, entity);
  EXPECT_GE(compared, 400U);
  if (pipeline_->budget_per_day == 0) {
    EXPECT_GE(spikes, 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(, ScoreBeforeLearn,
                         ::testing::Values(Watching{"own_threshold"}, Watching{"budget", 2},
                                           Watching{"light", 0, Profile::light},
                                           Watching{"light_budget", 2, Profile::light}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace retimu
