// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/pairs.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(PairsTest, ReadsListsOfPairs) {
  EXPECT_EQ(parse_pairs("[[12, 34], [5,6]]"), (Pairs{{"12", "34"}, {"5", "6"}}));
  EXPECT_EQ(parse_pairs(" [ ] "), Pairs{});
  EXPECT_EQ(parse_pairs(R"([["a, b]", "c\"\/"]])"), (Pairs{{"a, b]", "c\"/"}}));
}

TEST(PairsTest, RefusesAnythingElse) {
  for (const std::string_view text : {"", "[", "[[1,2]", "[[1,2],]", "[[1]]", "[[1,2,3]]", "[1,2]",
                                      "[[1,2]] x", "[[\"a,2]]", "[[\"a\\", "[[,]]", "point"}) {
    EXPECT_FALSE(parse_pairs(text)) << text;
  }
}

TEST(PairsTest, ReadsNamedLists) {
  const auto named = parse_named_pairs("{\n \"a/b.csv\": [],\n \"c\": [[\"1\", \"2\"]]\n}\n");
  ASSERT_TRUE(named);
  ASSERT_EQ(named->size(), 2U);
  EXPECT_EQ((*named)[0].name, "a/b.csv");
  EXPECT_TRUE((*named)[0].pairs.empty());
  EXPECT_EQ((*named)[1].pairs, (Pairs{{"1", "2"}}));
  EXPECT_TRUE(parse_named_pairs("{}"));
  for (const std::string_view text : {"", "[]", "{", "{\"a\"}", "{\"a\": 1}", "{\"a\": [],}",
                                      "{\"a\": []} x", "{\"a\": [[1]]}"}) {
    EXPECT_FALSE(parse_named_pairs(text)) << text;
  }
}

}  // namespace
}  // namespace retimu
