// SPDX-License-Identifier: Apache-2.0
#include "app/own_log.hpp"

#include <gtest/gtest.h>

namespace retimu::app {
namespace {

constexpr std::int64_t wall = 1'700'000'000'123'456'789;

TEST(OwnLog, IsReadByPeople) {
  EXPECT_EQ(log_line(LogLevel::warning, "a\nb", {{"port", "80"}}, wall, false),
            "2023-11-14T22:13:20.123Z warning a?b port=80");
}

TEST(OwnLog, IsReadByMachines) {
  EXPECT_EQ(log_line(LogLevel::info, "a \"b\"\n", {{"port", "80"}, {"host", "x"}}, wall, true),
            R"({"ts":"2023-11-14T22:13:20.123Z","level":"info","message":"a \"b\"\n",)"
            R"("fields":{"port":"80","host":"x"}})");
}

}  // namespace
}  // namespace retimu::app
