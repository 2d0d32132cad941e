// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/core/time.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace retimu {
namespace {

constexpr Time noon = 1'764'072'000 * second;  // 2025-11-25T12:00:00Z

TEST(IsoTime, IsReadInTheFormsThatAreWritten) {
  const std::array<std::pair<std::string_view, Time>, 26> same = {{
      {"2025-11-25T12:00:00Z", noon},
      {"2025-11-25t12:00:00z", noon},
      {"2025-11-25 12:00:00", noon},
      {"2025/11/25 12:00:00", noon},
      {"2025-11-25T12:00", noon},
      {"2025-11-25T13:00+01:00", noon},
      {"2025-11-25T13:30:00+0130", noon},
      {"2025-11-25 04:00:00-08", noon},
      {"2025-11-25 04:00:00 -0800", noon},
      {"2025-11-25 12:00:00 UTC", noon},
      {"2025-11-25 12:00:00 GMT", noon},
      {"20251125T120000Z", noon},
      {"20251125T1200", noon},
      {"20251125T130000.5+0100", noon + second / 2},
      {"2025-11-25", noon - 12 * hour},
      {"2025-11-24T24:00:00Z", noon - 12 * hour},
      {"2025-11-24T23:59:60Z", noon - 12 * hour},
      {"2025-11-25T12:00:00.25Z", noon + 250 * millisecond},
      {"2025-11-25T12:00:00,25Z", noon + 250 * millisecond},
      {"2025-11-25T12:00:00.000000001Z", noon + 1},
      {"2025-11-25T12:00:00.0000000019999999999999999999Z", noon + 1},
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59.999999999Z", -1},
      {"2024-02-29", 1'709'164'800 * second},
      {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
      {"1677-09-21T00:12:43.145224193Z", time_none + 1},
  }};
  for (const auto& [text, time] : same) EXPECT_EQ(parse_iso_time(text), time) << text;
}

TEST(IsoTime, IsNoneForAnythingElse) {
  for (const std::string_view text : {"",
                                      "2025",
                                      "2025-11",
                                      "2025-13-01",
                                      "2025-02-29",
                                      "2025-00-10",
                                      "2025-1-2",
                                      "2025-11-25T",
                                      "2025-11-25T12",
                                      "2025-11-25T25:00",
                                      "2025-11-25T24:00:01",
                                      "2025-11-25T24:00:00.1",
                                      "2025-11-25T12:60",
                                      "2025-11-25T12:00:61",
                                      "2025-11-25T12:00:00.",
                                      "2025-11-25T12:00:00+",
                                      "2025-11-25T12:00:00+19:00",
                                      "2025-11-25T12:00:00+01:60",
                                      "2025-11-25T12:00:00+1",
                                      "2025-11-25T12:00:00Zz",
                                      "2025-11-25T12:00:00 ",
                                      "2025-11-25  12:00:00",
                                      " 2025-11-25",
                                      "2025-11/25",
                                      "2025:11:25",
                                      "20251125",
                                      "20251125 120000",
                                      "20251125T12:00:00",
                                      "2025-11-25T120000",
                                      "2262-04-11T23:47:16.854775808Z",
                                      "1677-09-21T00:12:43.145224192Z",
                                      "9999-12-31T23:59:59Z",
                                      "0000-01-01",
                                      "2025-11-25T12:00:00+01:00 ",
                                      "now",
                                      "12:00:00"}) {
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_iso_time(std::string_view("2025-11-25\0", 11)), std::nullopt);
}

TEST(WrittenTime, IsReadWhereItIsUnambiguous) {
  const std::array<std::pair<std::string_view, Time>, 15> same = {{
      {"25.11.2025 12:00:00", noon},
      {"25.11.2025 12:00", noon},
      {"25.11.2025", noon - 12 * hour},
      {"25.11.2025 12:00:00,25", noon + 250 * millisecond},
      {"25.11.2025 13:00:00 +01:00", noon},
      {"25.11.2025 12:00:00 UTC", noon},
      {"11/25/2025 12:00 PM", noon},
      {"11/25/2025 12:00:00 pm GMT", noon},
      {"11/25/2025 12:00:00", noon},
      {"25/11/2025 12:00:00Z", noon},
      {"11/25/2025 12:00 AM", noon - 12 * hour},
      {"11/25/2025 1:05PM", noon + 65 * minute},
      {"11/25/2025 11:59:59.5 PM", noon + 12 * hour - second / 2},
      {"2025-11-25 12:00 PM", noon},
      {"5.11.2025 12:00", noon - 20 * day},
  }};
  for (const auto& [text, time] : same) EXPECT_EQ(parse_written_time(text), time) << text;
  EXPECT_EQ(parse_written_time("01.02.2025"), parse_iso_time("2025-02-01"));
}

TEST(WrittenTime, IsNeverGuessed) {
  for (const std::string_view text :
       {"04/07/2016 00:00", "05/05/2025", "04/07/16 00", "31.12.24", "32.12.2024", "31.13.2024",
        "13/13/2024", "11/25/2025 13:00 PM", "11/25/2025 0:30 AM", "11/25/2025 12:00 XM",
        "11/25/2025 12:00 P", "25.11.2025 12:00:00 CET", "25.11.2025  12:00", "25.11/2025",
        "25.11.20251", "", "noon"}) {
    EXPECT_EQ(parse_written_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_written_time("04/07/2016", DateOrder::month_first), parse_iso_time("2016-04-07"));
  EXPECT_EQ(parse_written_time("04/07/2016", DateOrder::day_first), parse_iso_time("2016-07-04"));
  EXPECT_EQ(parse_written_time("04.07.2016", DateOrder::month_first), parse_iso_time("2016-07-04"));
  EXPECT_EQ(parse_written_time("13/07/2016", DateOrder::month_first), std::nullopt);
  EXPECT_EQ(find_date_order("04/07/2016 00:00"), DateOrder::unknown);
  EXPECT_EQ(find_date_order("04/13/2016"), DateOrder::month_first);
  EXPECT_EQ(find_date_order("13/04/2016"), DateOrder::day_first);
  EXPECT_EQ(find_date_order("2016-04-13"), std::nullopt);
}

TEST(WrittenTime, IsKnownByItsLooks) {
  for (const std::string_view text :
       {"04/07/16 00", "31.12.24", "2025-1-2", "25.11.2025 12:00 CET", "1/2/2025, 3 PM"}) {
    EXPECT_TRUE(resembles_date(text)) << text;
  }
  for (const std::string_view text :
       {"", "on", "1.5", "12:00:00", "1.2.3.4", "10.0.0.1", "a/b/c", "1/2", "12345/1/1"}) {
    EXPECT_FALSE(resembles_date(text)) << text;
  }
}

TEST(EpochTime, HasItsUnitBySize) {
  const std::array<std::pair<std::string_view, Time>, 24> same = {{
      {"0", 0},
      {"-0", 0},
      {"1", second},
      {"0000001", second},
      {"1764072000", noon},
      {"+1764072000", noon},
      {"1764072000000", noon},
      {"1764072000000000", noon},
      {"1764072000000000000", noon},
      {"-1764072000", -noon},
      {"-1764072000000", -noon},
      {"1764072000.5", noon + second / 2},
      {"1764072000.", noon},
      {"1764072000.123456789", noon + 123'456'789},
      {"1764072000.1234567899999999999999", noon + 123'456'789},
      {"1764072000000.25", noon + 250 * microsecond},
      {"-0.5", -second / 2},
      {"1.764072e9", noon},
      {"1.764072E+12", noon},
      {"17640720e2", noon},
      {"176407200000e-2", noon},
      {"0e999", 0},
      {"1e-999", 0},
      {"9223372036854775807", INT64_MAX},
  }};
  for (const auto& [text, time] : same) EXPECT_EQ(parse_epoch_time(text), time) << text;
  // The largest of one unit and the least of the next are far apart, and both are in range.
  EXPECT_EQ(parse_epoch_time("99999999999"), std::nullopt);  // the year 5138
  EXPECT_EQ(parse_epoch_time("9223372036"), 9'223'372'036 * second);
  EXPECT_EQ(parse_epoch_time("100000000000"), 100'000'000 * second);
}

TEST(EpochTime, IsNoneForAnythingElse) {
  for (const std::string_view text : {"",
                                      "-",
                                      "+",
                                      "+-1",
                                      "--1",
                                      ".",
                                      ".5",
                                      "1.5.5",
                                      "1,5",
                                      "1 ",
                                      " 1",
                                      "0x10",
                                      "1e",
                                      "1e+",
                                      "1.e",
                                      "1e1000",
                                      "1e99",
                                      "9223372036854775808",
                                      "18446744073709551616",
                                      "99999999999999999999999999999999999999999",
                                      "nan",
                                      "inf",
                                      "true",
                                      "2025-11-25"}) {
    EXPECT_EQ(parse_epoch_time(text), std::nullopt) << text;
  }
}

TEST(Time, ReadsWhatItWrites) {
  EXPECT_EQ(format_time(noon), "2025-11-25T12:00:00Z");
  EXPECT_EQ(format_time(noon + 7 * millisecond), "2025-11-25T12:00:00.007Z");
  EXPECT_EQ(format_time(noon + 7 * microsecond), "2025-11-25T12:00:00.000007Z");
  EXPECT_EQ(format_time(noon + 7), "2025-11-25T12:00:00.000000007Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999999999Z");
  constexpr std::uint64_t seed = 7;
  Random random(seed);
  for (int i = 0; i < 20'000; ++i) {
    Time time = static_cast<Time>(random.next());
    // As many decimals as are kept are tried.
    for (const Duration unit : {Duration{1}, microsecond, millisecond, second, minute}) {
      if (time == time_none) continue;
      EXPECT_EQ(parse_iso_time(format_time(time)), time) << format_time(time);
      time = time / unit * unit;
    }
  }
  EXPECT_EQ(parse_iso_time(format_time(INT64_MAX)), INT64_MAX);
  EXPECT_EQ(parse_iso_time(format_time(time_none + 1)), time_none + 1);
}

TEST(Duration, IsASumOfNumbersWithUnits) {
  const std::array<std::pair<std::string_view, Duration>, 14> same = {{
      {"0s", 0},
      {"90s", 90 * second},
      {"5m", 5 * minute},
      {"1h30m", 90 * minute},
      {"250ms", 250 * millisecond},
      {"1.5h", 90 * minute},
      {"2d", 2 * day},
      {"3us", 3 * microsecond},
      {"4ns", 4},
      {"0.5ns", 0},
      {"1m1ms", minute + millisecond},
      {"0.000000001s", 1},
      {"106751d", 106'751 * day},
      {"9223372036854775807ns", INT64_MAX},
  }};
  for (const auto& [text, duration] : same) EXPECT_EQ(parse_duration(text), duration) << text;
  for (const std::string_view text :
       {"", "s", "5", "5 s", "-5s", "5.s", ".5s", "5x", "1h30", "1e3s", "106752d",
        "99999999999999999999s", "9223372036854775807ns1ns", "18446744073709551615d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, ReadsWhatItWrites) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(90 * minute), "1h30m");
  EXPECT_EQ(format_duration(45 * second), "45s");
  EXPECT_EQ(format_duration(250 * millisecond), "250ms");
  EXPECT_EQ(format_duration(-minute), "-1m");
  EXPECT_EQ(format_duration(INT64_MIN), "-106751d23h47m16s854ms775us808ns");
  constexpr std::uint64_t seed = 8;
  Random random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const auto duration = static_cast<Duration>(random.next() >> (1 + random.below(62)));
    EXPECT_EQ(parse_duration(format_duration(duration)), duration) << duration;
  }
}

TEST(Time, StaysInItsRange) {
  EXPECT_EQ(add_saturated(5, 6), 11);
  EXPECT_EQ(add_saturated(5, -6), -1);
  EXPECT_EQ(add_saturated(INT64_MAX - 1, 5), INT64_MAX);
  EXPECT_EQ(add_saturated(time_none + 5, -4), time_none + 1);
  EXPECT_EQ(add_saturated(time_none + 5, -5), time_none + 1);
  EXPECT_EQ(add_saturated(time_none + 5, -100), time_none + 1);
}

}  // namespace
}  // namespace retimu
