// SPDX-License-Identifier: Apache-2.0
// The environment is read as the process begins, so each case runs in a process of its own: the
// "threadsafe" style starts this program again.
#include "retimu/core/fail_point.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace retimu {
namespace {

class FailPointDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    // The child must find the file that the parent made, so its name may not differ between them.
    const char* known = std::getenv("RETIMU_FAIL_POINT_COUNT");
    if (known != nullptr) {
      file_ = known;
      return;
    }
    file_ = (std::filesystem::temp_directory_path() /
             ("retimu_fail_points_" + std::to_string(::getpid())))
                .string();
    ::setenv("RETIMU_FAIL_POINT_COUNT", file_.c_str(), 1);
  }
  void TearDown() override {
    std::filesystem::remove(file_);
    ::unsetenv("RETIMU_FAIL_POINT");
    ::unsetenv("RETIMU_FAIL_POINT_COUNT");
  }
  std::string counts() const {
    std::ifstream file(file_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::string file_;
};

void pass_some() {
  fail_point("b");
  for (int i = 0; i < 3; ++i) fail_point("a");
}

TEST_F(FailPointDeathTest, KillsAtTheCountedPassing) {
  ::setenv("RETIMU_FAIL_POINT", "a:2", 1);
  EXPECT_EXIT((pass_some(), std::exit(0)), ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_EQ(counts(), "a 2\nb 1\n");
}

TEST_F(FailPointDeathTest, ABeyondCountKillsNothing) {
  ::setenv("RETIMU_FAIL_POINT", "a:4", 1);
  EXPECT_EXIT((pass_some(), std::exit(0)), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(counts(), "a 3\nb 1\n");
}

TEST_F(FailPointDeathTest, CountsAreAppended) {
  EXPECT_EXIT((pass_some(), std::exit(0)), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT((fail_point("c"), std::exit(0)), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(counts(), "a 3\nb 1\nc 1\n");
}

TEST_F(FailPointDeathTest, RefusesWhatItDoesNotUnderstand) {
  for (const char* wrong : {"a", "a:", "a:0", "a:x", "a:1x", "a:-1"}) {
    ::setenv("RETIMU_FAIL_POINT", wrong, 1);
    EXPECT_EXIT(std::exit(0), ::testing::ExitedWithCode(2), "must be NAME:COUNT") << wrong;
  }
}

TEST(FailPoints, AreOffUnlessAskedFor) {
  EXPECT_FALSE(detail::fail_points_are_on);
  fail_point("a");
}

}  // namespace
}  // namespace retimu
