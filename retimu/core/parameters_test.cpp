// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/parameters.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace retimu {
namespace {

constexpr std::array<Parameter, 3> list = {{
    {"window", "events kept", Parameter::Kind::whole, 250, 10, 1'000},
    {"smoothing", "weight of the newest", Parameter::Kind::number, 0.1, 0, 1},
    {"robust", "median instead of mean", Parameter::Kind::boolean, 0, 0, 1},
}};

TEST(Parameters, BeginWithTheirDefaults) {
  const ParameterValues values(list);
  EXPECT_EQ(values.whole("window"), 250U);
  EXPECT_EQ(values.number("smoothing"), 0.1);
  EXPECT_FALSE(values.boolean("robust"));
}

TEST(Parameters, TakeValuesWithinTheirBounds) {
  ParameterValues values(list);
  for (const double bound : {10.0, 1'000.0}) {
    EXPECT_TRUE(values.set("window", bound));
    EXPECT_EQ(values.number("window"), bound);
  }
  EXPECT_TRUE(values.set("robust", 1));
  EXPECT_TRUE(values.boolean("robust"));
  EXPECT_TRUE(values.set("smoothing", 0.25));
  EXPECT_EQ(values.number("smoothing"), 0.25);
}

TEST(Parameters, RefuseOtherValuesAndNameTheBounds) {
  ParameterValues values(list);
  for (const double value : {9.0, 1'001.0, 20.5, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
    const Result<void> done = values.set("window", value);
    ASSERT_FALSE(done) << value;
    EXPECT_EQ(done.error().fault, Fault::usage);
    for (const char* part : {"window", "whole number", "10", "1000"}) {
      EXPECT_NE(done.error().message.find(part), std::string::npos) << done.error().message;
    }
  }
  EXPECT_FALSE(values.set("robust", 0.5));
  EXPECT_EQ(values.whole("window"), 250U) << "a refused value changes nothing";
}

TEST(Parameters, NameTheNearestOfAnUnknownOne) {
  ParameterValues values(list);
  const Result<void> done = values.set("windw", 20);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("did you mean \"window\""), std::string::npos);
  const Result<void> far = values.set("temperature", 20);
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().message.find("did you mean"), std::string::npos) << far.error().message;
}

TEST(Nearest, IsTheFewestEditsAway) {
  constexpr std::array<std::string_view, 4> known = {"source", "sink", "rule", "alerts"};
  EXPECT_EQ(nearest("sourse", known), "source");
  EXPECT_EQ(nearest("snk", known), "sink");
  EXPECT_EQ(nearest("alert", known), "alerts");
  EXPECT_EQ(nearest("rule", known), "rule");
  EXPECT_EQ(nearest("completely_different", known), "");
  EXPECT_EQ(nearest(std::string(65, 's'), known), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace retimu
