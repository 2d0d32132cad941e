// SPDX-License-Identifier: Apache-2.0
#include "app/watch_screen.hpp"

#include <gtest/gtest.h>

namespace retimu::app {
namespace {

WatchState some_state() {
  WatchState state;
  state.name = "pipeline.toml";
  state.records = 1'234;
  state.records_a_second = 99.6;
  state.alerts = 2;
  state.latest = 1'700'006'400 * second;
  state.now = state.latest + 3 * second + 250 * millisecond;
  state.plot = "plot 1\nplot 2\n";
  state.told = {"first", "\033[31msecond\033[0m"};
  return state;
}

TEST(WatchScreen, ShowsTheLatestFirst) {
  const std::vector<std::string> rows = watch_frame(some_state(), {80, 24});
  EXPECT_EQ(rows, std::vector<std::string>(
                      {"retimu  pipeline.toml   lag 3s",
                       "1234 records, 100 a second   2 alerts   0 incidents", "plot 1", "plot 2",
                       "", "Told, the latest first:", "\033[31msecond\033[0m\033[0m", "first"}));
}

TEST(WatchScreen, NeverHasMoreRowsOrColumnsThanTheWindow) {
  WatchState state = some_state();
  state.told.resize(100, "a line that is longer than a narrow window is wide, by far");
  for (const std::size_t height : {1U, 2U, 5U, 24U, 200U}) {
    const std::vector<std::string> rows = watch_frame(state, {20, height});
    EXPECT_LE(rows.size(), height);
    for (const std::string& row : rows) EXPECT_LE(cut_to(row, 1'000).size(), 20U + 12) << row;
  }
}

TEST(WatchScreen, TheTimeOfARecordingIsNoLag) {
  WatchState state = some_state();
  state.now = state.latest + 400 * day;
  EXPECT_EQ(watch_frame(state, {80, 24})[0],
            "retimu  pipeline.toml   event time 2023-11-15T00:00:00Z");
  state.latest = time_none;
  EXPECT_EQ(watch_frame(state, {80, 24})[0], "retimu  pipeline.toml   nothing came yet");
}

TEST(WatchScreen, CutsCharactersAndNotBytesOrColours) {
  EXPECT_EQ(cut_to("36 °C now", 4), "36 °");
  EXPECT_EQ(cut_to("\033[31mred\033[0m end", 2), "\033[31mre\033[0m");
  EXPECT_EQ(cut_to("abc", 0), "");
  EXPECT_EQ(cut_to("\033[31", 5), "\033[31\033[0m");
}

TEST(WatchScreen, AWindowMayBeTooSmallForAPlot) {
  EXPECT_EQ(plot_height({39, 50}), 0U);
  EXPECT_EQ(plot_height({80, 15}), 0U);
  EXPECT_EQ(plot_height({80, 24}), 12U);
  EXPECT_EQ(plot_height({80, 16}), 8U);
}

}  // namespace
}  // namespace retimu::app
