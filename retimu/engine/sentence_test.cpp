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
            "pressure of pump2 is 9.1 bar, usually 3.2 to 4.0, since 10:42:07");
}

TEST(Sentence, SaysWhereThePeersAre) {
  Alert alert = pump_alert();
  alert.entity = "web7";
  alert.reasons.front() = {"latency", "ms", 80, 35, 45, 1, ReasonKind::peers};
  EXPECT_EQ(make_sentence(alert), "latency of web7 is 80 ms, its peers' 35 to 45, since 10:42:07");
  alert.reasons.front().peers = 39;
  EXPECT_EQ(make_sentence(alert),
            "latency of web7 is 80 ms, its 39 peers' 35 to 45, since 10:42:07");
  alert.reasons.front().observed = 40;
  EXPECT_EQ(
      make_sentence(alert),
      "latency of web7 is 40 ms, within its 39 peers' 35 to 45, but not as usual beside them, "
      "since 10:42:07");
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
  alert.ended = alert.onset + 20 * second;
  EXPECT_EQ(make_sentence(alert), "pump2 is back to usual after 20s, it began at 10:42:07");
  alert.ended = alert.onset;
  EXPECT_EQ(make_sentence(alert), "pump2 is back to usual, it was unusual once, at 10:42:07");
}

TEST(Sentence, OfAValueThatStandsStill) {
  Alert alert = pump_alert();
  alert.lead = "stuck_at";
  alert.reasons = {{"flow", "", 20.1, 18, 22, 1}};
  EXPECT_EQ(make_sentence(alert),
            "flow of pump2 has not changed from 20.1, unusually long, noticed at 10:42:07");
  alert.is_shift = true;
  EXPECT_TRUE(make_sentence(alert).ends_with("noticed at 10:42:07, and is being learned"));
  alert.change = Change::resolved;
  alert.time += 90 * second;
  EXPECT_EQ(make_sentence(alert),
            "pump2 is as usual again, or what it does is usual now, after 1m30s; it was noticed at "
            "10:42:07 that flow did not change");
  alert.is_shift = false;
  EXPECT_EQ(make_sentence(alert), "pump2 is back to usual after 1m30s, it began at 10:42:07");
}

TEST(Sentence, NumbersOfARangeHaveTheSameDecimals) {
  const auto clause = [](double observed, double low, double high, const char* unit) {
    Alert alert = pump_alert();
    alert.reasons = {{"x", unit, observed, low, high, 1}};
    const std::string text = make_sentence(alert);
    return text.substr(0, text.find(", since"));
  };
  EXPECT_EQ(clause(44.5, 45.7, 50, "K"), "x of pump2 is 44.5 K, usually 45.7 to 50.0");
  EXPECT_EQ(clause(55.4, 12.8, 41.71, "ms"), "x of pump2 is 55 ms, usually 13 to 42");
  EXPECT_EQ(clause(0, 120.4, 171, "1/s"), "x of pump2 is 0 per s, usually 120 to 171");
  EXPECT_EQ(clause(-0.004, 1, 2, ""), "x of pump2 is 0.0, usually 1.0 to 2.0");
  EXPECT_EQ(clause(2.0003, 1, 2, ""), "x of pump2 is 2.0003, usually 1.0000 to 2.0000");
  EXPECT_EQ(clause(5, 3, 3, ""), "x of pump2 is 5, usually 3");
  EXPECT_EQ(clause(3e-12, 1e-12, 2e-12, ""), "x of pump2 is 3e-12, usually 1e-12 to 2e-12");
  EXPECT_EQ(clause(1e300, 0, 1e10, ""), "x of pump2 is 1e+300, usually 0 to 1e+10");
}

TEST(Sentence, ShowsNoRoundingNoise) {
  const auto clause = [](double observed, double low, double high) {
    Alert alert = pump_alert();
    alert.reasons = {{"x", "", observed, low, high, 1}};
    const std::string text = make_sentence(alert);
    return text.substr(0, text.find(", since"));
  };
  EXPECT_EQ(clause(5, -3.93e-13, 6.65e-13), "x of pump2 is 5, usually 0");
  EXPECT_EQ(clause(9, 5.2 - 1e-13, 5.2 + 2e-13), "x of pump2 is 9.0, usually 5.2");
  EXPECT_EQ(clause(2e-14, 3, 4), "x of pump2 is 0, usually 3 to 4");
  EXPECT_EQ(clause(1e6, -1e-7, 300), "x of pump2 is 1000000, usually 0 to 300");
  EXPECT_EQ(clause(0, -3.93e-13, 6.65e-13),
            "pump2 behaves unusually: x is 0, within its range 0, but not as usual");
}

TEST(Sentence, TellsRowsWhereTheyAreTheTime) {
  Alert alert = pump_alert();
  alert.onset = 512 * second;
  alert.time = 600 * second;
  EXPECT_EQ(make_sentence(alert, TimeTold::row),
            "pressure of pump2 is 9.1 bar, usually 3.2 to 4.0, since row 512");
  alert.change = Change::resolved;
  alert.ended = 520 * second;
  EXPECT_EQ(make_sentence(alert, TimeTold::row),
            "pump2 is back to usual after 8 rows, it began at row 512");
}

}  // namespace
}  // namespace retimu
