// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/alert.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace retimu {
namespace {

std::string json_string(std::string_view text) {
  std::string to;
  append_json_string(to, text);
  return to;
}

std::string json_number(double value) {
  std::string to;
  append_json_number(to, value);
  return to;
}

TEST(AlertIds, AreThirtyTwoDigits) {
  const AlertId id{0x0123456789abcdefULL, 0xf};
  EXPECT_EQ(to_text(id), "0123456789abcdef000000000000000f");
  EXPECT_EQ(parse_alert_id(to_text(id)), id);
  EXPECT_EQ(to_text(AlertId{}), std::string(32, '0'));
}

TEST(AlertIds, OtherTextIsNone) {
  for (const char* text :
       {"", "0123456789abcdef000000000000000", "0123456789ABCDEF000000000000000f",
        "0123456789abcdef000000000000000g", "0123456789abcdef000000000000000f0",
        " 123456789abcdef000000000000000f"}) {
    EXPECT_EQ(parse_alert_id(text), std::nullopt) << text;
  }
}

TEST(JsonStrings, EscapeWhatMustBe) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("pump \"2\" \\ C:"), R"("pump \"2\" \\ C:")");
  EXPECT_EQ(json_string("a\nb\tc\rd"), R"("a\nb\tc\rd")");
  EXPECT_EQ(json_string(std::string_view("\0\x1F\x7F", 3)), "\"\\u0000\\u001f\x7F\"");
}

TEST(JsonStrings, KeepUtf8AndReplaceTheRest) {
  EXPECT_EQ(json_string("Größe € 𝄞"), "\"Größe € 𝄞\"");
  EXPECT_EQ(json_string("\xF4\x8F\xBF\xBF"), "\"\xF4\x8F\xBF\xBF\"");  // U+10FFFF
  const std::string replaced = "\xEF\xBF\xBD";
  // Alone: a continuation, a lead, overlong forms, a surrogate, beyond the last code point, 0xFF.
  EXPECT_EQ(json_string("a\x80z"), "\"a" + replaced + "z\"");
  EXPECT_EQ(json_string("a\xC3"), "\"a" + replaced + "\"");
  EXPECT_EQ(json_string("\xC0\xAF"), "\"" + replaced + replaced + "\"");
  EXPECT_EQ(json_string("\xE0\x80\xAF"), "\"" + replaced + replaced + replaced + "\"");
  EXPECT_EQ(json_string("\xED\xA0\x80"), "\"" + replaced + replaced + replaced + "\"");
  EXPECT_EQ(json_string("\xF4\x90\x80\x80").size(), 2 + 4 * 3U);
  EXPECT_EQ(json_string("\xFF\xC3\xB6"), "\"" + replaced + "ö\"");
  EXPECT_EQ(json_string("\xE2\x82\"x"), "\"" + replaced + replaced + "\\\"x\"");
}

TEST(JsonNumbers, AreTheShortestThatReadBackEqual) {
  EXPECT_EQ(json_number(0), "0");
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(json_number(-2.5), "-2.5");
  EXPECT_EQ(json_number(5e-324), "5e-324");
  EXPECT_EQ(json_number(1.7976931348623157e308), "1.7976931348623157e+308");
  Random random(7);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    const std::string text = json_number(value);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)),
              std::bit_cast<std::uint64_t>(value))
        << text;
  }
}

