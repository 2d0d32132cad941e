// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/metrics.hpp"

#include "retimu/core/wall_clock.hpp"
#include "retimu/engine/exposition.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

namespace retimu {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view counter = "counter", gauge = "gauge";

double seconds(Duration duration) { return static_cast<double>(duration) * 1e-9; }

// NaN: it never happened.
double since(Time moment, Time now) {
  return moment == time_none ? nothing : seconds(now - moment);
}

double number(std::uint64_t count) { return static_cast<double>(count); }

// Resident pages; NaN where the system does not say.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = nothing;
  if (!(file >> all >> resident)) return nothing;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++count;
  }
  return error ? nothing : count - 1;  // one is that of the folder itself
}

void add_sources(Exposition& to, const Intake& intake, Time wall) {
  std::vector<std::pair<std::string, ReceiverReport>> reports;
  for (const auto& receiver : intake.receivers()) {
    reports.emplace_back(receiver->name(), receiver->report());
  }
  const auto each = [&](std::string_view name, std::string_view type, std::string_view help,
                        auto value) {
    to.family(name, type, help);
    for (const auto& [source, report] : reports) to.sample({{"source", source}}, value(report));
  };
  using Report = ReceiverReport;
  each("retimu_source_records_total", counter,
       "Records taken, without headers; unreadable ones, too.",
       [](const Report& of) { return number(of.records); });
  each("retimu_source_bytes_total", counter, "Bytes taken.",
       [](const Report& of) { return number(of.bytes); });
  each("retimu_source_lost_total", counter, "Messages for which there was no room.",
       [](const Report& of) { return number(of.lost); });
  each("retimu_source_refused_total", counter, "Requests, connections or records refused.",
       [](const Report& of) { return number(of.refused); });
  each("retimu_source_up", gauge, "0: nothing can come from it now.",
       [](const Report& of) { return of.trouble.empty() ? 1.0 : 0.0; });
  each("retimu_source_last_seconds", gauge, "Since something came from it; NaN: nothing did yet.",
       [&](const Report& of) { return of.last == 0 ? nothing : seconds(wall - of.last); });
  const JournalReport journal = intake.journal().report();
  to.one("retimu_journal_unread_bytes", gauge, "Taken, and not judged yet.",
         number(journal.unread_bytes));
  to.one("retimu_journal_held_bytes", gauge, "Of what was taken, those that are kept.",
         number(journal.held_bytes));
  to.one("retimu_journal_up", gauge, "0: nothing can be kept, and nothing is taken.",
         journal.trouble.empty() ? 1.0 : 0.0);
}

// Of those that had any.
void add_rejected(Exposition& to, const Vitals& vitals) {
  const auto rejected = vitals.rejected_of();
  if (rejected.empty()) return;
  to.family("retimu_source_rejected_total", counter,
            "Records that could not be read, by source and reason; the rest is other.");
  for (const auto& [key, count] : rejected) {
    to.sample({{"source", key.first}, {"reason", key.second}}, number(count));
  }
}

void add_alerts(Exposition& to, const Vitals& vitals) {
  to.family("retimu_alerts_total", counter, "Alerts told, by change; those of incidents not.");
  to.sample({{"change", "raised"}}, number(vitals.raised));
  to.sample({{"change", "updated"}}, number(vitals.updated));
  to.sample({{"change", "resolved"}}, number(vitals.resolved));
  to.one("retimu_incidents_total", counter, "Incidents of several entities told.",
         number(vitals.incidents));
  to.one("retimu_episodes_open", gauge, "Entities that are anomalous now, whether told or not.",
         number(vitals.open_episodes));
  to.one("retimu_incidents_open", gauge, "Incidents that were told and are not over.",
         number(vitals.open_incidents));
  to.one("retimu_alerts_stale_total", counter, "Alerts told as late.", number(vitals.stale));
  to.one("retimu_episodes_held_back", gauge,
         "Episodes that the budget held back, since the pipeline began.", number(vitals.held_back));
}

