// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/warm_report.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

TEST(WarmReportTest, SaysWhenEntitiesAreWarm) {
  SelfTest slow, sure;
  slow.detector = "gap_novelty";
  slow.warm_after = 64;
  sure.detector = "alarm_severity";
  EXPECT_EQ(warm_lines({slow, sure}, 0, 3, 1'440),
            (Lines{"3 entities send 1.0 records a minute each",
                   "detector gap_novelty: a new entity is warm after about 1h5m"}));
  EXPECT_EQ(warm_lines({}, 2, 100, 1'440)[1],
            "budget: 2 a day of 100: nothing before 5h; trusted after 18h, seen after 72d");
}

TEST(WarmReportTest, IsToldOnceAMinuteHasPassed) {
  Vitals vitals;
  std::vector<Lines> told;
  WarmReport report(0, [&](const Lines& lines) { told.push_back(lines); });
  const auto pass = [&](Time time, std::uint64_t records) {
    vitals.watermark = time;
    vitals.records = records;
    report.look(vitals);
  };
  report.look(vitals);  // nothing came
  vitals.entities = 2;
  pass(hour, 10);
  pass(hour + 61 * second, 10 + 244);
  EXPECT_TRUE(told.empty());  // detectors are being tried
  report.know({});
  pass(hour + 61 * second, 10 + 19);  // too few to say how often they send
  EXPECT_TRUE(told.empty());
  pass(hour + 30 * second, 10 + 244);  // the clock was corrected
  EXPECT_TRUE(told.empty());
  pass(hour + 61 * second, 10 + 244);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], (Lines{"2 entities send 2.0 records a second each"}));
  pass(2 * hour, 100'000);
  EXPECT_EQ(told.size(), 1U);
}

}  // namespace
}  // namespace retimu
