// SPDX-License-Identifier: Apache-2.0
// What --watch shows: one frame as text, from what is known at that moment.
#ifndef APP_WATCH_SCREEN_HPP
#define APP_WATCH_SCREEN_HPP

#include "retimu/core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retimu::app {

struct ScreenSize {
  std::size_t width = 80, height = 24;
};

// So many rows of the frame are for the plot; 0: the window is too small for one.
std::size_t plot_height(ScreenSize size);

struct WatchState {
  std::string name;  // of the pipeline
  std::uint64_t records = 0, alerts = 0, incidents = 0;
  double records_a_second = 0;
  Time latest = time_none;        // event time
  Time now = 0;                   // of the wall clock
  std::string plot;               // lines; empty: none
  std::vector<std::string> told;  // one line each, the latest last; may have colours
};

// The rows of the window, none wider than it; never more than it has.
std::vector<std::string> watch_frame(const WatchState& state, ScreenSize size);

// The text cut to so many characters. Escape sequences of colours take no room and are ended.
std::string cut_to(std::string_view text, std::size_t width);

}  // namespace retimu::app

#endif
