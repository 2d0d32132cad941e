// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/reading_tally.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

void reject(Batch& batch, std::string_view reason) {
  Rejected& rejected = batch.rejected.emplace_back();
  rejected.reason = batch.arena.copy(reason);
}

TEST(ReadingTally, CountsReasonsWithoutWhatTheyQuote) {
  ReadingTally tally;
  Batch batch;
  reject(batch, "before");
  for (int i = 0; i < 3; ++i) reject(batch, fmt::format("its time cannot be read: \"{}\"", i));
  reject(batch, "malformed JSON");
  reject(batch, "a quote is misplaced or not closed");
  tally.add(batch, 0, 1);
  EXPECT_EQ(tally.rejected(), 5U);
  const std::vector<RejectedReason> reasons = tally.commonest(2);
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_EQ(reasons[0].reason, "its time cannot be read");
  EXPECT_EQ(reasons[0].example, "its time cannot be read: \"0\"");
  EXPECT_EQ(reasons[0].count, 3U);
  EXPECT_EQ(reasons[1].reason, "a quote is misplaced or not closed");
}

TEST(ReadingTally, RemembersABoundedNumberOfReasons) {
  ReadingTally tally;
  Batch batch;
  for (int i = 0; i < 5'000; ++i) reject(batch, fmt::format("reason {}", i));
  tally.add(batch, 0, 0);
  EXPECT_EQ(tally.rejected(), 5'000U);
  EXPECT_EQ(tally.commonest(5'000).size(), 100U);
}

TEST(ReadingTally, KnowsWhetherThereWasAReading) {
  ReadingTally tally;
  Batch batch;
  batch.events.emplace_back().payload = Readings{};
  tally.add(batch, 0, 0);
  EXPECT_FALSE(tally.has_readings());
  const auto columns = batch.arena.make<ColumnId>(1);
  const auto values = batch.arena.make<double>(1);
  batch.events.emplace_back().payload = Readings{columns, values};
  tally.add(batch, 1, 0);
  EXPECT_TRUE(tally.has_readings());
  EXPECT_EQ(tally.events(), 2U);
}

TEST(ReadingTally, CountsLogLinesApart) {
  ReadingTally tally;
  Batch batch;
  batch.events.emplace_back().payload = LogLine{Severity::major, "link down"};
  tally.add(batch, 0, 0);
  EXPECT_FALSE(tally.has_readings());
  EXPECT_EQ(tally.log_lines(), 1U);
  tally.add(batch, 1, 0);
  EXPECT_EQ(tally.log_lines(), 1U);
  batch.events.emplace_back().payload = Alarm{Severity::major, "E7", "link down"};
  tally.add(batch, 1, 0);
  EXPECT_EQ(tally.log_lines(), 1U);
  EXPECT_EQ(tally.alarms(), 1U);
}

}  // namespace
}  // namespace retimu
