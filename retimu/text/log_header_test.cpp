// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/log_header.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <string>

namespace retimu {
namespace {

void expect_header(std::string_view line, std::string_view time, std::string_view source,
                   std::optional<Severity> severity, std::string_view content) {
  const LogHeader header = read_log_header(line);
  EXPECT_EQ(header.time, time) << line;
  EXPECT_EQ(header.source, source) << line;
  EXPECT_EQ(header.severity, severity) << line;
  EXPECT_EQ(header.content, content) << line;
}

constexpr auto usual = Severity::indeterminate;

TEST(LogHeaderTest, Syslog) {
  expect_header("Mar  4 05:06:07 pump-7 crond(pam)[123]: session opened", "Mar  4 05:06:07",
                "crond(pam)", std::nullopt, "session opened");
  expect_header("Mar 14 05:06:07 plant /usr/sbin/ntpd[9]: step", "Mar 14 05:06:07",
                "/usr/sbin/ntpd", std::nullopt, "step");
  expect_header("Mar 14 05:06:07 plant Valve View[9]: step", "Mar 14 05:06:07", "View",
                std::nullopt, "step");
  expect_header("- 1709528767 2024.03.04 n1 Mar 4 05:06:07 ops@n1 ops/drop[9]: step", "1709528767",
                "ops/drop", std::nullopt, "step");
  expect_header("<11>Mar 14 05:06:07 plant ntpd: step", "Mar 14 05:06:07", "ntpd", Severity::major,
                "step");
  expect_header("<165>1 2024-03-04T05:06:07.123Z plant ntpd: step", "2024-03-04T05:06:07.123Z",
                "ntpd", usual, "step");
}

TEST(LogHeaderTest, LevelsAndComponents) {
  expect_header("2024-03-04 05:06:07,123 INFO [main] org.example.Main: it began",
                "2024-03-04 05:06:07,123", "org.example.Main", usual, "it began");
  expect_header("2024-03-04 05:06:07,123 - WARN  [a[b=1]/0:0:c@12] - it began",
                "2024-03-04 05:06:07,123", "", Severity::warning, "it began");
  expect_header("2024-03-04 05:06:07.123 99 ERROR plant.pump.driver [-] it broke",
                "2024-03-04 05:06:07.123", "plant.pump.driver", Severity::major, "it broke");
  expect_header("24/03/04 05:06:07 FATAL Pump: broken", "24/03/04 05:06:07", "Pump",
                Severity::critical, "broken");
  expect_header("2024-03-04 05:06:07, Info    CBS   Warning: late", "2024-03-04 05:06:07", "CBS",
                usual, "Warning: late");
  expect_header("[Mon Mar 04 05:06:07 2024] [error] it broke", "Mon Mar 04 05:06:07 2024", "",
                Severity::major, "it broke");
  expect_header("240304 050607 12 WARN dfs.Node$Worker: it broke", "240304 050607",
                "dfs.Node$Worker", Severity::warning, "it broke");
  expect_header("03-04 05:06:07.123  11  12 W PumpView: it broke", "03-04 05:06:07.123", "PumpView",
                Severity::warning, "it broke");
  expect_header("E0304 05:06:07.123456 77 pump.cc:12] it broke", "05:06:07.123456", "pump.cc",
                Severity::major, "it broke");
  expect_header("04-Mar-2024 05:06:07.123 INFO [main] org.example.Main.run it began",
                "04-Mar-2024 05:06:07.123", "", usual, "org.example.Main.run it began");
  expect_header("2024-03-04 05:06:07.123 UTC [99] LOG:  it began", "2024-03-04 05:06:07.123 UTC",
                "LOG", std::nullopt, "it began");
  expect_header("05:06:07 error it broke", "05:06:07", "", Severity::major, "it broke");
}

TEST(LogHeaderTest, OtherForms) {
  expect_header("[03.04 05:06:07] pump.exe *64 - valve opened", "03.04 05:06:07", "", std::nullopt,
                "valve opened");
  expect_header("20240304-05:06:07:123|Pump_A|300|valve opened", "20240304-05:06:07:123", "Pump_A",
                std::nullopt, "valve opened");
  expect_header("time=2024-03-04T05:06:07Z level=warn msg=\"it broke\"", "2024-03-04T05:06:07Z", "",
                Severity::warning, "msg=\"it broke\"");
  expect_header("4711 pump-3 unit.hw state.gone 1709528767 1 valve opened", "1709528767", "",
                std::nullopt, "valve opened");
  expect_header("134681 pump-3 unit.hw state.gone 1709528767 1 valve opened", "1709528767", "",
                std::nullopt, "valve opened");
}

TEST(LogHeaderTest, ANameBeforeTheTime) {
  expect_header("plant 2024-03-04 05:06:07 INFO valve opened", "2024-03-04 05:06:07", "",
                Severity::indeterminate, "valve opened");
}

TEST(LogHeaderTest, AMessageAloneStays) {
  for (const std::string_view line :
       {"the pump has stopped", "error while closing the valve", "Failed to open 7 valves", "x", "",
        "pump: stopped", "authentication failure; user=ann", "Start-Date: 2024-03-04", "1 2 3"}) {
    expect_header(line, "", "", std::nullopt, line);
  }
  expect_header("  indented", "", "", std::nullopt, "indented");
}

TEST(LogHeaderTest, AWordOfTheMessageIsNoLevel) {
  expect_header("2024-03-04 05:06:07 link error on tree", "2024-03-04 05:06:07", "", std::nullopt,
                "link error on tree");
  expect_header("2024-03-04 05:06:07 Load failed, error: none", "2024-03-04 05:06:07", "",
                std::nullopt, "Load failed, error: none");
  expect_header("- 1709528767 2024.03.04 NULL 2024-03-04-05.06.07.1 NULL RAS MMCS ERROR it broke",
                "1709528767", "", Severity::major, "it broke");
}

TEST(LogHeaderTest, AnyBytes) {
  Random random(3);
  constexpr std::string_view alphabet = "a7:.[]<>|=- \tEINFOmar\xff";
  for (int i = 0; i < 50'000; ++i) {
    std::string line(random.below(50), ' ');
    for (char& byte : line) byte = alphabet[random.below(alphabet.size())];
    const LogHeader header = read_log_header(line);
    const std::string_view all = line;
    ASSERT_TRUE(all.ends_with(header.content)) << line;
    ASSERT_NE(all.find(header.time), std::string_view::npos) << line;
    ASSERT_NE(all.find(header.source), std::string_view::npos) << line;
  }
  (void)read_log_header(std::string(1'000'000, '['));
  (void)read_log_header(std::string(1'000'000, '7'));
}

}  // namespace
}  // namespace retimu
