// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/lateness.hpp"

#include <gtest/gtest.h>

#include <array>

namespace retimu {
namespace {

TEST(LatenessTest, IsToldOfWhatLayInTheJournal) {
  Lateness lateness(15 * minute);
  const std::array came{Arrival{0, 100 * second}};
  EXPECT_FALSE(lateness.is_to_be_told({}, 10 * hour));
  EXPECT_FALSE(lateness.is_to_be_told(came, 160 * second));
  EXPECT_TRUE(lateness.is_to_be_told(came, 161 * second));
  EXPECT_FALSE(lateness.is_to_be_told(came, 200 * second));  // once a minute
  EXPECT_TRUE(lateness.is_to_be_told(came, 221 * second));
  const std::array history{Arrival{0, time_none}};
  EXPECT_FALSE(lateness.is_to_be_told(history, 10 * hour));
  Lateness soon(2 * second);
  EXPECT_TRUE(soon.is_to_be_told(came, 103 * second));
}

TEST(LatenessTest, TheWallsClockComesBack) {
  Request request = wall_request(7 * hour);
  EXPECT_EQ(read_wall(request), 7 * hour);
  request.body.pop_back();
  EXPECT_EQ(read_wall(request), std::nullopt);
  EXPECT_EQ(read_wall(Request{}), std::nullopt);
}

}  // namespace
}  // namespace retimu
