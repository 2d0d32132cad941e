// SPDX-License-Identifier: Apache-2.0
// From a record to an event. What a decoder remembers of earlier records are only caches: the same record gives the same
// event wherever reading began.
#ifndef RETIMU_CONNECTORS_DECODER_HPP
#define RETIMU_CONNECTORS_DECODER_HPP

#include "retimu/connectors/record_reader.hpp"
#include "retimu/core/batch.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Entity of an input that names none.
inline constexpr std::string_view entity_of_all = "input";

struct DecoderOptions {
  std::string time;                 // name or JSON pointer; "row"; empty: found
  std::vector<std::string> entity;  // names or JSON pointers; empty: entity_of_all
  std::vector<std::string> ignore;  // names or JSON pointers
  char delimiter = '\0';            // of CSV; 0: found
};

struct Decoder : Interface {
  // Appends one event, or one rejected record, to the batch. `row` counts the file's records from 1.
  virtual void decode(const Record& record, Position position, std::uint64_t row,
                      Batch& into) = 0;
  // "column \"status\" is text and left out"; grows while records are decoded, at most notes_max.
  virtual const std::vector<std::string>& notes() const = 0;
  // Event times are row numbers: reading from the middle must count what lies before.
  virtual bool uses_rows() const = 0;
};
inline constexpr std::size_t notes_max = 100;

inline void reject(Batch& into, const Record& record, Position position, std::uint64_t row,
                   std::string_view time_text, std::string_view reason) {
  constexpr std::size_t text_bytes_max = 4'096;
  into.rejected.push_back({position, row, into.events.size(), into.arena.copy(time_text),
                           into.arena.copy(reason),
                           into.arena.copy(record.text.substr(0, text_bytes_max))});
}

// An event's time by its text: ISO-8601, or an epoch number.
std::optional<Time> parse_time(std::string_view text);

// Names under which a time is looked for, in this order, whatever their case.
std::span<const std::string_view> usual_time_names();
bool equals_ignoring_case(std::string_view left, std::string_view right);

// "column \"presure\" is not in the file, did you mean \"pressure\"?"
Error unknown_column(std::string_view path, std::string_view wanted, std::string_view option,
                     const std::vector<std::string>& names);

// Adds the event with its columns in the order of names; `values` of equal length.
void append_event(Batch& into, std::string_view entity, Time time, Position position,
                  std::span<const ColumnId> columns, std::span<const double> values);

}  // namespace retimu

#endif
