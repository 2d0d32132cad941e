// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/severity.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace retimu {
namespace {

TEST(SeverityTest, IsReadByItsWordsInAnyCase) {
  for (const SeverityWord& known : severity_words) {
    std::string loud(known.word);
    for (char& c : loud) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(read_severity(known.word), known.severity) << known.word;
    EXPECT_EQ(read_severity(" " + loud + "\t\r\n"), known.severity) << known.word;
  }
  for (int i = 0; i < 6; ++i) {
    const auto severity = static_cast<Severity>(i);
    EXPECT_EQ(read_severity(name_of(severity)), severity);
  }
  for (const std::string_view text : {"", " ", "hgih", "majo", "majors", "p", "p6", "sev", "sev10",
                                      "nan", "-1", "6", "2.5", "3x", "1e9", "\xff"}) {
    EXPECT_FALSE(read_severity(text)) << text;
  }
  EXPECT_FALSE(read_severity(std::string_view("ok\0", 3)));
  EXPECT_FALSE(read_severity(std::string(1'000'000, '1')));
}

TEST(SeverityTest, IsReadByNumbersInBothOrders) {
  constexpr Severity up[] = {Severity::cleared, Severity::indeterminate, Severity::warning,
                             Severity::minor,   Severity::major,         Severity::critical};
  constexpr Severity down[] = {Severity::cleared, Severity::critical, Severity::major,
                               Severity::minor,   Severity::warning,  Severity::indeterminate};
  for (int i = 0; i < 6; ++i) {
    const std::string digit = std::to_string(i);
    EXPECT_EQ(read_severity(digit), up[i]);
    EXPECT_EQ(read_severity(digit + ".0", SeverityOrder::ascending), up[i]);
    EXPECT_EQ(read_severity(digit, SeverityOrder::descending), down[i]);
    for (const SeverityOrder order : {SeverityOrder::ascending, SeverityOrder::descending}) {
      const Severity worst_first = i == 0 ? Severity::critical : down[i];
      EXPECT_EQ(read_severity("P" + digit, order), worst_first);
      EXPECT_EQ(read_severity("Sev-" + digit, order), worst_first);
    }
  }
}

TEST(SeverityTest, KnowsTheNearestWord) {
  EXPECT_EQ(nearest_severity("Criticla"), "critical");
  EXPECT_EQ(nearest_severity("hgih"), "high");
  EXPECT_EQ(nearest_severity(std::string(100, 'x')), "");
}

TEST(SeverityTest, ReadsStates) {
  for (const std::string_view raised :
       {"firing", "OPEN", "true", "1", "Problem", "critical", "on"}) {
    EXPECT_EQ(read_is_raised(raised), true) << raised;
  }
  for (const std::string_view gone :
       {"resolved", "Closed", "false", "0", "OK", "inactive", "off"}) {
    EXPECT_EQ(read_is_raised(gone), false) << gone;
  }
  EXPECT_FALSE(read_is_raised("beendet"));
  EXPECT_FALSE(read_is_raised(""));
}

}  // namespace
}  // namespace retimu
