// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/read_ahead.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace retimu {
namespace {

TEST(ReadAheadTest, GoesPieceByPieceToTheEndAndNoFurther) {
  const std::vector<std::byte> memory(2 * ReadAhead::piece + 100);
  ReadAhead ahead;
  ahead.ask_for_more();
  EXPECT_EQ(ahead.left(), 0U);
  ahead.begin(memory);
  for (const std::size_t left : {ReadAhead::piece + 100, std::size_t{100}, std::size_t{0}}) {
    ahead.ask_for_more();
    EXPECT_EQ(ahead.left(), left);
  }
  ahead.ask_for_more();
  EXPECT_EQ(ahead.left(), 0U);
}

TEST(ReadAheadTest, WhatWasBegunBeforeIsLeft) {
  const std::vector<std::byte> one(ReadAhead::bytes_max + 1), other(100);
  ReadAhead ahead;
  ahead.begin(one);
  EXPECT_EQ(ahead.left(), ReadAhead::bytes_max);
  ahead.begin(other);
  EXPECT_EQ(ahead.left(), 100U);
}

}  // namespace
}  // namespace retimu
