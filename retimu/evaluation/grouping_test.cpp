// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/grouping.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace retimu {
namespace {

TEST(GroupingTest, OnlyWholeGroupsCount) {
  const std::vector<std::string> truth = {"a", "a", "b", "b", "c"};
  const auto of = [&](std::vector<std::uint64_t> groups) {
    return grouping_accuracy(groups, truth);
  };
  EXPECT_EQ(of({7, 7, 9, 9, 3}), 1);
  EXPECT_EQ(of({7, 7, 9, 8, 3}), 0.6);  // b is in two
  EXPECT_EQ(of({7, 7, 9, 9, 9}), 0.4);  // b and c are one
  EXPECT_EQ(of({1, 1, 1, 1, 1}), 0);
  EXPECT_EQ(grouping_accuracy({}, {}), 0);
}

TEST(GroupingTest, ReadsWhatLoghubPublishes) {
  const SetFolder folder;
  folder.write("Pump/Pump_2k.log_structured.csv",
               "\xEF\xBB\xBFLineId,Content,EventId\n1,\"started, \"\"7\"\"\",E1\n2,ended 3,E2\n");
  folder.write("Pump/Pump_2k.log", "2024-01-01 10:00:00 INFO started, \"7\"\nINFO ended 3\nmore\n");
  folder.write("Fan/Fan_2k.log_structured.csv", "EventId,Content\nE1,on\n");
  const auto logs = read_loghub(folder.path());
  ASSERT_TRUE(logs) << logs.error().message;
  ASSERT_EQ(logs->size(), 2U);
  EXPECT_EQ((*logs)[0].name, "Fan");
  EXPECT_TRUE((*logs)[0].raw.empty());
  EXPECT_EQ((*logs)[1].content, (std::vector<std::string>{"started, \"7\"", "ended 3"}));
  EXPECT_EQ((*logs)[1].truth, (std::vector<std::string>{"E1", "E2"}));
  EXPECT_EQ((*logs)[1].raw.size(), 2U);

  const std::vector<GroupedLog> grouped = group_logs(*logs);
  EXPECT_EQ(grouped[1].content.final, 1);
  EXPECT_EQ(grouped[1].raw->final, 1);
  EXPECT_FALSE(grouped[0].raw);
  const std::vector<Grid> grids = make_grids(grouped);
  ASSERT_EQ(grids[0].rows.size(), 3U);
  EXPECT_EQ(grids[0].rows[2][0], "mean");
  for (const auto& row : grids[0].rows) EXPECT_EQ(row.size(), grids[0].header.size());
  EXPECT_NE(to_json(grouped).find("\"Pump\":{\"lines\":2,\"templates\":2,\"found\":2"),
            std::string::npos);
}

TEST(GroupingTest, SaysWhatIsWrong) {
  const SetFolder folder;
  EXPECT_NE(error_of(read_loghub(folder.path())).find("the set is not there"), std::string::npos);
  EXPECT_NE(error_of(read_loghub(folder.path() + "/no")).find("no such folder"), std::string::npos);
  const auto path = folder.write("Pump/Pump_2k.log_structured.csv", "LineId,Content\n1,a\n");
  EXPECT_NE(error_of(read_loghub(folder.path())).find("EventId"), std::string::npos);
  folder.write("Pump/Pump_2k.log_structured.csv", "Content,EventId\n\"a,E1\n");
  EXPECT_NE(error_of(read_loghub(folder.path())).find(path + ":2: is no record"),
            std::string::npos);
  folder.write("Pump/Pump_2k.log_structured.csv", "Content,EventId\na,E1\nb,E2\n");
  folder.write("Pump/Pump_2k.log", "a\n");
  EXPECT_NE(error_of(read_loghub(folder.path())).find("has 1 lines, but 2"), std::string::npos);
}

// LogHub's ten systems, where RETIMU_DATA names a folder that holds them.
TEST(GroupingDataTest, LoghubIsGroupedWell) {
  const char* folder = std::getenv("RETIMU_DATA");
  if (folder == nullptr) GTEST_SKIP() << "RETIMU_DATA names no folder";
  const auto logs = read_loghub(folder);
  if (!logs) GTEST_SKIP() << logs.error().message;
  if (logs->size() < 10) GTEST_SKIP() << "only " << logs->size() << " systems are there";
  double first = 0, final = 0, raw = 0;
  for (const GroupedLog& log : group_logs(*logs)) {
    first += log.content.first;
    final += log.content.final;
    raw += log.raw->final;
    EXPECT_LT(log.random, 0.1) << log.name;
  }
  const auto count = static_cast<double>(logs->size());
  EXPECT_GT(first / count, 0.95);
  EXPECT_GT(final / count, 0.99);
  EXPECT_GT(raw / count, 0.99);
}

}  // namespace
}  // namespace retimu
