// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/columns.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace retimu {
namespace {

TEST(ColumnNames, HaveOneIdEach) {
  Columns columns;
  const auto pressure = columns.intern("pressure");
  const auto flow = columns.intern("flow");
  ASSERT_TRUE(pressure && flow);
  EXPECT_NE(*pressure, *flow);
  EXPECT_EQ(columns.intern(std::string("press") + "ure"), pressure);
  EXPECT_EQ(columns.name(*pressure), "pressure");
  EXPECT_EQ(columns.count(), 2U);
}

TEST(ColumnNames, StayWhereTheyAre) {
  Columns columns;
  const std::string_view first = columns.name(*columns.intern("a"));
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(columns.intern("column" + std::to_string(i)));
  EXPECT_EQ(first.data(), columns.name(*columns.intern("a")).data());
}

TEST(ColumnNames, HaveABound) {
  Columns columns(2);
  const auto first = columns.intern("a");
  ASSERT_TRUE(first && columns.intern("b"));
  EXPECT_EQ(columns.intern("c"), std::nullopt);
  EXPECT_EQ(columns.intern("a"), first);
  EXPECT_EQ(columns.count(), 2U);
}

TEST(ColumnNames, AreNeitherEmptyNorEndless) {
  Columns columns;
  EXPECT_EQ(columns.intern(""), std::nullopt);
  EXPECT_EQ(columns.intern(std::string(4'097, 'x')), std::nullopt);
  EXPECT_TRUE(columns.intern(std::string(4'096, 'x')));
}

TEST(ColumnNames, AreOrderedByTheirText) {
  Columns columns;
  const auto z = *columns.intern("z");
  const auto a = *columns.intern("a");
  EXPECT_TRUE(name_precedes(columns, a, z));
  EXPECT_FALSE(name_precedes(columns, z, a));
  EXPECT_FALSE(name_precedes(columns, a, a));
}

TEST(ColumnNames, AreSafeFromSeveralThreads) {
  Columns columns;
  std::vector<std::vector<ColumnId>> ids(4);
  std::vector<std::thread> threads;
  for (std::vector<ColumnId>& own : ids) {
    threads.emplace_back([&columns, &own] {
      for (int i = 0; i < 500; ++i) own.push_back(*columns.intern("column" + std::to_string(i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(columns.count(), 500U);
  for (const std::vector<ColumnId>& own : ids) EXPECT_EQ(own, ids.front());
}

}  // namespace
}  // namespace retimu
