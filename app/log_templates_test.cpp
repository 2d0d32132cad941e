// SPDX-License-Identifier: Apache-2.0
#include "app/log_templates.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace retimu::app {
namespace {

class LogTemplatesTest : public testing::Test {
 protected:
  void add(std::string_view line, std::size_t file = 0) {
    ++number_;
    ASSERT_TRUE(log_.add(line, file, number_, "plant.log"));
  }
  std::string rows() const {
    std::string text;
    const Result<void> done = log_.write([&](std::string_view piece) {
      text += piece;
      return Result<void>();
    });
    EXPECT_TRUE(done);
    return text;
  }
  LogTemplates log_{true};
  std::uint64_t number_ = 0;
};

TEST_F(LogTemplatesTest, CountsPlacesTimesAndExamples) {
  add("2024-03-04 05:06:07 INFO pump: valve 7 \"open\"");
  add("2024-03-04 05:06:08 INFO pump: tank is full");
  add("2024-03-04 05:06:09 INFO pump: valve 8 \"open\"", 1);
  log_.finish();
  EXPECT_EQ(log_.lines(), 3U);
  ASSERT_EQ(log_.templates().size(), 2U);
  const LogTemplate& most = log_.templates()[0];
  EXPECT_EQ(most.text, "valve <*> \"open\"");
  EXPECT_EQ(most.lines, 2U);
  EXPECT_EQ(most.first.line, 1U);
  EXPECT_EQ(most.first.time, "2024-03-04 05:06:07");
  EXPECT_EQ(most.last.file, 1U);
  EXPECT_EQ(most.last.line, 3U);
  EXPECT_EQ(most.last.time, "2024-03-04 05:06:09");
  EXPECT_EQ(most.example, "2024-03-04 05:06:07 INFO pump: valve 7 \"open\"");
  EXPECT_EQ(rows(), fmt::format("LineId,EventId,EventTemplate\n"
                                "1,{0:016x},\"valve <*> \"\"open\"\"\"\n"
                                "2,{1:016x},\"tank is full\"\n"
                                "3,{0:016x},\"valve <*> \"\"open\"\"\"\n",
                                most.id, log_.templates()[1].id));
}

TEST_F(LogTemplatesTest, EarlierLinesFollowAMerge) {
  for (const std::string_view town :
       {"oslo", "rome", "bern", "wien", "riga", "kiel", "graz", "linz", "cork"}) {
    add(fmt::format("the pump in {} has stopped", town));
  }
  log_.finish();
  ASSERT_EQ(log_.templates().size(), 1U);
  EXPECT_EQ(log_.templates()[0].text, "the pump in <*> has stopped");
  EXPECT_EQ(log_.templates()[0].lines, 9U);
  EXPECT_EQ(log_.templates()[0].last.line, 9U);
  EXPECT_EQ(log_.templates()[0].example, "the pump in oslo has stopped");
}

// More templates than a miner remembers: what it forgets is still told.
TEST_F(LogTemplatesTest, WhatIsForgottenIsStillTold) {
  std::string word = "aaaa";
  for (std::size_t i = 0; i < 40'000; ++i) {
    for (std::size_t k = 0, left = i; k < 4; ++k, left /= 26) {
      word[k] = static_cast<char>('a' + left % 26);
    }
    add(fmt::format("{} {} {}", word, word, word));
  }
  log_.finish();
  EXPECT_EQ(log_.templates().size(), 40'000U);
  for (const LogTemplate& one : log_.templates()) ASSERT_EQ(one.text, one.example);
}

}  // namespace
}  // namespace retimu::app
