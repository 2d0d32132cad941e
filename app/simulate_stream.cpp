// SPDX-License-Identifier: Apache-2.0
#include "app/simulate_stream.hpp"

#include "retimu/core/wall_clock.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/stream.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

namespace retimu::app {

namespace {

constexpr std::size_t bytes_at_once = 1 << 16;              // with --delay 0
constexpr auto asleep_max = std::chrono::milliseconds(50);  // how late Ctrl-C is heard

struct StreamArguments {
  StreamOptions options;
  std::uint64_t count = 0;  // 0: endless
  std::string delay = "100ms", interval = "100ms", from, labels, format = "jsonl";
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// What a person gave, read.
struct Timing {
  Duration delay = 0, interval = 0;
  Time from = 0;
};

Result<Timing> timing_of(const StreamArguments& arguments) {
  const std::optional<Duration> delay = parse_duration(arguments.delay);
  if (!delay || *delay < 0 || *delay > day) {
    return failure(Fault::usage, "--delay: {} is no duration of 0 to 1d; write 100ms, 2s or 0s",
                   arguments.delay);
  }
  const std::optional<Duration> interval = parse_duration(arguments.interval);
  if (!interval || *interval <= 0 || *interval > day) {
    return failure(Fault::usage, "--interval: {} is no duration up to 1d; write 100ms or 10s",
                   arguments.interval);
  }
  Timing timing{*delay, *interval, simulation_begin};
  if (arguments.from.empty()) return timing;
  if (*delay > 0) {
    return failure(Fault::usage, "--from goes with --delay 0s; else times are those of the clock");
  }
  const std::optional<Time> from = parse_iso_time(arguments.from);
  if (!from) {
    return failure(Fault::usage, "--from: {} is no time; write 2026-03-01T00:00:00Z",
                   arguments.from);
  }
  timing.from = *from;
  return timing;
}

// Standard output; false once its reader went away or it cannot be written.
bool put(std::string& text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  text.clear();
  return is_written;
}

void wait_until(std::chrono::steady_clock::time_point due, const std::atomic<bool>& stop) {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= due || stop) return;
    std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(due - now, asleep_max));
  }
}

class Writer {
 public:
  Writer(const StreamArguments& arguments, const Timing& timing, File labels)
      : arguments_(arguments),
        timing_(timing),
        is_csv_(arguments.format == "csv"),
        generator_(arguments.options),
        labels_(std::move(labels)) {}

  Result<void> run(const std::atomic<bool>& stop) {
    if (is_csv_) text_ += stream_csv_header;
    if (Result<void> written = note(stream_labels_header); !written) return written;
    auto due = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; !stop && (arguments_.count == 0 || i < arguments_.count); ++i) {
      if (timing_.delay > 0) {
        wait_until(due, stop);
        if (stop) break;
        due += std::chrono::nanoseconds(timing_.delay);
      }
      if (Result<void> written = write_next(i); !written) return written;
      const bool is_full = timing_.delay > 0 || text_.size() >= bytes_at_once;
      if (is_full && !put(text_)) return end_of_output();
    }
    return put(text_) ? Result<void>() : end_of_output();
  }

 private:
  // The label first: nothing that a reader has seen lacks one.
  Result<void> write_next(std::uint64_t i) {
    // Entities in turn share one step.
    const Time time =
        timing_.delay > 0
            ? floor_to(wall_clock(), millisecond)
            : timing_.from + static_cast<Time>(i / arguments_.options.entities) * timing_.interval;
    const StreamReading reading = generator_.next(time);
    is_csv_ ? append_stream_csv(text_, reading) : append_stream_json(text_, reading);
    for (const StreamLabel& label : generator_.labels()) {
      line_.clear();
      append_stream_label(line_, label);
      if (Result<void> written = note(line_); !written) return written;
    }
    return {};
  }

  Result<void> note(std::string_view line) {
    if (labels_ == nullptr) return {};
    if (std::fwrite(line.data(), 1, line.size(), labels_.get()) == line.size() &&
        (timing_.delay == 0 || std::fflush(labels_.get()) == 0)) {
      return {};
    }
    return failure(Fault::system, "{}: cannot be written: {}", arguments_.labels,
                   system_message(errno));
  }

  static Result<void> end_of_output() {
    if (errno == EPIPE) {  // its reader has seen enough
      std::clearerr(stdout);
      return {};
    }
    return failure(Fault::system, "standard output: cannot be written: {}", system_message(errno));
  }

  const StreamArguments& arguments_;
  Timing timing_;
  bool is_csv_;
  StreamGenerator generator_;
  File labels_;
  std::string text_, line_;
};

int stream(const StreamArguments& arguments) {
  const Result<Timing> timing = timing_of(arguments);
  if (!timing) return report(timing.error());
  File labels;
  if (!arguments.labels.empty()) {
    labels.reset(std::fopen(arguments.labels.c_str(), "wb"));
    if (labels == nullptr) {
      return report({Fault::system, fmt::format("{}: cannot be written: {}", arguments.labels,
                                                system_message(errno))});
    }
  }
  std::signal(SIGPIPE, SIG_IGN);  // said by the write
  const Result<void> done = Writer(arguments, *timing, std::move(labels)).run(stop_requested());
  if (!done) return report(done.error());
  return ExitCode::done;
}

}  // namespace

void add_stream(CLI::App& parent, int& exit_code) {
  CLI::App* command = parent.add_subcommand(
      "stream", "An endless stream of numbers with known outliers, on standard output");
  auto arguments = std::make_shared<StreamArguments>();
  command->add_option("--delay", arguments->delay, "Between two lines; 0s: as fast as it goes")
      ->type_name("DURATION")
      ->capture_default_str();
  command
      ->add_option("--outlier-probability", arguments->options.outlier_probability,
                   "Share of the readings that an outlier touches")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--drift", arguments->options.has_drift,
                    "Level and noise change now and then, and stay changed");
  command->add_flag("--seasonal", arguments->options.has_season,
                    "A wave of 1,000 readings of an entity");
  command->add_option("--seed", arguments->options.seed, "Of everything random")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--count", arguments->count, "Lines; else it goes on for ever")
      ->check(whole_number(1));
  command->add_option("--entities", arguments->options.entities, "That send in turn")
      ->check(whole_number(1, stream_entities_max))
      ->capture_default_str();
  command
      ->add_option("--labels", arguments->labels,
                   "The outliers and changes: time, entity, kind, size")
      ->type_name("labels.csv");
  command->add_option("--format", arguments->format, "Of the lines")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  command->add_option("--from", arguments->from, "Time of the first reading, with --delay 0s")
      ->type_name("TIME");
  command
      ->add_option("--interval", arguments->interval,
                   "Between two readings of an entity, with --delay 0s")
      ->type_name("DURATION")
      ->capture_default_str();
  command->footer(
      "With a delay, times are those of the clock and each line is flushed; with --delay 0s the\n"
      "same options give the same bytes every time. The first 200 readings of an entity are "
      "usual.\n"
      "Kinds: spike, plateau, burst, zero; with --drift level_change, noise_change. Sizes are in\n"
      "standard deviations, of noise a factor. Ctrl-C ends it. What watches tells the first ones, "
      "within\n"
      "a minute as a rule; what keeps coming once in a hundred readings becomes usual.\n"
      "Examples:\n"
      "  retimu simulate stream | retimu run -\n"
      "  retimu simulate stream --delay 0s --count 100000 --labels labels.csv > stream.jsonl\n"
      "  retimu detect stream.jsonl --entity entity");
  command->callback([arguments, &exit_code] { exit_code = stream(*arguments); });
}

}  // namespace retimu::app
