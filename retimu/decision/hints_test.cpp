// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/hints.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

namespace retimu {
namespace {

std::string hint(std::string subject, double observed, double low, double high,
                 ReasonKind kind = ReasonKind::value) {
  const auto hints = hints_of({std::move(subject), "some unit", observed, low, high, 1, kind});
  return fmt::format("{}", fmt::join(hints, ", "));
}
std::string high(std::string column) { return hint(std::move(column), 9, 1, 2); }
std::string low(std::string column) { return hint(std::move(column), 0, 1, 2); }
std::string says(std::string text) {
  return hint(std::move(text), 5, 0, 0, ReasonKind::new_message);
}

TEST(Hints, OfColumns) {
  EXPECT_EQ(high("http_latency_ms"), "high latency");
  EXPECT_EQ(high("RTT"), "high latency");
  EXPECT_EQ(high("packet.loss"), "packet loss");
  EXPECT_EQ(high("rxDropped"), "packet loss");
  EXPECT_EQ(high("CpuUsageRate(%)"), "high CPU");
  EXPECT_EQ(low("cpu_idle"), "high CPU");
  EXPECT_EQ(low("mem_available"), "low memory");
  EXPECT_EQ(high("MemoryUsage"), "low memory");
  EXPECT_EQ(high("disk_used_percent"), "disk full");
  EXPECT_EQ(low("disk_free"), "disk full");
  EXPECT_EQ(high("http_5xx"), "errors");
  EXPECT_EQ(low("requests"), "traffic drops");
}

TEST(Hints, TheSideMatters) {
  EXPECT_EQ(low("latency"), "");
  EXPECT_EQ(high("mem_free"), "");
  EXPECT_EQ(low("packet_loss"), "");
  EXPECT_EQ(hint("latency", 1.5, 1, 2), "");  // within its range
  EXPECT_EQ(hint("latency", std::numeric_limits<double>::quiet_NaN(), 1, 2), "");
}

TEST(Hints, WhatIsOfTheEntityAlone) {
  const auto is_local_column = [](std::string column, double observed) {
    return is_local({std::move(column), "", observed, 1, 2, 1, ReasonKind::value});
  };
  EXPECT_TRUE(is_local_column("CpuUsageRate(%)", 9));
  EXPECT_TRUE(is_local_column("disk_free", 0));
  EXPECT_FALSE(is_local_column("disk_free", 9));  // not the bad side
  EXPECT_FALSE(is_local_column("http_latency_ms", 9));
  EXPECT_FALSE(is_local_column("errors", 9));
  EXPECT_FALSE(is_local_column("pressure", 9));
}

TEST(Hints, OnlyWholeWords) {
  EXPECT_EQ(high("glossiness"), "");
  EXPECT_EQ(high("template_id"), "");
  EXPECT_EQ(high("cpu"), "");  // of what? it may be a count
  EXPECT_EQ(high("pressure"), "");
  EXPECT_EQ(high(""), "");
}

TEST(Hints, OfMessages) {
  EXPECT_EQ(says("ERROR: could not read <*>"), "error keywords in the log");
  EXPECT_EQ(says("write <*>: No space left on device"), "disk full");
  EXPECT_EQ(says("Out Of Memory: killed process <*>"), "low memory");
  EXPECT_EQ(says("request <*> timed out"), "timeouts in the log");
  EXPECT_EQ(says("Critical: packet loss spike on <*>"), "packet loss, error keywords in the log");
  EXPECT_EQ(says("user <*> logged in"), "");
}

TEST(Hints, OfAlarmsAndSilence) {
  EXPECT_EQ(hint("link", 5, 1, 2, ReasonKind::alarm_severity), "severity 5 alarm");
  EXPECT_EQ(hint("Interface down", 1, 0, 0, ReasonKind::rare_alarm), "link down");
  EXPECT_EQ(hint("FailoverError", 1, 0, 0, ReasonKind::rare_alarm), "");
  EXPECT_EQ(hint("link", 1, 0.01, 0.01, ReasonKind::alarm_count), "");
  EXPECT_EQ(hint("link", 12, 1, 2, ReasonKind::alarm_count), "many alarms");
  EXPECT_EQ(hint("", 300, 0, 60, ReasonKind::silence), "no data");
  EXPECT_EQ(hint("pressure high", 9, 0, 0, ReasonKind::rule), "");
}

}  // namespace
}  // namespace retimu
