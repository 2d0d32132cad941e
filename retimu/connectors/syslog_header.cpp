// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_header.hpp"

#include "retimu/connectors/log_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t cisco_header_max = 96;  // bytes

// Of a message, in their order; empty: it has none.
struct Parts {
  std::string_view head;  // "<34>" or "<34>1 "
  std::string_view time, host, rest;
  bool is_usual = true;  // time and host stand there and so
  bool is_structured = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}
std::string_view take_word(std::string_view& left) {
  const std::string_view word = left.substr(0, left.find(' '));
  left = without_blanks(left.substr(word.size()));
  return word;
}
std::string_view take_time(std::string_view& left) {
  const std::optional<LogTime> time = LogTime::find(left);
  const std::string_view text = left.substr(0, time ? time->bytes() : 0);
  left = without_blanks(left.substr(text.size()));
  return text;
}
// Whether the time ends where it does with this word behind it: "GMT", "PM", "2001:db8::1" would be
// read as a part of some.
bool is_time_before(std::string_view time, std::string_view word) {
  const std::string both = fmt::format("{} {}", time, word);
  std::string_view left = both;
  return take_time(left) == time;
}
bool is_host(std::string_view word) { return !word.ends_with(':') && is_log_name(word); }

// Of RFC 5424, behind the version; false: it is none.
bool split_structured(std::string_view left, Parts& parts) {
  const std::string_view time = take_word(left), host = take_word(left);
  const std::optional<LogTime> found = LogTime::find(time);
  if (time != "-" && (!found || found->bytes() != time.size())) return false;
  if (time != "-") parts.time = time;
  if (host != "-") parts.host = host;
  parts.rest = left;
  return true;
}

// Where "%FACILITY-SEVERITY-MNEMONIC" begins, first or behind ": "; npos: there is none.
std::size_t cisco_begin(std::string_view text) {
  const std::size_t at = text.find('%');
  if (at == npos || at > cisco_header_max || at + 1 == text.size()) return npos;
  const bool is_begin = at == 0 || (at >= 2 && text.substr(at - 2, 2) == ": ");
  return is_begin && text[at + 1] >= 'A' && text[at + 1] <= 'Z' ? at : npos;
}

void read_cisco(std::string_view header, Parts& parts) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(": "), header.size());
    std::string_view part = header.substr(0, end);
    header = without_blanks(header.substr(std::min(end + 2, header.size())));
    if (part.empty()) continue;
    if (is_letter(part[0]) && part.find(' ') == npos && is_host(part)) parts.host = part;
    if (std::ranges::all_of(part, is_digit)) continue;  // its number
    const std::string_view time = take_time(part);
    if (part.empty() || part == "UTC" || part == "GMT") parts.time = time;
  }
  if (!is_time_before(parts.time, parts.host)) parts.host = {};
}

Parts split(std::string_view message) {
  Parts parts;
  std::string_view left = without_priority(message);
  parts.head = message.substr(0, message.size() - left.size());
  if (!parts.head.empty() && left.starts_with("1 ") && split_structured(left.substr(2), parts)) {
    parts.head = message.substr(0, parts.head.size() + 2);
    parts.is_structured = true;
    return parts;
  }
  left = without_blanks(left);
  parts.time = take_time(left);
  if (parts.time.empty()) {
    const std::size_t begin = cisco_begin(left);
    if (begin != npos) read_cisco(left.substr(0, begin), parts);
    parts.is_usual = false;
    parts.rest = begin == npos ? left : left.substr(begin);
    return parts;
  }
  if (left.starts_with(": ")) left = without_blanks(left.substr(1));
  parts.rest = left;
  if (const std::string_view word = take_word(left); is_host(word)) {
    parts.host = word;
    parts.rest = left;
  }
  return parts;
}

}  // namespace

bool complete_syslog(std::string_view message, const IpAddress& sender, Time now, std::string& to) {
  const Parts parts = split(message);
  if (parts.is_usual && !parts.time.empty() && !parts.host.empty()) return false;
  const std::string host = parts.host.empty() ? ip_text(sender) : std::string(parts.host);
  to += parts.head;
  if (parts.time.empty() || (!parts.is_structured && !is_time_before(parts.time, host))) {
    to += format_time(floor_to(now, microsecond));
  } else {
    to += parts.time;
  }
  to += ' ';
  to += host;
  to += ' ';
  to += parts.rest;
  return true;
}

}  // namespace retimu
