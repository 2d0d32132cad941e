// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/drain.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Words = std::vector<std::string>;

TEST(DrainTest, MasksWhatIsANumberInAnyText) {
  EXPECT_EQ(masked_words("took 12 ms"), (Words{"took", "<*>", "ms"}));
  EXPECT_EQ(masked_words(" to /10.0.0.7:5099,  x=0xFF y=7 "),
            (Words{"to", "/<*>,", "x=<*>", "y=<*>"}));
  EXPECT_EQ(masked_words("id deadbe0f decade00 eth0"), (Words{"id", "<*>", "<*>", "eth0"}));
  EXPECT_EQ(masked_words(""), Words());
}

TEST(DrainTest, WhatDiffersInAWordBecomesAVariable) {
  Drain drain({});
  EXPECT_EQ(drain.add("session opened for user root at once"), 0U);
  EXPECT_EQ(drain.add("session opened for user guest at once"), 0U);
  EXPECT_EQ(drain.add("session opened for nobody here at all"), 0U);  // 4 of 7 words
  EXPECT_EQ(drain.add("session opened by nobody here in may"), 1U);   // 2 of 7: too few
  EXPECT_EQ(drain.add("session closed for user guest at once"), 2U);  // another way down the tree
  EXPECT_EQ(drain.add("session opened for user guest"), 3U);
  EXPECT_EQ(drain.templates(), 4U);
}

TEST(DrainTest, ABusyNodeKeepsOnePlaceForTheRest) {
  Drain drain({.children_max = 3});
  EXPECT_EQ(drain.add("a x is on"), 0U);
  EXPECT_EQ(drain.add("b x is on"), 1U);
  EXPECT_EQ(drain.add("c x is on"), 2U);
  EXPECT_EQ(drain.add("d x is on"), 2U);
  EXPECT_EQ(drain.add("a1 x is on"), 2U);  // a digit
  EXPECT_EQ(drain.add("a x is on"), 0U);
}

}  // namespace
}  // namespace retimu
