// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_framer.hpp"

#include "retimu/connectors/byte_order_mark.hpp"
#include "retimu/connectors/syslog_header.hpp"
#include "retimu/core/wall_clock.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t digits_max = 8;
constexpr std::string_view ends("\r\n\0", 3);

}  // namespace

void append_syslog(std::string_view message, std::size_t bytes_max,
                   const std::optional<IpAddress>& sender, std::string& records,
                   SyslogCounts& counts) {
  bool is_cut = message.find_last_not_of(ends) + 1 > bytes_max;
  message = message.substr(0, bytes_max);  // as it came, so that it is the same in whatever parts
  std::string scratch;
  message = without_byte_order_mark(message, scratch);
  message = message.substr(0, message.find_last_not_of(ends) + 1);
  if (message.empty()) return;
  is_cut = is_cut || message.size() > bytes_max;  // UTF-8 may be longer than UTF-16
  message = message.substr(0, bytes_max);
  ++counts.messages;
  if (is_cut) ++counts.cut;
  const std::size_t begin = records.size();
  records.append(message);
  for (const char end : ends) {
    for (std::size_t at = records.find(end, begin); at != std::string::npos;
         at = records.find(end, at + 1)) {
      records[at] = ' ';
    }
  }
  const auto taken = std::string_view(records).substr(begin);
  if (std::string whole; sender && complete_syslog(taken, *sender, wall_clock(), whole)) {
    records.replace(begin, std::string::npos, whole);
    ++counts.completed;
  }
  records.push_back('\n');
}

// `unknown`: more bytes are needed to tell.
SyslogFramer::Begin SyslogFramer::find_begin(std::string_view bytes, std::size_t& digits,
                                             std::uint64_t& count) const {
  count = 0;
  for (digits = 0; digits < bytes.size(); ++digits) {
    const char c = bytes[digits];
    if (c < '0' || c > '9' || digits == digits_max) break;
    count = count * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (digits == bytes.size()) return Begin::unknown;
  if (digits == 0 || count == 0 || bytes[0] == '0' || bytes[digits] != ' ') return Begin::line;
  if (digits + 1 == bytes.size()) return Begin::unknown;
  return bytes[digits + 1] == '<' ? Begin::counted : Begin::line;
}

void SyslogFramer::hold(std::string_view bytes) {
  const std::size_t held_max = message_bytes_max_ + 1;
  const std::size_t taken = std::min(held_max - held_.size(), bytes.size());
  held_.append(bytes.substr(0, taken));
  const std::size_t more = bytes.find_first_not_of(ends, taken);
  if (more != std::string_view::npos) held_.back() = bytes[more];
}

void SyslogFramer::finish(std::string_view last, std::string& records, SyslogCounts& counts) {
  if (held_.empty()) {  // all of it came at once
    append_syslog(last, message_bytes_max_, sender_, records, counts);
  } else {
    hold(last);
    append_syslog(held_, message_bytes_max_, sender_, records, counts);
    held_.clear();
  }
  is_begun_ = is_counted_ = false;
}

// How many of `bytes` belong to the message that is open, which is given where it ends in them.
std::size_t SyslogFramer::take_some(std::string_view bytes, std::string& records,
                                    SyslogCounts& counts) {
  if (is_counted_) {
    const std::size_t taken = std::min<std::uint64_t>(missing_, bytes.size());
    missing_ -= taken;
    missing_ == 0 ? finish(bytes.substr(0, taken), records, counts) : hold(bytes.substr(0, taken));
    return taken;
  }
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) {
    hold(bytes);
    return bytes.size();
  }
  finish(bytes.substr(0, end), records, counts);
  return end + 1;
}

void SyslogFramer::take(std::string_view bytes, std::string& records, SyslogCounts& counts) {
  std::string joined;  // with the few bytes that did not tell how their message begins
  if (!is_begun_ && !held_.empty()) {
    joined = held_;
    joined += bytes;
    held_.clear();
    bytes = joined;
  }
  while (!bytes.empty()) {
    if (!is_begun_) {
      std::size_t digits = 0;
      const Begin begin = find_begin(bytes, digits, missing_);
      if (begin == Begin::unknown) return hold(bytes);
      is_begun_ = true;
      is_counted_ = begin == Begin::counted;
      if (is_counted_) bytes.remove_prefix(digits + 1);
    }
    bytes.remove_prefix(take_some(bytes, records, counts));
  }
}

void SyslogFramer::end(std::string& records, SyslogCounts& counts) {
  if (is_counted_) {
    ++counts.torn;
    held_.clear();
    is_begun_ = is_counted_ = false;
  } else {
    finish({}, records, counts);
  }
}

}  // namespace retimu
