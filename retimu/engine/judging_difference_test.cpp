// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/judging_difference.hpp"

#include "retimu/engine/configuration.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(JudgingDifference, NamesTheFirstKeysWithBothValues) {
  Configuration before, now;
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)), "");
  now.seed = 5;
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)),
            "[pipeline] seed was 0 and is 5");
  now.threshold = 6;
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)),
            "[alerts] threshold was not given and is 6; [pipeline] seed was 0 and is 5");
  now.columns_max = 7;
  now.shift_after = 99;
  now.cooldown = minute;
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)),
            "[alerts] cooldown was not given and is \"1m\"; [alerts] shift_after was not given and "
            "is 99; [alerts] threshold was not given and is 6; and 2 more");
  EXPECT_EQ(judging_difference("[alerts]\nthreshold = 6\n", ""),
            "[alerts] threshold was 6 and is not given");
}

TEST(JudgingDifference, NamesTheRule) {
  Configuration before, now;
  before.rules = {{.name = "hot", .expr = "t > 90"}, {.name = "gone", .expr = "x > 1"}};
  now.rules = {{.name = "hot", .expr = "t > 95"}, {.name = "gone", .expr = "x>1"}};
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)),
            "[[rule]] \"hot\" expr was \"t > 90\" and is \"t > 95\"");
  now.rules = {{.name = "hot", .expr = "t > 90"}};
  EXPECT_EQ(judging_difference(judging_text(before), judging_text(now)),
            "[[rule]] \"gone\" expr was \"x > 1\" and is not given; "
            "[[rule]] \"gone\" for was \"0s\" and is not given; "
            "[[rule]] \"gone\" severity was \"major\" and is not given; and 1 more");
}

}  // namespace
}  // namespace retimu
