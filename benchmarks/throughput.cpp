// SPDX-License-Identifier: Apache-2.0
// Throughput, allocations, memory and latency of `retimu run`'s own code on generated JSON lines of
// 150 bytes with 4 columns: the detectors of a profile, alerts to a file, commits and snapshots on.
// The most entities are judged for most of a minute, half of one with --light; the last snapshot,
// of everything, is counted. Every case runs in a process of its own, so that memory is its own.
//
//   throughput [--light] [--json]
#include "retimu/core/wrapped_source.hpp"
#include "retimu/engine/service.hpp"
#include "retimu/simulator/throughput.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern "C" void* __libc_malloc(std::size_t bytes);
extern "C" void* __libc_calloc(std::size_t count, std::size_t bytes);
extern "C" void* __libc_realloc(void* block, std::size_t bytes);

namespace {

std::atomic<std::uint64_t> allocations{0};
void count_allocation() { allocations.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

// Every allocation of the process passes here, those of libraries too.
extern "C" void* malloc(std::size_t bytes) {
  count_allocation();
  return __libc_malloc(bytes);
}
extern "C" void* calloc(std::size_t count, std::size_t bytes) {
  count_allocation();
  return __libc_calloc(count, bytes);
}
extern "C" void* realloc(void* block, std::size_t bytes) {
  count_allocation();
  return __libc_realloc(block, bytes);
}

namespace {

using namespace retimu;
using Clock = std::chrono::steady_clock;

Profile profile = Profile::automatic;

// Hands out what is due at a steady rate: an open loop, so that a slow engine does not slow its own
// clock.
class PacedSource final : public WrappedSource {
 public:
  PacedSource(std::unique_ptr<Source> inner, double events_per_second)
      : WrappedSource(std::move(inner)), rate_(events_per_second), begin_(Clock::now()) {}
  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    std::size_t due = 0;
    while ((due = this->due()) == 0) usleep(200);
    const std::size_t before = into.events.size();
    Result<Read> read = WrappedSource::read(into, std::min(count_max, due), wait);
    handed_ += into.events.size() - before;
    return read;
  }

 private:
  std::size_t due() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    const double due = seconds * rate_ - static_cast<double>(handed_);
    return due < 1 ? 0 : static_cast<std::size_t>(due);
  }
  double rate_;
  Clock::time_point begin_;
  std::uint64_t handed_ = 0;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Figures {
  double events = 0, cpu = 0, wall = 0, allocations = 0, resident_bytes = 0, alerts = 0;
  double p50_us = 0, p99_us = 0, p999_us = 0;
};
static_assert(std::is_trivially_copyable_v<Figures>);

Figures measure(const std::string& folder, double events_per_second) {
  Configuration configuration;
  configuration.file = "throughput";
  configuration.data_dir = folder + "/state";
  configuration.profile = profile;
  FileInput input;
  input.paths = {folder + "/events.jsonl"};
  input.entity = {"host"};
  input.time = "ts";
  configuration.files = {input};
  configuration.sinks = {{"jsonl", folder + "/alerts.jsonl"}};
  ServiceOptions options;
  if (events_per_second > 0) {
    options.wrap_source = [&](std::unique_ptr<Source> source) -> std::unique_ptr<Source> {
      return std::make_unique<PacedSource>(std::move(source), events_per_second);
    };
  }
  const double cpu = cpu_seconds();
  const Clock::time_point begin = Clock::now();
  const std::uint64_t allocated = allocations.load();
  const Result<ServiceSummary> summary = run_service(configuration, options);
  if (!summary) {
    fmt::print(stderr, "throughput: {}\n", summary.error().message);
    std::exit(1);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const Latency& latency = summary->engine.latency;
  const auto microseconds = [&](double share) {
    return static_cast<double>(latency.quantile(share)) * 1e-3;
  };
  return {static_cast<double>(summary->engine.records),
          cpu_seconds() - cpu,
          std::chrono::duration<double>(Clock::now() - begin).count(),
          static_cast<double>(allocations.load() - allocated),
          static_cast<double>(usage.ru_maxrss) * 1024,
          static_cast<double>(summary->engine.raised),
          microseconds(0.5),
          microseconds(0.99),
          microseconds(0.999)};
}

// In a child process of its own.
Figures run_case(std::size_t entities, std::size_t events, double events_per_second) {
  char folder[] = "/tmp/retimu-throughput-XXXXXX";
  if (mkdtemp(folder) == nullptr) std::exit(1);
  if (Result<void> written =
          write_throughput({.entities = entities}, events, std::string(folder) + "/events.jsonl");
      !written) {
    fmt::print(stderr, "throughput: {}\n", written.error().message);
    std::exit(1);
  }
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    const Figures figures = measure(folder, events_per_second);
    const bool is_written = write(pipe_ends[1], &figures, sizeof figures) == sizeof figures;
    _exit(is_written ? 0 : 1);
  }
  close(pipe_ends[1]);
  Figures figures;
  const bool is_read = read(pipe_ends[0], &figures, sizeof figures) == sizeof figures;
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  std::filesystem::remove_all(folder);
  if (!is_read || status != 0) std::exit(1);
  return figures;
}

struct Row {
  std::size_t entities;
  double events_per_cpu_second, events_per_second, allocations_per_event;
  Figures saturated, half_rate;
};

Row run_row(std::size_t entities, std::size_t events) {
  const Figures half = run_case(entities, events / 2, 0);
  const Figures whole = run_case(entities, events, 0);
  Row row{entities,
          whole.events / whole.cpu,
          whole.events / whole.wall,
          (whole.allocations - half.allocations) / (whole.events - half.events),
          whole,
          {}};
  row.half_rate = run_case(entities, events / 2, row.events_per_second / 2);
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  bool is_json = false;
  for (const std::string_view argument :
       std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    if (argument == "--json") {
      is_json = true;
    } else if (argument == "--light") {
      profile = Profile::light;
    } else {
      fmt::print("usage: throughput [--light] [--json]\n");
      return argument == "--help" ? 0 : 2;
    }
  }
  std::vector<Row> rows;
  for (const auto& [entities, events] : {std::pair<std::size_t, std::size_t>{1, 600'000},
                                         {1'000, 1'500'000},
                                         {100'000, 12'000'000}}) {
    if (!is_json) fmt::print(stderr, "{} entities …\n", entities);
    rows.push_back(run_row(entities, events));
  }
  const Row& few = rows[1];
  const Row& many = rows[2];
  const double bytes_per_entity = (many.saturated.resident_bytes - few.saturated.resident_bytes) /
                                  static_cast<double>(many.entities - few.entities);
  if (!is_json) {
    fmt::print("{:>9} {:>14} {:>12} {:>12} {:>8} {:>10} {:>10} {:>10}\n", "entities",
               "events/cpu s", "events/s", "allocations", "alerts", "p50 us", "p99 us", "p99.9 us");
    for (const Row& row : rows) {
      fmt::print("{:>9} {:>14.0f} {:>12.0f} {:>12.5f} {:>8.0f} {:>10.0f} {:>10.0f} {:>10.0f}\n",
                 row.entities, row.events_per_cpu_second, row.events_per_second,
                 row.allocations_per_event, row.saturated.alerts, row.half_rate.p50_us,
                 row.half_rate.p99_us, row.half_rate.p999_us);
    }
    fmt::print(
        "\nallocations an event: difference between a run and one of half the length.\n"
        "p50 … p99.9: poll return to outbox at half the maximum rate, open loop.\n"
        "memory: {:.0f} bytes an entity, {:.0f} a column (slope of resident memory)\n",
        bytes_per_entity, bytes_per_entity / 4);
    return 0;
  }
  fmt::print("{{\"bytes_per_entity\":{:.0f},\"bytes_per_column\":{:.0f},\"rows\":[",
             bytes_per_entity, bytes_per_entity / 4);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    fmt::print(
        "{}{{\"entities\":{},\"events_per_cpu_second\":{:.0f},\"events_per_second\":{:.0f},"
        "\"allocations_per_event\":{:.6f},\"alerts\":{:.0f},\"p50_us\":{:.0f},"
        "\"p99_us\":{:.0f},\"p99.9_us\":{:.0f}}}",
        i == 0 ? "" : ",", row.entities, row.events_per_cpu_second, row.events_per_second,
        row.allocations_per_event, row.saturated.alerts, row.half_rate.p50_us, row.half_rate.p99_us,
        row.half_rate.p999_us);
  }
  fmt::print("]}}\n");
  return 0;
}
