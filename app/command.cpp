// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace retimu::app {

namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

void on_signal(int signal_number) {
  if (stop.exchange(true)) {
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
  }
}

bool is_drawn = false;  // only the reading thread draws

}  // namespace

int report(const Error& error) {
  clear_progress_line();
  fmt::print(stderr, "retimu: {}\n", error.message);
  switch (error.fault) {
    case Fault::usage: return ExitCode::usage;
    case Fault::input: return ExitCode::input;
    case Fault::system: return ExitCode::system;
    case Fault::corrupt: return ExitCode::corrupt;
    case Fault::internal: return ExitCode::failed;
  }
  return ExitCode::failed;
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

std::function<void(const SourceReport&, std::uint64_t)> progress_line() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [](const SourceReport& report, std::uint64_t alerts) {
    const double share = report.bytes_total == 0 ? 0.0
                                                 : 100.0 * static_cast<double>(report.bytes_read) /
                                                       static_cast<double>(report.bytes_total);
    fmt::print(stderr, "\r\033[K{:3.0f} %  {} records  {} alerts told", share, report.records,
               alerts);
    std::fflush(stderr);
    is_drawn = true;
  };
}

void clear_progress_line() {
  if (!is_drawn) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  is_drawn = false;
}

bool has_colours(int file_descriptor) {
  return isatty(file_descriptor) != 0 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace retimu::app
