// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

namespace {

using Words = std::array<std::string_view, 14>;  // the rest is empty

enum class Side : std::uint8_t { above, below };

// A column whose name has a word of `all` and, unless that is empty, one of `with`.
struct ColumnHint {
  Side side;
  Words any, with;
  std::string_view hint;
};

constexpr std::array column_hints = {
    ColumnHint{Side::above,
               {"loss", "lost", "dropped", "drops", "discards", "discarded"},
               {},
               "packet loss"},
    ColumnHint{Side::above,
               {"retransmissions", "retransmits", "retrans", "retransmitted"},
               {},
               "retransmissions"},
    ColumnHint{Side::above,
               {"latency", "rtt", "delay", "duration", "lag", "response", "ping", "p50", "p90",
                "p95", "p99"},
               {},
               "high latency"},
    ColumnHint{Side::below, {"cpu"}, {"idle"}, "high CPU"},
    ColumnHint{Side::above,
               {"cpu", "processor"},
               {"usage", "util", "utilisation", "utilization", "used", "load", "percent", "pct",
                "user", "system", "rate", "total", "busy"},
               "high CPU"},
    ColumnHint{Side::below,
               {"memory", "mem", "ram", "heap"},
               {"free", "available", "avail"},
               "low memory"},
    ColumnHint{Side::above,
               {"memory", "mem", "ram", "heap"},
               {"usage", "used", "util", "utilisation", "utilization", "percent", "pct", "rss"},
               "low memory"},
    ColumnHint{Side::above, {"swap", "swapping"}, {}, "low memory"},
    ColumnHint{Side::below,
               {"disk", "filesystem", "volume", "fs", "storage"},
               {"free", "available", "avail"},
               "disk full"},
    ColumnHint{Side::above,
               {"disk", "filesystem", "volume", "fs", "storage"},
               {"usage", "used", "full"},
               "disk full"},
    ColumnHint{
        Side::above,
        {"errors", "error", "err", "errs", "failures", "failed", "exceptions", "5xx", "500", "crc"},
        {},
        "errors"},
    ColumnHint{Side::above, {"queue", "backlog", "pending", "waiting"}, {}, "queue grows"},
    ColumnHint{Side::above, {"temperature", "temp"}, {}, "high temperature"},
    ColumnHint{Side::below,
               {"throughput", "requests", "qps", "rps", "tps", "traffic"},
               {},
               "traffic drops"},
    ColumnHint{Side::above, {"restarts", "restart"}, {}, "restarts"},
};

// A message that holds one of the texts.
struct MessageHint {
  Words any;
  std::string_view hint;
};

constexpr std::string_view error_keywords = "error keywords in the log";

// The more special first.
constexpr std::array message_hints = {
    MessageHint{{"no space left", "disk full", "disk is full"}, "disk full"},
    MessageHint{{"out of memory", "outofmemory", "oom-kill", "oom killer"}, "low memory"},
    MessageHint{{"packet loss", "packets lost"}, "packet loss"},
    MessageHint{{"link down", "link is down", "port down", "interface down"}, "link down"},
    MessageHint{{"timed out", "timeout", "deadline exceeded"}, "timeouts in the log"},
    MessageHint{{"connection refused", "connection reset", "unreachable", "no route to host"},
                "connections fail"},
    MessageHint{{"error", "exception", "fail", "fatal", "panic", "critical", "traceback",
                 "segfault", "corrupt", "denied", "abort"},
                error_keywords},
};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// "cpuUsage", "cpu_usage_total" → cpu, usage, total.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool is_next =
        i > 0 && std::isupper(c) != 0 && std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    if ((std::isalnum(c) == 0 || is_next) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(c) != 0) words.back() += lower(name[i]);
  }
  return words;
}

std::span<const std::string_view> given(const Words& words) {
  const auto* end = std::ranges::find_if(words, &std::string_view::empty);
  return {words.begin(), static_cast<std::size_t>(end - words.begin())};
}

bool has_any(const std::vector<std::string>& words, const Words& wanted) {
  return std::ranges::any_of(given(wanted), [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  });
}

std::string_view hint_of_column(const AlertReason& reason) {
  const bool is_above = reason.observed > reason.expected_high;
  if (!is_above && !(reason.observed < reason.expected_low)) return {};
  const std::vector<std::string> words = words_of(reason.subject);
  for (const ColumnHint& one : column_hints) {
    if ((one.side == Side::above) != is_above) continue;
    if (has_any(words, one.any) && (given(one.with).empty() || has_any(words, one.with))) {
      return one.hint;
    }
  }
  return {};
}

std::vector<std::string> hints_of_message(std::string_view message) {
  std::string text(message);
  std::ranges::transform(text, text.begin(), lower);
  std::vector<std::string> hints;
  for (const MessageHint& one : message_hints) {
    const bool is_said = std::ranges::any_of(
        given(one.any), [&](std::string_view part) { return text.find(part) != text.npos; });
    if (is_said) hints.emplace_back(one.hint);
  }
  return hints;
}

constexpr std::array<std::string_view, 5> local_hints = {"high CPU", "low memory", "disk full",
                                                         "high temperature", "restarts"};

}  // namespace

bool is_local(const AlertReason& reason) {
  return std::ranges::any_of(hints_of(reason), [](const std::string& hint) {
    return std::ranges::find(local_hints, hint) != local_hints.end();
  });
}

std::vector<std::string> hints_of(const AlertReason& reason) {
  constexpr double many = 3;  // alarms a minute
  switch (reason.kind) {
    case ReasonKind::value:
    case ReasonKind::peers: {
      const std::string_view hint = hint_of_column(reason);
      if (hint.empty()) return {};
      return {std::string(hint)};
    }
    case ReasonKind::new_message:
    case ReasonKind::message_count:
    case ReasonKind::message_order: return hints_of_message(reason.subject);
    case ReasonKind::level_share: return {std::string(error_keywords)};
    case ReasonKind::alarm_severity:
      if (!std::isfinite(reason.observed)) return {};
      return {fmt::format("severity {:.0f} alarm", reason.observed)};
    case ReasonKind::rare_alarm: {
      std::vector<std::string> hints = hints_of_message(reason.subject);
      std::erase_if(hints, [](const std::string& hint) { return hint.ends_with("in the log"); });
      return hints;
    }
    case ReasonKind::alarm_count:
      if (!(reason.observed >= many)) return {};
      return {"many alarms"};
    case ReasonKind::silence: return {"no data"};
    default: return {};
  }
}

}  // namespace retimu
