// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/engine_incidents.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/engine/engine.hpp"

#include <algorithm>
#include <set>

namespace retimu {

namespace {

constexpr Duration onset_before = minute;  // a row tells of the minute before it

// Events that lie in a batch already.
class EventsSource final : public Source {
 public:
  explicit EventsSource(const Batch& batch) : batch_(batch) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    for (std::size_t i = 0; i < count_max; ++i, ++next_) {
      if (next_ == batch_.events.size()) return Read::finished;
      into.events.push_back(batch_.events[next_]);
      into.events.back().position = {0, next_};
    }
    return Read::open;
  }
  std::vector<Position> positions() const override { return {{0, next_}}; }
  Result<void> seek(std::span<const Position> positions) override {
    next_ = positions.empty() ? 0 : positions.front().offset;
    return {};
  }
  std::vector<Partition> partitions() const override { return {}; }
  Result<void> recognise(std::span<const Partition>) override { return {}; }
  void follow(std::vector<AdmittedRun>) override {}  // there is one order only
  SourceReport report() const override {
    SourceReport report;
    report.records = next_;
    return report;
  }
  std::string describe(const Position&) const override { return "services"; }

 private:
  const Batch& batch_;
  std::size_t next_ = 0;
};

class AlertKeeper final : public Recorder {
 public:
  Result<void> record(const Round&, std::span<const Alert> told) override {
    alerts.insert(alerts.end(), told.begin(), told.end());
    return {};
  }
  std::vector<Alert> alerts;
};

std::uint32_t service_of(const ServiceRun& run, std::string_view name) {
  const auto at = std::ranges::lower_bound(run.services, name);
  return static_cast<std::uint32_t>(at - run.services.begin());
}

ToldIncident told_of(const ServiceRun& run, const Alert& alert) {
  ToldIncident told{alert.time, {}};
  if (alert.incident == nullptr) {
    told.services.push_back(service_of(run, alert.entity));
    return told;
  }
  for (const LikelyCause& cause : alert.incident->causes) {
    told.services.push_back(service_of(run, cause.entity));
  }
  return told;
}

ToldIncident given_of(const ServiceRun& run, Time fault, std::span<const Alert> alerts) {
  const Topology none;
  std::vector<Suspect> suspects;
  std::set<std::uint64_t> entities;
  Time first = fault + incident_reach;
  for (const Alert& alert : alerts) {
    const bool is_of_it = alert.incident == nullptr && alert.change != Change::resolved &&
                          alert.onset >= fault - onset_before &&
                          alert.time < fault + incident_reach;
    if (!is_of_it) continue;
    suspect(alert, none, 1, suspects);
    entities.insert(hash(alert.entity));
    first = std::min(first, alert.onset);
  }
  const std::vector<std::uint64_t> all(entities.begin(), entities.end());
  ToldIncident told{fault, {}};
  for (const LikelyCause& cause : rank_causes(suspects, none, {all, first, 5 * minute, 1})) {
    told.services.push_back(service_of(run, cause.entity));
  }
  return told;
}

}  // namespace

Result<EngineIncidents> engine_incidents(const ServiceRun& run,
                                         const Configuration& configuration) {
  Columns columns;
  const Result<std::unique_ptr<Pipeline>> pipeline = build_pipeline(configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  Batch events;
  append_events(run, columns, events);
  EventsSource source(events);
  AlertKeeper keeper;
  EngineOptions options;
  options.jump_max = configuration.jump_max;
  options.incidents.emplace();
  EngineParts parts{.pipeline = **pipeline, .source = source};
  parts.recorder = &keeper;
  parts.note = [](const Error&) {};
  Engine engine(options, std::move(parts));
  if (const Result<EngineSummary> ran = engine.run(); !ran) return tl::unexpected(ran.error());
  EngineIncidents found;
  for (const Alert& alert : keeper.alerts) {
    const bool is_read = !alert.told_by && (alert.change == Change::raised ||
                                            (alert.incident && alert.change == Change::updated));
    if (is_read) found.told.push_back(told_of(run, alert));
  }
  std::ranges::stable_sort(found.told, {}, &ToldIncident::time);
  for (const ServiceRun::Fault& fault : run.faults) {
    found.given.push_back(given_of(run, fault.time, keeper.alerts));
  }
  return found;
}

}  // namespace retimu
