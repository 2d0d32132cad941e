// SPDX-License-Identifier: Apache-2.0
// What the columns of a CSV file are, found by its first records. So that a file's beginning is
// read as the whole file is, what is found depends on the first two records; only whether a column
// is text or a time depends on its first value that is not missing.
#ifndef RETIMU_CONNECTORS_CSV_LAYOUT_HPP
#define RETIMU_CONNECTORS_CSV_LAYOUT_HPP

#include "retimu/connectors/decoder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct CsvLayout {
  static constexpr std::size_t no_field = SIZE_MAX;

  char delimiter = ',';
  bool has_header = true;
  // Of the fields; unique, a second "load" is "load_2"; column_1, column_2 ... without a header.
  std::vector<std::string> names;
  std::size_t time = no_field;  // field of the time; none: the row's number
  std::size_t unread_time =
      no_field;                    // field of text that is called like a time, where none was found
  std::size_t message = no_field;  // of log lines and alarms
  std::size_t level = no_field;
  std::size_t alarm = no_field;  // with one, records that have one are alarms
  std::size_t severity = no_field, state = no_field;
  SeverityOrder severity_order = SeverityOrder::ascending;
  bool has_log_lines = false;       // records with a message, but for alarms, are log lines
  std::vector<std::size_t> entity;  // fields
  std::vector<bool> is_left_out;    // by field: has a role, is ignored, or is text
  std::vector<std::string> notes;   // at most notes_max
};

// The delimiter (of , ; tab |) that makes the most readable fields of the first two records.
char find_csv_delimiter(const std::vector<std::string>& sample);

// Whether all records have as many fields, at least two, of which one is mostly a number.
bool resembles_csv(const std::vector<std::string>& sample);

// From the first records of a file, at least one. Fault::usage if a name of the options is not in
// the header, Fault::input if there are more than columns_of_record_max columns.
Result<CsvLayout> find_csv_layout(const DecoderOptions& options, char delimiter,
                                  std::string_view path, const std::vector<std::string>& sample);

}  // namespace retimu

#endif
