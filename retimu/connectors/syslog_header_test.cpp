// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_header.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

const Time now = 1'767'323'045'678'901'234;  // 2026-01-02T03:04:05.678901234Z
const std::string receipt = "2026-01-02T03:04:05.678901Z 10.0.0.7 ";
const std::string sender = "10.0.0.7";

std::string completed(std::string_view message) {
  std::string to;
  const bool lacks_some = complete_syslog(message, parse_ip(sender).value(), now, to);
  EXPECT_EQ(lacks_some, !to.empty());
  return lacks_some ? to : "as it came";
}

TEST(SyslogHeader, WhatLacksNothingStaysAsItCame) {
  for (const char* message :
       {"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "Oct  1 02:04:05 10.0.0.1 x: y",
        "<166>Oct 05 2026 12:34:56 asa1 : %ASA-6-302013: Built",
        "<34>2026-01-01T00:00:00.5+01:00 db1 cron[1]: started", "<34>Oct 11 22:14:15 ::1 text",
        "<165>1 2003-10-11T22:14:15.003Z host app - ID47 [x a=\"b\"] text",
        "<165>1 2003-10-11T22:14:15Z host - - - -"}) {
    EXPECT_EQ(completed(message), "as it came") << message;
  }
}

TEST(SyslogHeader, NilValuesOfRfc5424) {
  EXPECT_EQ(completed("<165>1 - host app 7 ID47 - text  more"),
            "<165>1 2026-01-02T03:04:05.678901Z host app 7 ID47 - text  more");
  EXPECT_EQ(completed("<165>1 2003-10-11T22:14:15.003Z - app - - - text"),
            "<165>1 2003-10-11T22:14:15.003Z 10.0.0.7 app - - - text");
  EXPECT_EQ(completed("<165>1 - - - - - -"), "<165>1 " + receipt + "- - - -");
  EXPECT_EQ(completed("<165>1 -"), "<165>1 " + receipt);
}

TEST(SyslogHeader, Rfc3164WithoutATimeOrAHost) {
  EXPECT_EQ(completed("<13>su: 'su root' failed"), "<13>" + receipt + "su: 'su root' failed");
  EXPECT_EQ(completed("<13> text"), "<13>" + receipt + "text");
  EXPECT_EQ(completed("text"), receipt + "text");
  EXPECT_EQ(completed("<13>1 is a number"), "<13>" + receipt + "1 is a number");
  EXPECT_EQ(completed("<13>"), "<13>" + receipt);
  EXPECT_EQ(completed("<x>{\"a\": 1}"), receipt + "<x>{\"a\": 1}");
  EXPECT_EQ(completed("<13>Oct 11 22:14:15 su[7]: failed"),
            "<13>Oct 11 22:14:15 10.0.0.7 su[7]: failed");
  EXPECT_EQ(completed("<13>Oct 11 22:14:15"), "<13>Oct 11 22:14:15 10.0.0.7 ");
  EXPECT_EQ(completed("<13>2026-01-01T00:00:00Z ERROR it broke"),
            "<13>2026-01-01T00:00:00Z 10.0.0.7 ERROR it broke");
}

TEST(SyslogHeader, AnAddressThatWouldBeReadAsAYear) {
  std::string to;
  EXPECT_TRUE(complete_syslog("<13>Sun Dec  4 04:47:44 su: failed", parse_ip("2001:db8::1").value(),
                              now, to));
  EXPECT_EQ(to, "<13>2026-01-02T03:04:05.678901Z 2001:db8::1 su: failed");
}

TEST(SyslogHeader, CiscosHeader) {
  const std::string text = "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down";
  const std::string usual = "<189>" + receipt + text;
  for (const char* header : {"", ": ", "42: ", "42: *Mar  1 00:00:00.123: ", "*Mar  1 00:00:00: ",
                             "42: .Mar  1 2026 00:00:00.123 UTC: ", "42: 1w2d: ", "00:00:12: ",
                             "42: Mar  1 00:00:00.123 CET: "}) {
    EXPECT_EQ(completed("<189>" + (header + text)), usual) << header;
  }
  EXPECT_EQ(completed("<189>42: Oct  5 12:34:56.789: " + text),
            "<189>Oct  5 12:34:56.789 10.0.0.7 " + text);
  EXPECT_EQ(completed("<189>42: router1: Oct  5 12:34:56.789 UTC: " + text),
            "<189>Oct  5 12:34:56.789 router1 " + text);
  EXPECT_EQ(completed("<189>42: router1: *Mar  1 00:00:00.123: " + text),
            "<189>2026-01-02T03:04:05.678901Z router1 " + text);
  EXPECT_EQ(completed("<189>Oct  5 12:34:56.789: " + text),
            "<189>Oct  5 12:34:56.789 10.0.0.7 " + text);
  EXPECT_EQ(completed("<189>42: GMT: 2026-01-01 10:00:00: " + text),
            "<189>2026-01-01 10:00:00 10.0.0.7 " + text);
  EXPECT_EQ(completed("<189>42: PM: 12/31/2024 11:59: " + text),
            "<189>12/31/2024 11:59 10.0.0.7 " + text);
  EXPECT_EQ(completed("<189>at 100 %: done"), "<189>" + receipt + "at 100 %: done");
}

}  // namespace
}  // namespace retimu