void add_sinks(Exposition& to, const std::vector<SinkVitals>& sinks) {
  const auto each = [&](std::string_view name, std::string_view type, std::string_view help,
                        auto value) {
    to.family(name, type, help);
    for (const SinkVitals& sink : sinks) {
      // Two of one name share a cursor, and a sample must not stand there twice.
      const bool is_first =
          std::ranges::find(sinks, sink.name, &SinkVitals::name)->name.data() == sink.name.data();
      if (is_first) to.sample({{"sink", sink.name}}, value(sink));
    }
  };
  if (sinks.empty()) return;
  each("retimu_sink_waiting", gauge, "Rows of the outbox that it has not got.",
       [](const SinkVitals& of) { return number(of.waiting); });
  each("retimu_sink_delivered_total", counter, "Alerts that it took.",
       [](const SinkVitals& of) { return number(of.delivered); });
  each("retimu_sink_failures_total", counter, "Tries that failed.",
       [](const SinkVitals& of) { return number(of.failures); });
  each("retimu_sink_up", gauge, "0: the last try failed.",
       [](const SinkVitals& of) { return of.trouble.empty() ? 1.0 : 0.0; });
}

void add_latency(Exposition& to, const Vitals& vitals) {
  const Vitals::Latencies latencies = vitals.latencies();
  to.family("retimu_latency_seconds", "summary",
            "From reading an event to its commit, since the process began.");
  for (std::size_t i = 0; i < Vitals::quantiles.size(); ++i) {
    const double value = latencies.count == 0 ? nothing : seconds(latencies.nanoseconds[i]);
    to.sample({{"quantile", fmt::format("{}", Vitals::quantiles[i])}}, value);
  }
  to.sample({}, latencies.sum, "_sum");
  to.sample({}, number(latencies.count), "_count");
}

void add_keeping(Exposition& to, const Vitals& vitals, Time now) {
  to.one("retimu_commit_failures_total", counter, "Commits that failed and were tried again.",
         number(vitals.commit_failures));
  to.one("retimu_storage_up", gauge, "0: what is found or learned cannot be kept.",
         vitals.storage().empty() && vitals.state().empty() ? 1.0 : 0.0);
  to.one("retimu_snapshots_total", counter, "Snapshots of groups written.",
         number(vitals.snapshots));
  to.one("retimu_snapshot_failures_total", counter, "Snapshots that failed.",
         number(vitals.snapshot_failures));
  to.one("retimu_last_commit_seconds", gauge, "Since a round was done with; NaN: none was yet.",
         since(vitals.committed_at, now));
  to.one("retimu_last_snapshot_seconds", gauge, "Since a snapshot was written; NaN: none was yet.",
         since(vitals.snapshot_at, now));
}

}  // namespace

std::string metrics_text(const StatusFacts& facts) {
  const Vitals& vitals = facts.vitals;
  const Time now = steady_now(), wall = wall_clock();
  Exposition to;
  to.family("retimu_build_info", gauge, "1, with the version of the program.");
  to.sample({{"version", RETIMU_VERSION}}, 1);
  to.one("retimu_records_total", counter, "Records read.", number(vitals.records));
  to.one("retimu_rejected_total", counter, "Records that could not be read: dead letters.",
         number(vitals.rejected));
  add_rejected(to, vitals);
  to.one("retimu_paused", gauge, "1: nothing is judged, as a person wants it.",
         vitals.is_paused ? 1.0 : 0.0);
  to.one("retimu_rounds_waiting", gauge, "Read, and not committed yet.",
         number(vitals.dispatched - std::min<std::uint64_t>(vitals.committed, vitals.dispatched)));
  to.one("retimu_last_record_seconds", gauge, "Since a record came; NaN: none did yet.",
         since(vitals.record_at, now));
  const Time watermark = vitals.watermark;
  to.one("retimu_event_time_lag_seconds", gauge,
         "Of the pipeline's clock behind the one on the wall; NaN: it has none yet.",
         watermark == time_none ? nothing : seconds(wall - watermark));
  to.one("retimu_caught_up", gauge, "0: what came before the restart is judged again.",
         vitals.is_caught_up ? 1.0 : 0.0);
  to.one("retimu_entities", gauge, "Entities in memory.", number(vitals.entities));
  to.one("retimu_evictions_total", counter, "Entities put away to make room.",
         number(vitals.evicted));
  add_alerts(to, vitals);
  add_latency(to, vitals);
  add_keeping(to, vitals, now);
  add_sinks(to, vitals.sinks());
  if (facts.intake != nullptr) add_sources(to, *facts.intake, wall);
  to.one("process_resident_memory_bytes", gauge, "Memory of the process.", resident_bytes());
  to.one("process_open_fds", gauge, "Open descriptors of the process.", open_descriptors());
  return to.text();
}

}  // namespace retimu
