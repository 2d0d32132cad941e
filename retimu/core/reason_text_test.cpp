// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/reason_text.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(ReasonText, NumbersHaveDigitsEnoughToTellThemFromTheRange) {
  EXPECT_EQ(format_value(9.1234567, 1), "9.12");
  EXPECT_EQ(format_value(1'000'000.25, 0.5), "1000000.25");
  EXPECT_EQ(format_value(3'321.4, 800), "3321");
  EXPECT_EQ(format_value(0.00012345, 1), "0.000123");
  EXPECT_EQ(format_value(0, 1), "0");
  EXPECT_EQ(format_value(1e308, 1e308), "1e+308");
}

// A count of less than one a minute is told by how long one is awaited.
TEST(ReasonText, RareCountsAreToldByTheirInterval) {
  AlertReason reason{"link down", {}, 1, 0.0074, 0.0074, 0, ReasonKind::alarm_count};
  EXPECT_EQ(reason_text(reason, " of sw1"),
            "1 alarm \"link down\" of sw1 in a minute, usually one every 2h15m8s");
  reason.observed = 12;
  reason.expected_low = reason.expected_high = 3;
  EXPECT_EQ(reason_text(reason, " of sw1"),
            "12 alarms \"link down\" of sw1 in a minute, usually 3");
}

TEST(ReasonText, OfAValue) {
  EXPECT_EQ(reason_text({"pressure", "bar", 9.1, 3.2, 4.0, 1}, " of pump2"),
            "pressure of pump2 is 9.1 bar, usually 3.2 to 4.0");
  EXPECT_EQ(reason_text({"pressure", "bar", 3.5, 3.2, 4.0, 1}, ""),
            "pressure is 3.5 bar, unusual within 3.2 to 4.0");
}

}  // namespace
}  // namespace retimu
