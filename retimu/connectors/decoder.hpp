// SPDX-License-Identifier: Apache-2.0
// From a record to an event. What a decoder remembers of earlier records are caches and notes: the
// same record gives the same event wherever reading began.
#ifndef RETIMU_CONNECTORS_DECODER_HPP
#define RETIMU_CONNECTORS_DECODER_HPP

#include "retimu/connectors/record_reader.hpp"
#include "retimu/core/batch.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Entity of an input that names none.
inline constexpr std::string_view entity_of_all = "input";
inline constexpr std::size_t entity_bytes_max = 1'024;
inline constexpr std::size_t columns_of_record_max = 4'096;
inline constexpr std::size_t json_depth_max = 8;  // objects within one another
inline constexpr std::size_t notes_max = 100;
inline constexpr std::string_view no_time_note =
    "no time was found: the number of a record counts as its second";

struct DecoderOptions {
  std::string time;                            // name or JSON pointer; "row"; empty: found
  std::vector<std::string> entity;             // names or JSON pointers; empty: entity_of_all
  std::vector<std::string> ignore;             // names or JSON pointers that must be there
  std::vector<std::string> ignore_if_present;  // names
  char delimiter = '\0';                       // of CSV; 0: found
  std::string message, level;  // names or JSON pointers; with a message records are log lines
  // Names or JSON pointers; records with a value in `alarm` are alarms, with `message` as their
  // text, and the others what they would be without it: log lines if they have a message, else
  // readings.
  std::string alarm, severity, state;
  SeverityOrder severity_order = SeverityOrder::ascending;
  bool may_find_kind = false;  // a message or an alarm under a usual name makes them that, too
  std::string pattern;         // of a log, see log_pattern.hpp; empty: found
  bool is_syslog = false;      // of a log: each line is a message of one of many senders
  Time written =
      0;  // when the file was last written: by it the year is found where times have none
};

struct Decoder : Interface {
  // Appends one event with its Origin (where the batch keeps them), or one rejected record. `row`
  // counts the file's records from 1; 0: unknown, never with uses_rows().
  virtual void decode(const Record& record, Position position, std::uint64_t row, Batch& into) = 0;
  // Of a record of several lines: false if its quotes are not to be believed.
  virtual bool is_one_record(std::string_view text) const = 0;
  // "column \"status\" is text and left out"; grows while records are decoded, at most notes_max.
  virtual const std::vector<std::string>& notes() const = 0;
  // Event times are row numbers.
  virtual bool uses_rows() const = 0;
  // An event depends on those before it, by their count or their years: reading from the middle
  // must read what lies before.
  virtual bool needs_past() const { return uses_rows(); }
  // The next record is the file's first one, or any one where the past is not needed.
  virtual void begin() {}
  // Of a log: whether the line belongs to the record before. Only where joins_lines().
  virtual bool joins_lines() const { return false; }
  virtual bool goes_on(std::string_view) { return false; }
  // The year of the file's first record where times have none, else 0; it must not change between
  // runs, whatever is written to the file.
  virtual int first_year() const { return 0; }
  virtual void set_first_year(int) {}
};

// A record that could not be read, with the first 4,096 bytes of its text.
void reject(Batch& into, const Record& record, Position position, std::uint64_t row,
            std::string_view time_text, std::string_view reason);

// Why a record need not even be looked at; empty if it may be.
std::string_view reason_of(Record::State state);

// Adds the event with its columns in the order of names; `values` of equal length.
void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  std::span<const ColumnId> columns, std::span<const double> values);

void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  Severity level, std::string_view text);

// An alarm; of its code the first entity_bytes_max bytes are kept, of its text as of a log line's.
void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  Severity severity, std::string_view code, std::string_view text);

// Why a message cannot be that of a log line; empty if it can be.
std::string_view reason_of_message(std::optional<std::string_view> message);
inline constexpr std::size_t message_bytes_max = 64UL * 1024;
// The first bytes of a text, without half a character at their end.
std::string_view cut_message(std::string_view message, std::size_t bytes = message_bytes_max);
// By a word of its own, else by how the message begins; else indeterminate.
Severity severity_of(std::string_view level, std::string_view message);

// An entity's name from its parts. One part is the name; of several a '/' or '\' gets a '\' before
// it, then they are joined by '/', so that different parts never give the same name. False if a
// part is empty or the name has more than entity_bytes_max bytes.
bool join_entity(std::span<const std::string_view> parts, std::string& to);

// An event's time by its text: an epoch number, ISO-8601, or a date as people write it.
std::optional<Time> parse_time(std::string_view text);

// Names under which a time is looked for, in this order, whatever their case.
std::span<const std::string_view> usual_time_names();
// Names under which JSON lines have a message, and any log line how bad it is.
std::span<const std::string_view> usual_message_names();
std::span<const std::string_view> usual_level_names();
bool equals_ignoring_case(std::string_view left, std::string_view right);

// Fault::usage: "rack.csv: time \"tx\" is not in the file, did you mean \"ts\"? It has: ts, load".
Error unknown_column(std::string_view path, std::string_view option, std::string_view wanted,
                     const std::vector<std::string>& names);

}  // namespace retimu

#endif
