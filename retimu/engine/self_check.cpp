// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/self_check.hpp"

#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/judge.hpp"
#include "retimu/engine/log_encoder.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr double flagged_log10_p = -2;
constexpr double apart_decades = 1;

// Runs the events of a specimen through one entity as they are written.
class SpecimenRun final : public SpecimenWriter {
 public:
  SpecimenRun(const Pipeline& pipeline, SelfTest& to)
      : pipeline_(pipeline), factory_(pipeline), judge_(pipeline), to_(to) {
    entity_ = factory_.create(slab_, make_name("specimen"), {});
  }
  ~SpecimenRun() override { factory_.destroy(slab_, entity_); }
  SpecimenRun(const SpecimenRun&) = delete;
  SpecimenRun& operator=(const SpecimenRun&) = delete;

  void usual(const Payload& payload) override {
    const Verdict verdict = judge(payload);
    ++to_.usual;
    if (verdict.has_p) judged_.push_back(verdict.log10_p);
    const bool is_warming = verdict.phase == Phase::warming;
    if (!is_warming && to_.warm_after == 0) to_.warm_after = to_.usual - 1;
  }
  void anomaly(const Payload& payload) override {
    if (std::holds_alternative<Tick>(payload)) return silence();
    const Verdict verdict = judge(payload);
    const auto half = judged_.begin() + static_cast<std::ptrdiff_t>(judged_.size() / 2);
    to_.usual_p_min = half == judged_.end() ? 0 : *std::min_element(half, judged_.end());
    to_.anomaly_p = verdict.has_p ? verdict.log10_p : 0;
    to_.has_passed = verdict.has_p && to_.anomaly_p <= flagged_log10_p &&
                     to_.anomaly_p <= to_.usual_p_min - apart_decades;
  }
  ColumnId column(std::string_view name) override { return *pipeline_.columns->intern(name); }
  void fleet(ColumnId column, std::span<const double> readings) override {
    std::vector<double> sorted(readings.begin(), readings.end());
    PeerTable table(time_, fleet_.number() + 1);
    table.add(column, summarise(sorted, second));
    fleet_ = std::move(table);
    judge_.set_peers(&fleet_);
  }

 private:
  // Nothing comes any more: what is told then rests on no p. A window may have to end first.
  void silence() {
    constexpr int wakes_max = 4;
    const EntityParts entity(entity_);
    const std::size_t told = alerts_.size();
    for (int i = 0; i < wakes_max && alerts_.size() == told; ++i) {
      const std::optional<Time> due = judge_.wake_time(entity, Modality::metrics);
      if (!due) return;
      wake(*due);
    }
    to_.has_passed = alerts_.size() > told && alerts_.back().change == Change::raised;
    to_.anomaly_p = to_.has_passed ? flagged_log10_p : 0;
  }
  void wake(Time due) {
    judge_.wake(EntityParts(entity_), Modality::metrics, due, 0, nullptr, sums_, alerts_);
  }
  Verdict judge(const Payload& payload) {
    Event event;
    event.entity = make_name("specimen");
    event.time = time_;
    time_ += second;
    event.payload = payload;
    if (auto* line = std::get_if<LogLine>(&event.payload)) {
      (void)encoder_.learn();
      arena_.clear();
      encoder_.encode(*line, arena_);
    }
    const Missing added = judge_.missing(EntityParts(entity_), event);
    if (!added.empty()) entity_ = factory_.grow(slab_, entity_, added);
    if (judge_.may_wake() && EntityParts(entity_).has(Modality::metrics)) {
      for (std::optional<Time> due = judge_.wake_time(EntityParts(entity_), Modality::metrics);
           due && *due <= event.time;
           due = judge_.wake_time(EntityParts(entity_), Modality::metrics)) {
        wake(*due);
      }
    }
    return judge_.judge(EntityParts(entity_), event, nullptr, sums_, alerts_);
  }

  const Pipeline& pipeline_;
  Slab slab_;
  EntityFactory factory_;
  Judge judge_;
  LogEncoder encoder_;
  Arena arena_;
  PeerTable fleet_;
  SelfTest& to_;
  Entity* entity_ = nullptr;
  Time time_ = 0;
  FleetSums sums_;
  std::vector<Alert> alerts_;
  std::vector<double> judged_;
};

}  // namespace

Result<std::vector<SelfTest>> run_self_tests(const Configuration& configuration) {
  Columns columns;
  const auto whole = build_pipeline(configuration, columns);
  if (!whole) return tl::unexpected(whole.error());
  std::vector<SelfTest> tests;
  for (const NamedDetector& named : (*whole)->detectors) {
    if (!tests.empty() && tests.back().detector == named.name) continue;  // of another modality
    Configuration alone;
    alone.seed = configuration.seed;
    const auto chosen =
        std::ranges::find(configuration.detectors, named.name, &DetectorConfiguration::name);
    alone.detectors = {
        chosen != configuration.detectors.end() ? *chosen : DetectorConfiguration{named.name, {}}};
    alone.detectors.front().columns_min = 1;  // a specimen has as many columns as it needs
    const auto pipeline = build_pipeline(alone, columns);
    if (!pipeline) return tl::unexpected(pipeline.error());
    SelfTest test;
    test.detector = named.name;
    {
      SpecimenRun run(**pipeline, test);
      find_detector(named.name)->specimen(run);
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace retimu
