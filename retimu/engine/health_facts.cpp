// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/health_facts.hpp"

#include "retimu/core/wall_clock.hpp"

#include <set>

namespace retimu {

namespace {

constexpr Duration still_max = 30 * second;

}  // namespace

SelfTesting::SelfTesting(const Configuration& configuration,
                         std::function<void(const std::vector<SelfTest>&)> done) {
  thread_ = std::thread([this, configuration, done = std::move(done)] {
    const Result<std::vector<SelfTest>> tests = run_self_tests(configuration);
    if (!tests) return;
    {
      const std::lock_guard lock(mutex_);
      for (const SelfTest& test : *tests) {
        if (!test.has_passed) failed_.push_back(test.detector);
      }
    }
    if (done) done(*tests);
  });
}

SelfTesting::~SelfTesting() { thread_.join(); }

std::vector<std::string> SelfTesting::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

HealthFacts gather_health(const Intake* intake, const Vitals& vitals, const SelfTesting* tests) {
  HealthFacts facts;
  facts.wall = wall_clock();
  facts.steady = steady_now();
  facts.records = vitals.records;
  facts.rejected = vitals.rejected;
  std::set<std::string> named;
  for (SourceVitals& source : vitals.sources()) {
    named.insert(source.name);
    facts.readings.push_back({std::move(source.name), source.records, source.rejected});
  }
  facts.storage = vitals.storage();
  facts.state = vitals.state();
  facts.is_paused = vitals.is_paused;
  for (SinkVitals& sink : vitals.sinks()) {
    facts.sinks.push_back({std::move(sink.name), std::move(sink.trouble)});
  }
  if (tests != nullptr) facts.detectors = tests->failed();
  if (intake == nullptr) return facts;
  for (std::size_t i = 0; i < intake->receivers().size(); ++i) {
    const Receiver& receiver = *intake->receivers()[i];
    ReceiverReport report = receiver.report();
    if (!named.contains(receiver.name())) facts.readings.push_back({.name = receiver.name()});
    facts.lost += report.lost;
    facts.sources.push_back({receiver.name(), std::move(report.trouble), report.bytes,
                             receiver.is_ended(), intake->made_from(i).silent_after});
  }
  JournalReport journal = intake->journal().report();
  facts.journal = std::move(journal.trouble);
  facts.unread_bytes = journal.unread_bytes;
  facts.unread_bytes_max = intake->unread_bytes_max();
  return facts;
}

std::string why_not_alive(const Vitals& vitals, Time now) {
  if (const std::string trouble = vitals.storage(); !trouble.empty()) return trouble;
  if (const std::string trouble = vitals.state(); !trouble.empty()) return trouble;
  if (!vitals.is_reading) return {};
  const Duration unread = now - vitals.read_at;
  if (unread > still_max) {
    return fmt::format("nothing was read for {}", format_duration(floor_to(unread, second)));
  }
  const Time committed_at = vitals.committed_at;
  const bool has_waiting = vitals.dispatched > vitals.committed;
  if (!has_waiting || committed_at == time_none || now - committed_at <= still_max) return {};
  return fmt::format("nothing was committed for {}, and something waits to be",
                     format_duration(floor_to(now - committed_at, second)));
}

std::string why_not_ready(const Vitals& vitals) {
  if (!vitals.is_reading) return "it is starting";
  if (vitals.is_paused) return "it is paused";
  if (!vitals.is_caught_up) return "what came before the restart is judged again";
  return {};
}

}  // namespace retimu
