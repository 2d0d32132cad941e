// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/request_folder.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

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

// What root asks of a pipeline of another user is removed by that user.
TEST_F(RequestFolderTest, WhatRootAddsIsTheOwners) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root leaves files in a folder of another user";
  constexpr uid_t owner = 65'534;
  ASSERT_EQ(::chown(folder_.path().c_str(), owner, owner), 0);
  ASSERT_TRUE(requests_.add(operation(1, Operation::Action::pause)));
  const std::string name = requests_.waiting()->at(0).name;
  for (const std::string& path : {folder_ / "requests", folder_ / ("requests/" + name)}) {
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, owner) << path;
    EXPECT_EQ(found.st_gid, owner) << path;
  }
}

TEST_F(RequestFolderTest, RootGivesNothingAwayBehindALink) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  std::filesystem::create_directory(folder_ / "roots");
  std::filesystem::create_directory_symlink(folder_ / "roots", folder_ / "requests");
  ASSERT_EQ(::chown(folder_.path().c_str(), 65'534, 65'534), 0);
  EXPECT_FALSE(requests_.add(operation(1, Operation::Action::pause)));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "roots"));
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
