// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/peers.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace retimu {
namespace {

// Ten readings, 1 to 10: without 10 there are nine, whose second lowest is 2.
TEST(Peers, LeavesTheEntityItselfOut) {
  std::vector<double> readings{10, 3, 7, 1, 9, 2, 8, 4, 6, 5};
  const PeerColumn column = summarise(readings, minute);
  EXPECT_EQ(column.count, 10U);
  EXPECT_EQ(column.gap, minute);
  const OtherPeers highest = column.without(10), lowest = column.without(1);
  EXPECT_EQ(highest.count, 9U);
  EXPECT_EQ(highest.low, 2);
  EXPECT_EQ(highest.centre, 5);
  EXPECT_EQ(highest.high, 8);
  EXPECT_EQ(lowest.low, 3);
  EXPECT_EQ(lowest.centre, 6);
  EXPECT_EQ(lowest.high, 9);
}

// Whatever the number, the order and the ties: as if the others had been sorted by themselves.
TEST(Peers, AgreesWithSortingTheOthers) {
  Random random(3);
  for (std::size_t count = 2; count <= 60; ++count) {
    std::vector<double> readings(count);
    for (double& reading : readings) reading = static_cast<double>(random.below(count));
    const std::vector<double> kept = readings;
    const PeerColumn column = summarise(readings, 0);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<double> others = kept;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      std::ranges::sort(others);
      const std::size_t last = others.size() - 1;
      const OtherPeers found = column.without(kept[i]);
      ASSERT_EQ(found.count, others.size());
      ASSERT_EQ(found.low, others[last / 8]) << count << " " << i;
      ASSERT_EQ(found.centre, others[last / 2]) << count << " " << i;
      ASSERT_EQ(found.high, others[last - last / 8]) << count << " " << i;
    }
  }
}

TEST(Peers, AColumnThatIsNotInTheTableHasNone) {
  PeerTable table(second, 7);
  std::vector<double> readings{1, 2};
  table.add(static_cast<ColumnId>(3), summarise(readings, 0));
  EXPECT_NE(table.of(static_cast<ColumnId>(3)).column, nullptr);
  for (const std::uint32_t id : {0U, 2U, 4U, 99U}) {
    EXPECT_EQ(table.of(static_cast<ColumnId>(id)).column, nullptr) << id;
  }
  EXPECT_EQ(table.of(static_cast<ColumnId>(0)).number, 7U);
}

}  // namespace
}  // namespace retimu
