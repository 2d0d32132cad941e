// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/trials.hpp"

#include "retimu/engine/configuration.hpp"
#include "retimu/engine/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace retimu {

namespace {

constexpr std::string_view entity_name = "input";  // as in `retimu detect`: its seed is by name

// One entity and the judge of its pipeline. Columns stand in the order of their names, as in the
// engine: chance falls on slots.
class Watched {
 public:
  Watched(const Pipeline& pipeline, const std::vector<std::string>& columns)
      : factory_(pipeline), judge_(pipeline) {
    order_.resize(columns.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::sort(order_, {}, [&](std::size_t i) { return columns[i]; });
    for (const std::size_t i : order_) ids_.push_back(*pipeline.columns->intern(columns[i]));
    entity_ = factory_.create(slab_, make_name(entity_name), {ids_, only(Modality::metrics)});
  }
  // Goes on where another one of the same pipeline was saved.
  Watched(const Pipeline& pipeline, const std::vector<std::string>& columns,
          std::span<const std::byte> saved)
      : Watched(pipeline, columns) {
    factory_.destroy(slab_, entity_);
    std::vector<std::string> rewarmed;
    entity_ = factory_.load(slab_, saved, rewarmed);
    RETIMU_ASSERT(entity_ != nullptr && rewarmed.empty());
  }
  ~Watched() { factory_.destroy(slab_, entity_); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  Verdict judge(Time time, std::span<const double> row) {
    row_.clear();
    for (const std::size_t i : order_) row_.push_back(row[i]);
    Event event;
    event.entity = make_name(entity_name);
    event.time = time;
    event.payload = Readings{ids_, row_};
    alerts_.clear();
    return judge_.judge(EntityParts(entity_), event, nullptr, sums_, alerts_);
  }
  std::vector<std::byte> save() {
    std::vector<std::byte> bytes;
    factory_.save(entity_, bytes);
    return bytes;
  }

 private:
  Slab slab_;
  EntityFactory factory_;
  Judge judge_;
  std::vector<std::size_t> order_;
  std::vector<ColumnId> ids_;
  std::vector<double> row_;
  Entity* entity_ = nullptr;
  FleetSums sums_;
  std::vector<Alert> alerts_;
};

// What an entity with this interval has to reach, by the pipeline's own policy.
double threshold_of(const Pipeline& pipeline) {
  std::vector<std::max_align_t> place(pipeline.policy->bytes(2) / sizeof(std::max_align_t) + 1);
  pipeline.policy->create(place.data(), 2, 0);
  FleetSums sums;
  double threshold = 0;
  for (Time time = 0; time < 2 * day; time += made_interval) {
    const Assessment calm{.time = time, .rating = {.log10_p = 0, .samples = usual_rows}};
    threshold = pipeline.policy->decide(place.data(), calm, nullptr, sums).threshold;
  }
  pipeline.policy->destroy(place.data(), 2);
  return threshold;
}

// An entity that has seen the usual weeks of a draw, and the alerts that it told of them.
struct Learned {
  std::vector<std::byte> state;
  std::size_t alerts = 0;
};

Learned learn(const Pipeline& pipeline, const Case& made) {
  Watched pump(pipeline, made.series.columns);
  Learned learned;
  for (std::size_t i = 0; i < usual_rows; ++i) {
    const Verdict verdict = pump.judge(made.series.times[i], made.series.rows.row(i));
    if (verdict.change == Change::raised) ++learned.alerts;
  }
  learned.state = pump.save();
  return learned;
}

Trial watch_days(const Pipeline& pipeline, double threshold, const Case& made,
                 const Learned& learned) {
  Watched pump(pipeline, made.series.columns, learned.state);
  Trial trial;
  trial.rows.columns = made.series.columns.size();
  for (std::size_t i = usual_rows; i < made.series.rows.rows(); ++i) {
    const Verdict verdict = pump.judge(made.series.times[i], made.series.rows.row(i));
    trial.rows.append(made.series.rows.row(i));
    trial.labels.push_back(made.truth.labels[i]);
    trial.alerts.push_back(verdict.change == Change::raised ? 1 : 0);
    trial.evidence.push_back(verdict.has_p ? threshold + verdict.excess : 0);
  }
  return trial;
}

std::size_t alerts_within(const Trial& trial, std::size_t begin, std::size_t end) {
  return static_cast<std::size_t>(std::count(trial.alerts.begin() + static_cast<long>(begin),
                                             trial.alerts.begin() + static_cast<long>(end), 1));
}

}  // namespace

std::string word_of(const Trial& trial) {
  if (trial.seen == draws) return "seen";
  return trial.seen == 0 ? "missed" : fmt::format("seen {} of {}", trial.seen, draws);
}

Result<Trials> try_detector(const DetectorEntry& entry) {
  Configuration configuration;
  configuration.detectors = {{std::string(entry.name), {}}};
  Columns columns;
  const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  Trials all;
  all.threshold = threshold_of(**pipeline);
  for (const MadeFault& fault : made_faults()) {
    all.trials.emplace_back();
    all.trials.back().fault = &fault;
  }
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    std::map<bool, Learned> learned;  // by is_daily
    for (Trial& trial : all.trials) {
      const Case made = make_faulty(*trial.fault, first_draw + draw);
      const bool is_new = !learned.contains(trial.fault->is_daily);
      if (is_new) learned[trial.fault->is_daily] = learn(**pipeline, made);
      const Learned& before = learned[trial.fault->is_daily];
      Trial days = watch_days(**pipeline, all.threshold, made, before);
      if (is_new) {
        all.false_alarms += static_cast<double>(before.alerts + alerts_within(days, 0, fault_from));
        all.false_alarm_days += static_cast<double>(usual_rows + fault_from) / rows_of_day;
      }
      days.fault = trial.fault;
      days.seen = trial.seen;
      if (alerts_within(days, fault_from, fault_from + trial.fault->rows) > 0) ++days.seen;
      if (draw == 0) {
        trial = std::move(days);
      } else {
        trial.seen = days.seen;
      }
    }
  }
  return all;
}

}  // namespace retimu
