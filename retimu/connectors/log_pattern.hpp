// SPDX-License-Identifier: Apache-2.0
// How the lines of a log are built, as a person writes it down:
// "{time} {host} {program}: {message}".
//
// {time} is any time that log_time.hpp knows; {message} is the rest of the line and stands last;
// {} is a field that is passed over, {structured} the structured data of RFC 5424, every other
// {name} a field of that name. A field is not empty; it ends where what follows it in the pattern
// begins, and has blanks only if that is one of ] ) } > " ' |. A blank of the pattern is one or
// more of the line, every other character is itself. {host} and {program} look like names: "INFO",
// "[main]" and "12" are none.
#ifndef RETIMU_CONNECTORS_LOG_PATTERN_HPP
#define RETIMU_CONNECTORS_LOG_PATTERN_HPP

#include "retimu/connectors/log_time.hpp"
#include "retimu/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// What a pattern found in a line; views into it.
struct LogMatch {
  std::optional<LogTime> time;
  std::string_view time_text;
  std::string_view message;              // {message}, or what lies behind the pattern
  std::vector<std::string_view> fields;  // by LogPattern::names()
};

// Whether {host} and {program} can be that.
bool is_log_name(std::string_view text);

class LogPattern {
 public:
  // Fault::usage: a brace that is not closed, a field twice, two fields without anything between
  // them, something behind {message}, more than 32 fields.
  static Result<LogPattern> make(std::string_view text);

  const std::string& text() const { return text_; }
  // Of the fields that have one, but for time and message; in their order.
  const std::vector<std::string>& names() const { return names_; }
  bool has_time() const { return has_time_; }
  bool has_message() const { return has_message_; }

  bool match(std::string_view line, LogMatch& found) const;
  // Whether the line fits as far as its time, for patterns that have one.
  bool reaches_time(std::string_view line, LogMatch& found) const;

 private:
  enum class Kind : std::uint8_t { literal, time, message, structured, field, host, program };
  static constexpr std::size_t no_name = SIZE_MAX;
  struct Element {
    Kind kind;
    std::string literal;
    std::size_t name = no_name;
    bool may_have_blanks = false;
  };
  Result<void> add_field(std::string_view name);
  std::size_t take(std::size_t element, std::string_view line, std::size_t at,
                   LogMatch& found) const;
  std::size_t end_of_field(std::size_t element, std::string_view line, std::size_t at) const;

  std::string text_;
  std::vector<Element> elements_;
  std::vector<std::string> names_;
  bool has_time_ = false, has_message_ = false;
};

}  // namespace retimu

#endif
