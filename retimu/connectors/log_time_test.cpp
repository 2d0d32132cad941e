// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_time.hpp"

#include "retimu/connectors/time_reader.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// The time in ISO-8601, then what is left of the text.
std::string read(std::string_view text, int year = 2024) {
  std::optional<LogTime> found = LogTime::find(text);
  if (!found) return "none";
  const std::optional<Time> time = TimeReader().read(found->written(year));
  return (time ? format_time(*time) : "unreadable") + "|" +
         std::string(text.substr(found->bytes()));
}

TEST(LogTimeTest, WithAYear) {
  EXPECT_EQ(read("2024-03-04 05:06:07,123 INFO"), "2024-03-04T05:06:07.123Z| INFO");
  EXPECT_EQ(read("2024-03-04T05:06:07.5+01:00 x"), "2024-03-04T04:06:07.500Z| x");
  EXPECT_EQ(read("2024/03/04 05:06 x"), "2024-03-04T05:06:00Z| x");
  EXPECT_EQ(read("2024-03-04 05:06:07 -0700] x"), "2024-03-04T12:06:07Z|] x");
  EXPECT_EQ(read("2024-03-04 05:06:07 - x"), "2024-03-04T05:06:07Z| - x");
  EXPECT_EQ(read("2024-03-04 05:06:07.12 UTC [9]"), "2024-03-04T05:06:07.120Z| [9]");
  EXPECT_EQ(read("2024-03-04 05:06:07, Info"), "2024-03-04T05:06:07Z|, Info");
  EXPECT_EQ(read("20240304-05:06:07:123|Pump"), "2024-03-04T05:06:07.123Z||Pump");
  EXPECT_EQ(read("240304 050607 12 WARN"), "2024-03-04T05:06:07Z| 12 WARN");
  EXPECT_EQ(read("24/03/04 05:06:07 INFO"), "2024-03-04T05:06:07Z| INFO");
  EXPECT_EQ(read("04/Mar/2024:05:06:07 +0100] x"), "2024-03-04T04:06:07Z|] x");
  EXPECT_EQ(read("4-Mar-2024 05:06:07.123 x"), "2024-03-04T05:06:07.123Z| x");
  EXPECT_EQ(read("Mon Mar 04 05:06:07.25 2024] x"), "2024-03-04T05:06:07.250Z|] x");
  EXPECT_EQ(read("Mon, 04 Mar 2024 05:06:07 GMT x"), "2024-03-04T05:06:07Z| x");
  EXPECT_EQ(read("Mar  4 2024 05:06:07 x"), "2024-03-04T05:06:07Z| x");
  EXPECT_EQ(read("04.03.2024 05:06:07 x"), "2024-03-04T05:06:07Z| x");
  EXPECT_EQ(read("12/31/2024 11:59:07 PM x"), "2024-12-31T23:59:07Z| x");
  EXPECT_EQ(read("1709528767 2024.03.04"), "2024-03-04T05:06:07Z| 2024.03.04");
  EXPECT_EQ(read("1709528767.25 x"), "2024-03-04T05:06:07.250Z| x");
}

TEST(LogTimeTest, WithoutAYear) {
  EXPECT_EQ(read("Mar  4 05:06:07 plant", 2023), "2023-03-04T05:06:07Z| plant");
  EXPECT_EQ(read("Mar 04 05:06:07.5 plant", 2023), "2023-03-04T05:06:07.500Z| plant");
  EXPECT_EQ(read("03-04 05:06:07.123  11 W", 2023), "2023-03-04T05:06:07.123Z|  11 W");
  EXPECT_EQ(read("10.30 16:49:06] x", 2023), "2023-10-30T16:49:06Z|] x");
  EXPECT_EQ(read("E0304 05:06:07.123456 77", 2023), "2023-03-04T05:06:07.123456Z| 77");
  EXPECT_EQ(read("Feb 29 05:06:07 x", 2023), "unreadable| x");
  EXPECT_EQ(LogTime::find("Mar  4 05:06:07 x")->month(), 3);
  EXPECT_EQ(LogTime::find("2024-03-04 05:06:07 x")->month(), 0);
}

TEST(LogTimeTest, OtherTexts) {
  for (const std::string_view text :
       {"", "x", "march on", "Mar", "Mar 4", "12345", "1709528767a", "2024-03-04", "12:13:14 x",
        "13-04 05:06:07", "at 2024-03-04 05:06:07", "Sun", "240304 05060", "I03", "1/2/",
        "4/Mar"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(LogTimeTest, AnyBytes) {
  Random random(5);
  constexpr std::string_view alphabet = "0123459:.-/, TZ+MarSunI";
  for (int i = 0; i < 100'000; ++i) {
    std::string text(random.below(60), ' ');
    for (char& byte : text) byte = alphabet[random.below(alphabet.size())];
    std::optional<LogTime> found = LogTime::find(text);
    if (!found) continue;
    ASSERT_LE(found->bytes(), text.size());
    ASSERT_LE(found->written(2024).size(), 48U);
  }
}

}  // namespace
}  // namespace retimu