TEST(JsonNumbers, AreNullWhereJsonHasNone) {
  EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json_number(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json_number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(PValues, ReadAsPeopleWriteThem) {
  EXPECT_EQ(format_p_value(0, 3), "1");
  EXPECT_EQ(format_p_value(-0.3, 3), "0.501");
  EXPECT_EQ(format_p_value(std::log10(0.05), 3), "0.05");
  EXPECT_EQ(format_p_value(-3, 6), "0.001");
  EXPECT_EQ(format_p_value(-4, 6), "0.0001");
  EXPECT_EQ(format_p_value(-5, 6), "1e-5");
  EXPECT_EQ(format_p_value(-5.5, 3), "3.16e-6");
}

// The reference values were computed with 40 decimal digits.
TEST(PValues, GoBelowTheRangeOfDouble) {
  EXPECT_EQ(format_p_value(-412.494850021680094, 2), "3.2e-413");
  EXPECT_EQ(format_p_value(-307.9, 12), "1.25892541179e-308");
  EXPECT_EQ(format_p_value(-20'000.5, 12), "3.16227766017e-20001");
  EXPECT_EQ(format_p_value(-1e-7, 12), "0.999999769742");
}

TEST(PValues, RoundUpToTheNextPower) {
  EXPECT_EQ(format_p_value(-1e-9, 3), "1");
  EXPECT_EQ(format_p_value(std::nextafter(-2.0, -3.0), 6), "0.01");
  EXPECT_EQ(format_p_value(std::nextafter(-400.0, -401.0), 6), "1e-400");
}

TEST(PValues, AgreeWithTheLibraryWithinItsRange) {
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    const double log10_p = -300 * random.uniform();
    const double expected = std::pow(10.0, log10_p);
    const double got = std::strtod(format_p_value(log10_p, 17).c_str(), nullptr);
    ASSERT_NEAR(got / expected, 1, 2e-13) << log10_p;
  }
}

TEST(PValues, TakeWhatNoPIs) {
  EXPECT_EQ(format_p_value(-std::numeric_limits<double>::infinity(), 3), "0");
  EXPECT_EQ(format_p_value(std::numeric_limits<double>::quiet_NaN(), 3), "nan");
  EXPECT_EQ(format_p_value(0.5, 3), "1");
}

Alert full_alert() {
  Alert alert;
  alert.id = {1, 2};
  alert.revision = 3;
  alert.change = Change::updated;
  alert.entity = "pump\"2\"";
  alert.time = 1'700'000'000LL * second;
  alert.onset = alert.time - minute;
  alert.severity = Severity::critical;
  alert.is_shift = true;
  alert.log10_p = -412.5;
  alert.samples = 1'234.5;
  alert.lead = "half_space_trees";
  alert.detectors = {"half_space_trees", "rolling_deviation"};
  alert.reasons = {{"pressure", "bar", 9.1, 3.2, 4, 0.75},
                   {"flow", "", 0.1, -std::numeric_limits<double>::infinity(), 1e300, 0.25}};
  alert.sentence = "pressure of pump\"2\" is 9.1 bar";
  alert.sequence = UINT64_MAX;
  return alert;
}

TEST(AlertJson, HasItsKeysInOrder) {
  const Alert alert = full_alert();
  EXPECT_EQ(to_json(alert),
            R"({"id":"00000000000000010000000000000002","revision":3,"change":"updated",)"
            R"("entity":"pump\"2\"","time":")" +
                format_time(alert.time) + R"(","onset":")" + format_time(alert.onset) +
                R"(","severity":"critical","p_value":3.16228e-413,"log10_p":-412.5,)"
                R"("samples":1234.5,"shift":true,"lead":"half_space_trees",)"
                R"("detectors":["half_space_trees","rolling_deviation"],"reasons":[)"
                R"({"column":"pressure","unit":"bar","observed":9.1,"expected_low":3.2,)"
                R"("expected_high":4,"weight":0.75},{"column":"flow","unit":"","observed":0.1,)"
                R"("expected_low":null,"expected_high":1e+300,"weight":0.25}],)"
                R"("reason":"pressure of pump\"2\" is 9.1 bar","sequence":18446744073709551615})");
}

TEST(AlertJson, OfAResolvedOneSaysWhenItEnded) {
  Alert alert = full_alert();
  alert.ended = alert.time - second;
  EXPECT_NE(to_json(alert).find("\"ended\":\"" + format_time(*alert.ended) + "\",\"severity\""),
            std::string::npos);
}

TEST(AlertJson, OfARuleHasNoP) {
  Alert alert;
  alert.change = Change::raised;
  const std::string json = to_json(alert);
  EXPECT_NE(json.find(R"("p_value":null,"log10_p":null,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("detectors":[],"reasons":[],)"), std::string::npos) << json;
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace retimu
