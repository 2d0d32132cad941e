// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/request_folder.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

class RequestFolderTest : public ::testing::Test {
 protected:
  Operation operation(Time at, Operation::Action action) const {
    Operation asked;
    asked.asked = {at, 1, "root"};
    asked.action = action;
    return asked;
  }
  TemporaryFolder folder_;
  RequestFolder requests_{folder_.path()};
};

TEST_F(RequestFolderTest, WaitInTheOrderInWhichTheyWereAsked) {
  EXPECT_TRUE(requests_.waiting()->empty());
  ASSERT_TRUE(requests_.add(operation(10'000, Operation::Action::resume)));
  ASSERT_TRUE(requests_.add(operation(9'000, Operation::Action::pause)));
  FalseAlarm alarm;
  alarm.asked = {9'500, 1, "root"};
  alarm.entity = "pump";
  ASSERT_TRUE(requests_.add(alarm));
  const Result<std::vector<Request>> waiting = requests_.waiting();
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->size(), 3U);
  EXPECT_EQ(read_operation((*waiting)[0].body)->action, Operation::Action::pause);
  EXPECT_EQ(read_false_alarm((*waiting)[1].body)->entity, "pump");
  EXPECT_EQ(read_operation((*waiting)[2].body)->action, Operation::Action::resume);
  for (const Request& one : *waiting) EXPECT_TRUE(requests_.done(one.name));
  EXPECT_TRUE(requests_.waiting()->empty());
}

TEST_F(RequestFolderTest, WhatIsNoneIsPutAsideAndTheOthersWait) {
  ASSERT_TRUE(requests_.add(operation(1, Operation::Action::pause)));
  for (const std::string ending : {"confirmed", "false_alarm", "maintenance", "operation"}) {
    const std::string name = folder_ / ("requests/0-0." + ending);
    write_file(name, "torn");
    const Result<std::vector<Request>> refused = requests_.waiting();
    ASSERT_FALSE(refused) << ending;
    EXPECT_EQ(refused.error().fault, Fault::corrupt);
    EXPECT_TRUE(std::filesystem::exists(name + ".refused"));
    EXPECT_EQ(requests_.waiting()->size(), 1U);
  }
}

}  // namespace
}  // namespace retimu
