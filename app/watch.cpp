// SPDX-License-Identifier: Apache-2.0
#include "app/watch.hpp"

#include "app/process.hpp"
#include "app/watch_screen.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/core/wall_clock.hpp"
#include "retimu/evaluation/gnuplot.hpp"
#include "retimu/evaluation/picture.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace retimu::app {

namespace {

constexpr auto redrawn_every = std::chrono::milliseconds(500);
constexpr Duration stretch = 2 * second;
constexpr std::size_t stretches_max = 900, columns_max = 500;  // half an hour; 18 MB
constexpr std::size_t told_max = 200, told_after = 10;         // lines: on the screen, after it
constexpr const char* enter_screen = "\033[?1049h\033[?25l";
constexpr const char* leave_screen = "\033[?25h\033[?1049l";

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

ScreenSize size_of_window() {
  winsize window{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) {
    return {};
  }
  return {window.ws_col, window.ws_row};
}

class Watch {
 public:
  Watch(const Configuration& configuration, std::string name)
      : configuration_(configuration), series_(stretches_max, columns_max, stretch) {
    state_.name = std::move(name);
    const Result<void> found = find_gnuplot();
    if (!found) no_plot_ = found.error().message;
    restore_terminal_by(leave_screen);
    put(enter_screen);
    drawer_ = std::thread([this] { draw_all(); });
  }
  // Gives the screen back, and repeats what was told last.
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    over_.notify_one();
    drawer_.join();
    put(leave_screen);
    restore_terminal_by(nullptr);
    const std::size_t first = told_.size() > told_after ? told_.size() - told_after : 0;
    for (std::size_t i = first; i < told_.size(); ++i) put(told_[i] + "\n");
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void take(const Seen& seen) {
    const std::lock_guard lock(mutex_);
    series_.take(seen.round, seen.told, seen.columns);
    state_.records += seen.round.last - seen.round.first;
    state_.latest = series_.end();
    for (const Alert& alert : seen.told) {
      if (alert.change == Change::raised) {
        ++(alert.incident == nullptr ? state_.alerts : state_.incidents);
      }
      std::string line = console_line(alert, has_colours_, seen.has_row_times);
      line.resize(std::min(line.find('\n'), line.size()));
      told_.push_back(std::move(line));
      if (told_.size() > told_max) told_.pop_front();
    }
  }

 private:
  void draw_all() {
    std::unique_lock lock(mutex_);
    auto drawn = std::chrono::steady_clock::now();
    std::uint64_t records = 0;
    while (!over_.wait_for(lock, redrawn_every, [&] { return is_over_; })) {
      const auto now = std::chrono::steady_clock::now();
      const double passed = std::chrono::duration<double>(now - drawn).count();
      state_.records_a_second = static_cast<double>(state_.records - records) / passed;
      drawn = now;
      records = state_.records;
      draw(lock);
    }
  }

  // gnuplot runs while the lock is free.
  void draw(std::unique_lock<std::mutex>& lock) {
    const ScreenSize size = size_of_window();
    WatchState state = state_;
    state.told.assign(told_.begin(), told_.end());
    state.now = wall_clock();
    const std::size_t height = plot_height(size);
    const std::string script =
        height > 0 && no_plot_.empty() ? script_of({size.width, height}) : "";
    lock.unlock();
    if (!script.empty()) {
      const Result<std::string> plot = run_gnuplot(script);
      state.plot = plot ? *plot : plot.error().message;
      std::erase(state.plot, '\f');  // gnuplot begins a page with it
    } else if (height > 0) {
      state.plot = no_plot_;
    }
    std::string text = "\033[H";
    const std::vector<std::string> rows = watch_frame(state, size);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      text += rows[i] + "\033[K" + (i + 1 < rows.size() ? "\r\n" : "");
    }
    put(text + "\033[J");
    lock.lock();
  }

  std::string script_of(TextSize size) const {
    const std::vector<std::size_t> column = series_.most_unusual(1);
    if (column.empty()) return "";
    const auto named = configuration_.columns.find(series_.columns()[column[0]].column);
    return text_plot_script(series_, column[0],
                            named == configuration_.columns.end() ? "" : named->second.unit, size);
  }

  const Configuration& configuration_;
  const bool has_colours_ = has_colours(STDOUT_FILENO);
  std::string no_plot_;  // why there is none
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;  // these are guarded by it
  DrawnSeries series_;
  WatchState state_;
  std::deque<std::string> told_;
  std::thread drawer_;
};

}  // namespace

int serve_watched(Configuration configuration, ServiceOptions options, const std::string& name) {
  if (isatty(STDOUT_FILENO) == 0) {
    return report({Fault::usage,
                   "--watch needs a terminal, and standard output is none; without it alerts are "
                   "printed line by line"});
  }
  std::erase_if(configuration.sinks,
                [](const SinkConfiguration& sink) { return sink.type == "console"; });
  std::optional<Watch> watch(std::in_place, configuration, name == "-" ? "standard input" : name);
  options.seen = [&](const Seen& seen) { watch->take(seen); };
  options.progress = [](const SourceReport&, std::uint64_t) {};
  return serve(configuration, std::move(options), false, [&] { watch.reset(); });
}

}  // namespace retimu::app
