// SPDX-License-Identifier: Apache-2.0
// How the lines of a log are built: as the configuration says, or one of the known formats, found
// by the file's first 100 lines.
#ifndef RETIMU_CONNECTORS_LOG_LAYOUT_HPP
#define RETIMU_CONNECTORS_LOG_LAYOUT_HPP

#include "retimu/connectors/decoder.hpp"
#include "retimu/connectors/log_pattern.hpp"

namespace retimu {

struct LogLayout {
  std::string name;                  // "syslog"; "plain lines" where nothing is known of them
  std::vector<LogPattern> patterns;  // the first that fits a line is taken; none: logfmt or plain
  bool is_logfmt = false;
  std::string time_key;             // of logfmt
  bool has_time = false;            // lines have one
  bool is_row_time = false;         // the number of a record counts as its second
  bool has_no_year = false;         // times have none
  bool is_syslog = false;           // each line is a record and has its year by itself
  std::vector<std::string> names;   // of the fields, for people
  std::vector<std::string> entity;  // some of them
  std::vector<std::string> notes;

  // Whether the line begins a record. Others belong to the one before: where lines have a time,
  // those without; else those that are indented or begin like the rest of a stack trace.
  bool begins_record(std::string_view line, LogMatch& scratch) const;
  // Where lines have a time: whether this one does.
  bool reaches_time(std::string_view line, LogMatch& scratch) const;
};

// "<34>" before a line is of syslog and no part of it; RFC 5424's patterns begin with it.
std::string_view without_priority(std::string_view line);

// A field that says where a line is from, under either name.
bool is_source_name(std::string_view name);

// Fault::usage if the pattern is wrong, or a name of the options is no field.
Result<LogLayout> find_log_layout(const DecoderOptions& options, std::string_view path,
                                  const std::vector<std::string>& sample);

// Whether at least half of the lines that are not indented, and the first one, are of one of the
// known formats.
bool resembles_log(const std::vector<std::string>& sample);

}  // namespace retimu

#endif
