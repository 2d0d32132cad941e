// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/sentence.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Alert pump_alert() {
  Alert alert;
  alert.change = Change::raised;
  alert.entity = "pump2";
  alert.onset = *parse_iso_time("2026-11-22T10:42:07Z");
  alert.time = alert.onset;
  alert.reasons.push_back({"pressure", "bar", 9.1, 3.2, 4.0, 1});
  return alert;
}

TEST(Sentence, SaysWhatWhereUsuallyAndSinceWhen) {
  EXPECT_EQ(make_sentence(pump_alert()),
            "pressure of pump2 is 9.1 bar, usually 3.2 to 4, since 10:42:07");
}

TEST(Sentence, OfAnInputWithoutEntities) {
  Alert alert = pump_alert();
  alert.entity = "input";
  EXPECT_EQ(make_sentence(alert).find(" of "), std::string::npos);
}

TEST(Sentence, NamesTheDayIfItIsAnother) {
  Alert alert = pump_alert();
  alert.time += day;
  EXPECT_NE(make_sentence(alert).find("since 2026-11-22 10:42:07"), std::string::npos);
}

TEST(Sentence, OfAShiftAndOfAResolution) {
  Alert alert = pump_alert();
  alert.is_shift = true;
  EXPECT_NE(make_sentence(alert).find("the level has shifted at 10:42:07"), std::string::npos);
  alert = pump_alert();
  alert.change = Change::resolved;
  alert.time += 90 * second;
  EXPECT_EQ(make_sentence(alert), "pump2 is back to usual after 1m30s, it began at 10:42:07");
}

TEST(Sentence, NumbersHaveDigitsEnoughToTellThemFromTheRange) {
  EXPECT_EQ(format_value(9.1234567, 1), "9.12");
  EXPECT_EQ(format_value(1'000'000.25, 0.5), "1000000.25");
  EXPECT_EQ(format_value(3'321.4, 800), "3321");
  EXPECT_EQ(format_value(0.00012345, 1), "0.000123");
  EXPECT_EQ(format_value(0, 1), "0");
  EXPECT_EQ(format_value(1e308, 1e308), "1e+308");
}

}  // namespace
}  // namespace retimu
