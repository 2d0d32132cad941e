// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace retimu {
namespace {

TEST(Glob, FitsWholeTexts) {
  EXPECT_TRUE(matches_glob("pump-1", "pump-1"));
  EXPECT_FALSE(matches_glob("pump-1", "pump-12"));
  EXPECT_FALSE(matches_glob("pump-1", "a pump-1"));
  EXPECT_TRUE(matches_glob("pump-*", "pump-1"));
  EXPECT_TRUE(matches_glob("pump-*", "pump-"));
  EXPECT_FALSE(matches_glob("pump-*", "pump"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_TRUE(matches_glob("*a*b*", "xaybz"));
  EXPECT_FALSE(matches_glob("*a*b", "xaybz"));
  EXPECT_TRUE(matches_glob("*ab", "aab"));
  EXPECT_TRUE(matches_glob("p?mp", "pump"));
  EXPECT_TRUE(matches_glob("p?mp", "pömp"));
  EXPECT_FALSE(matches_glob("p?mp", "pmp"));
  EXPECT_FALSE(matches_glob("?", ""));
  EXPECT_FALSE(matches_glob("[ab]", "a"));
  EXPECT_TRUE(matches_glob("[ab]", "[ab]"));
}

TEST(Glob, ManyStarsTakeNoLongTime) {
  std::string pattern, text(4'000, 'a');
  for (int i = 0; i < 1'000; ++i) pattern += "*a";
  EXPECT_TRUE(matches_glob(pattern, text));
  EXPECT_FALSE(matches_glob(pattern + "b", text));
}

}  // namespace
}  // namespace retimu
