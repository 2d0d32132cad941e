// SPDX-License-Identifier: Apache-2.0
#include "app/process.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unistd.h>

namespace retimu::app {

namespace {

std::atomic<bool> stop{false}, hung_up{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

std::atomic<const char*> restoring{nullptr};  // what a terminal is sent before the process ends

void on_signal(int signal_number) {
  if (stop.exchange(true)) {
    if (const char* text = restoring.load(); text != nullptr) {
      [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text, std::strlen(text));
    }
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
  }
}

// The reading thread draws, the delivering one reports.
std::mutex terminal_mutex;
bool is_drawn = false;  // guarded by it

// With terminal_mutex held.
void clear_drawn_line() {
  if (!is_drawn) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  is_drawn = false;
}

void on_hang_up(int /*signal_number*/) { hung_up.store(true); }

}  // namespace

int report(const Error& error) {
  {
    const std::lock_guard lock(terminal_mutex);
    clear_drawn_line();
    fmt::print(stderr, "retimu: {}\n", error.message);
  }
  switch (error.fault) {
    case Fault::usage: return ExitCode::usage;
    case Fault::input: return ExitCode::input;
    case Fault::system: return ExitCode::system;
    case Fault::corrupt: return ExitCode::corrupt;
    case Fault::internal: return ExitCode::failed;
  }
  return ExitCode::failed;
}

void warn(std::string_view text) {
  const std::lock_guard lock(terminal_mutex);
  clear_drawn_line();
  fmt::print(stderr, "retimu: warning: {}\n", text);
}

int finish_output(int exit_code, int error_number) {
  const bool had_failed = std::ferror(stdout) != 0;
  errno = error_number;
  const bool is_flushed = std::fflush(stdout) == 0;
  // A sink that could not write has said so.
  const bool is_told = had_failed && exit_code > ExitCode::failed;
  if ((is_flushed && !had_failed) || errno == EPIPE || is_told) return exit_code;
  const std::string why = errno == 0 ? std::string() : ": " + system_message(errno);
  return report({Fault::system, "standard output: cannot be written" + why});
}

const std::atomic<bool>& stop_requested() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop;
}

void restore_terminal_by(const char* text) { restoring = text; }

std::atomic<bool>& reload_requested() {
  struct sigaction action {};
  action.sa_handler = on_hang_up;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
  return hung_up;
}

std::function<void(const SourceReport&, std::uint64_t)> progress_line() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [](const SourceReport& report, std::uint64_t alerts) {
    draw_progress(report.bytes_read, report.bytes_total,
                  fmt::format("{} records  {} alerts told", report.records, alerts));
  };
}

void draw_progress(std::uint64_t done, std::uint64_t all, std::string_view what) {
  if (isatty(STDERR_FILENO) == 0) return;
  const double share =
      all == 0 ? 0.0 : 100.0 * static_cast<double>(done) / static_cast<double>(all);
  const std::lock_guard lock(terminal_mutex);
  fmt::print(stderr, "\r\033[K{:3.0f} %  {}", share, what);
  std::fflush(stderr);
  is_drawn = true;
}

void clear_progress_line() {
  const std::lock_guard lock(terminal_mutex);
  clear_drawn_line();
}

bool has_colours(int file_descriptor) {
  return isatty(file_descriptor) != 0 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace retimu::app
