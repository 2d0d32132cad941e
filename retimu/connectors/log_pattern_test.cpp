// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_pattern.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace retimu {
namespace {

// "host=plant program=ntpd | the message"
std::string read(std::string_view pattern, std::string_view line) {
  const Result<LogPattern> made = LogPattern::make(pattern);
  if (!made) return made.error().message;
  LogMatch found;
  if (!made->match(line, found)) return "no match";
  std::string text;
  for (std::size_t i = 0; i < found.fields.size(); ++i) {
    text += fmt::format("{}={} ", made->names()[i], found.fields[i]);
  }
  return text + "| " + std::string(found.message);
}

TEST(LogPatternTest, FieldsEndWhereThePatternGoesOn) {
  constexpr std::string_view syslog = "{time} {host} {program}: {message}";
  EXPECT_EQ(read(syslog, "Mar  4 05:06:07 plant ntpd[9]: step: done"),
            "host=plant program=ntpd[9] | step: done");
  EXPECT_EQ(read(syslog, "Mar  4 05:06:07 plant ntpd[9]:"), "host=plant program=ntpd[9] | ");
  EXPECT_EQ(read(syslog, "Mar  4 05:06:07 plant last message: again"), "no match");
  EXPECT_EQ(read("[{time}] [{thread}] {message}", "[2024-03-04 05:06:07] [pump 7] it ran"),
            "thread=pump 7 | it ran");
  EXPECT_EQ(read("{} {time} {level}", "a.log 2024-03-04 05:06:07  WARN x"), "level=WARN |  x");
  EXPECT_EQ(read("{a}|{b}|{message}", "one two|3|four|5"), "a=one two b=3 | four|5");
  EXPECT_EQ(read("{a}|{message}", "|x"), "no match");
}

TEST(LogPatternTest, HostsAndProgramsAreNames) {
  constexpr std::string_view pattern = "{time} {host} {message}";
  EXPECT_EQ(read(pattern, "Mar  4 05:06:07 pump-7.plant x"), "host=pump-7.plant | x");
  for (const std::string_view other : {"INFO", "12", "[main]", "-", "a=b"}) {
    EXPECT_EQ(read(pattern, fmt::format("Mar  4 05:06:07 {} x", other)), "no match") << other;
  }
}

TEST(LogPatternTest, StructuredData) {
  constexpr std::string_view pattern = "{time} {structured} {message}";
  EXPECT_EQ(read(pattern, "2024-03-04T05:06:07Z - x"), "| x");
  EXPECT_EQ(read(pattern, R"(2024-03-04T05:06:07Z [a b="]\"]"][c] x y)"), "| x y");
  EXPECT_EQ(read(pattern, R"(2024-03-04T05:06:07Z [a b="x y)"), "no match");
}

TEST(LogPatternTest, RefusedWithAReason) {
  for (const auto& [pattern, why] : {std::pair{"{time", "not closed"},
                                     {"{time}{host}", "between two fields"},
                                     {"{message} x", "stands last"},
                                     {"{a} {a}", "{a} stands twice"},
                                     {"", "it is empty"},
                                     {"{time} {time}", "{time} stands twice"}}) {
    EXPECT_NE(read(pattern, "").find(why), std::string::npos) << read(pattern, "");
  }
}

}  // namespace
}  // namespace retimu
