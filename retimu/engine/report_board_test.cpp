// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/report_board.hpp"

#include "retimu/core/event.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace retimu {
namespace {

constexpr auto no_wait = std::chrono::milliseconds(0);
constexpr Boundary first{0, 10};

FleetSums sums_of(std::int64_t excess) {
  FleetSums sums;
  sums.excess = excess;
  return sums;
}

TEST(ReportBoard, GivesTheSumWhenAllGroupsHaveReported) {
  ReportBoard board;
  board.add(first, sums_of(3), group_count - 1);
  EXPECT_FALSE(board.take(first, no_wait).has_value());
  board.add({0, 20}, sums_of(100), 1);  // of another boundary
  board.add({1, 10}, sums_of(100), 1);  // the clock was set back, and came to that time again
  EXPECT_FALSE(board.take(first, no_wait).has_value());
  board.add(first, sums_of(4), 1);
  const std::optional<FleetSums> sums = board.take(first, no_wait);
  ASSERT_TRUE(sums.has_value());
  EXPECT_EQ(sums->excess, 7);
}

TEST(ReportBoard, WaitsForReportsOfOtherThreads) {
  ReportBoard board;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&] { board.add(first, sums_of(1), group_count / 4); });
  }
  std::optional<FleetSums> sums;
  while (!sums) sums = board.take(first, std::chrono::milliseconds(50));
  EXPECT_EQ(sums->excess, 4);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace retimu
