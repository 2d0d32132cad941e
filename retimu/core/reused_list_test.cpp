// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/reused_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace retimu {
namespace {

const std::string long_name(100, 'x');  // not within the string itself

std::string text_of(const ReusedList<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += one;
  return text;
}

TEST(ReusedListTest, KeepsTheOrderOfWhatIsLeft) {
  ReusedList<std::string> list = {"a", "b", "c", "d"};
  list.erase(list.begin() + 1);
  EXPECT_EQ(text_of(list), "acd");
  list.add() = "e";
  EXPECT_EQ(text_of(list), "acde");
  list.clear();
  EXPECT_TRUE(list.empty());
  list.add() = "f";
  EXPECT_EQ(text_of(list), "f");
  EXPECT_EQ(list.front(), "f");
}

TEST(ReusedListTest, WhatWasRemovedLeavesItsMemory) {
  ReusedList<std::string> list = {long_name, "b"};
  const char* const memory = list.front().data();
  list.erase(list.begin());
  EXPECT_EQ(list.add().data(), memory);
  list.clear();
  list.add() = "b";
  EXPECT_EQ(list.add().data(), memory);
}

TEST(ReusedListTest, ACopyTakesIntoTheMemoryThatIsThere) {
  ReusedList<std::string> to = {"a", long_name, "c"};
  const char* const memory = (to.begin() + 1)->data();
  const ReusedList<std::string> few = {"x"}, more = {"x", "y", "z", "w"};
  to = few;
  EXPECT_EQ(text_of(to), "x");
  to = more;
  EXPECT_EQ(text_of(to), "xyzw");
  EXPECT_EQ((to.begin() + 1)->data(), memory);
  const ReusedList<std::string> copied(to);
  EXPECT_EQ(text_of(copied), "xyzw");
}

TEST(ReusedListTest, WhatWasMovedFromGoesOn) {
  ReusedList<std::string> list = {"a", "b"};
  const ReusedList<std::string> moved(std::move(list));
  list.add() = "c";
  EXPECT_EQ(text_of(list), "c");
  EXPECT_EQ(text_of(moved), "ab");
}

TEST(ReusedListTest, GrowsAndShrinks) {
  ReusedList<std::string> list = {long_name, "b"};
  const char* const memory = list.front().data();
  list.resize(0);
  list.resize(3);
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.front().data(), memory);
}

}  // namespace
}  // namespace retimu
