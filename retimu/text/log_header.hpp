// SPDX-License-Identifier: Apache-2.0
// What stands before the message of a log line: time, severity, host, program. Found by what the
// fields look like, without a format of the system.
//
// A header is up to 16 fields, as long as they are times, numbers, levels, bracketed groups or
// names; it ends behind "name:", behind a level and the component after it, or at " - ". Also read:
// the <priority> of syslog, fields between |, time= and level=, and the letters of Android ("D")
// and glog ("I0102").
//
// Cost: about 0.3 us; nothing is allocated. Blind to: programs named by several words without a
// process number; messages that begin like a header lose a word, all lines of a kind alike.
#ifndef RETIMU_TEXT_LOG_HEADER_HPP
#define RETIMU_TEXT_LOG_HEADER_HPP

#include "retimu/core/event.hpp"

#include <optional>
#include <string_view>

namespace retimu {

// Views into the line; empty where there is no such thing.
struct LogHeader {
  // Behind the header, without blanks before it; where nothing is behind it, the whole line.
  std::string_view content;
  std::string_view time;    // "Jun 14 15:16:01"; of several the first
  std::string_view source;  // program, logger or component: "sshd", "nova.compute.manager"
  std::optional<Severity> severity;
};

LogHeader read_log_header(std::string_view line);

}  // namespace retimu

#endif
