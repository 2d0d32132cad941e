// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/templates.hpp"

#include "retimu/text/scanner.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace retimu {
namespace {

class TemplatesTest : public testing::Test {
 protected:
  std::uint32_t add(const std::string& line) { return templates_.add(scanner_.scan(line)); }
  Scanner scanner_;
  Templates templates_;
};

// A word of letters for each number.
std::string word(std::size_t number) {
  std::string text;
  for (std::size_t left = number + 1; left > 0; left /= 10) {
    text += static_cast<char>('g' + left % 10);
  }
  return text;
}

TEST_F(TemplatesTest, TheGroupIsCalledByTheMoreCommon) {
  const std::uint32_t a = add("one"), b = add("two"), c = add("three");
  templates_.count(b, 3);
  templates_.count(c, 2);
  EXPECT_TRUE(templates_.unite(a, b));
  EXPECT_TRUE(templates_.unite(c, a));
  EXPECT_FALSE(templates_.unite(b, c));
  for (const std::uint32_t one : {a, b, c}) {
    EXPECT_EQ(templates_.head(one), b);
    EXPECT_EQ(templates_.lines(one), 5U);
  }
  EXPECT_EQ(templates_.groups(), 1U);
  const TemplateMerge expected[] = {{templates_.id(a), templates_.id(b)},
                                    {templates_.id(c), templates_.id(b)}};
  EXPECT_TRUE(std::ranges::equal(templates_.merges(), expected));
}

TEST_F(TemplatesTest, OfEqualOnesTheSmallerId) {
  const std::uint32_t a = add("one"), b = add("two");
  templates_.unite(a, b);
  EXPECT_EQ(templates_.id(templates_.head(a)), std::min(templates_.id(a), templates_.id(b)));
}

TEST_F(TemplatesTest, WhatVariesMostIsShown) {
  const std::uint32_t a = add("moved to the left"), b = add("moved to the 7"),
                      c = add("moved to 7");
  templates_.unite(a, b);
  EXPECT_EQ(templates_.shown(a), b);
  templates_.unite(b, c);
  EXPECT_EQ(templates_.shown(a), c);
}

TEST_F(TemplatesTest, ForgetsWhatWasNotUsedAndKeepsWithinTheWords) {
  std::vector<std::uint32_t> places;
  for (std::size_t i = 0; i < 100; ++i) {
    places.push_back(add(fmt::format("a b c d e f g h i {}", word(i))));
  }
  templates_.unite(places[0], places[1]);
  templates_.count(places[0], 1);  // used now
  const TemplateId used[] = {templates_.id(places[0]), templates_.id(places[1])};
  const TemplateId last = templates_.id(places[99]), old = templates_.id(places[2]);
  const std::vector<std::uint32_t> moved = templates_.forget_half(300);
  EXPECT_EQ(templates_.size(), 30U);
  EXPECT_EQ(std::ranges::count(moved, FlatMap::none), 70);
  for (const TemplateId id : used) {
    ASSERT_NE(templates_.find(id), FlatMap::none);
    EXPECT_EQ(templates_.lines(templates_.find(id)), 1U);
  }
  EXPECT_EQ(templates_.head(moved[0]), templates_.head(moved[1]));
  EXPECT_NE(templates_.find(last), FlatMap::none);
  EXPECT_EQ(templates_.find(old), FlatMap::none);
  EXPECT_EQ(templates_.groups(), 29U);
}

}  // namespace
}  // namespace retimu
