// SPDX-License-Identifier: Apache-2.0
// How bad something is, in the steps of ITU-T X.733, and the one table of the words and numbers by
// which other systems say so.
#ifndef RETIMU_CORE_SEVERITY_HPP
#define RETIMU_CORE_SEVERITY_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace retimu {

enum class Severity : std::uint8_t { cleared, indeterminate, warning, minor, major, critical };
std::string_view name_of(Severity severity);

// Words in small letters; `is_level`: log lines state it, too ("WARN").
struct SeverityWord {
  std::string_view word;
  Severity severity;
  bool is_level = false;
};
inline constexpr SeverityWord severity_words[] = {
    {"cleared", Severity::cleared},
    {"clear", Severity::cleared},
    {"ok", Severity::cleared},
    {"okay", Severity::cleared},
    {"normal", Severity::cleared},
    {"resolved", Severity::cleared},
    {"closed", Severity::cleared},
    {"recovered", Severity::cleared},
    {"indeterminate", Severity::indeterminate},
    {"unknown", Severity::indeterminate},
    {"undefined", Severity::indeterminate},
    {"none", Severity::indeterminate},
    {"not classified", Severity::indeterminate},
    {"informational", Severity::indeterminate},
    {"information", Severity::indeterminate, true},
    {"info", Severity::indeterminate, true},
    {"notice", Severity::indeterminate, true},
    {"debug", Severity::indeterminate, true},
    {"verbose", Severity::indeterminate, true},
    {"trace", Severity::indeterminate, true},
    {"warning", Severity::warning, true},
    {"warn", Severity::warning, true},
    {"low", Severity::warning},
    {"minor", Severity::minor, true},
    {"medium", Severity::minor},
    {"moderate", Severity::minor},
    {"average", Severity::minor},
    {"major", Severity::major, true},
    {"high", Severity::major},
    {"error", Severity::major, true},
    {"err", Severity::major, true},
    {"severe", Severity::major, true},
    {"failure", Severity::major, true},
    {"critical", Severity::critical, true},
    {"crit", Severity::critical, true},
    {"alert", Severity::critical, true},
    {"fatal", Severity::critical, true},
    {"emergency", Severity::critical, true},
    {"emerg", Severity::critical, true},
    {"panic", Severity::critical, true},
    {"urgent", Severity::critical},
    {"disaster", Severity::critical},
};

// Of whole numbers from 0 to 5; 0 is cleared in both.
enum class SeverityOrder : std::uint8_t {
  ascending,  // 1 indeterminate, 2 warning, 3 minor, 4 major, 5 critical
  descending  // 1 critical, 2 major, 3 minor, 4 warning, 5 indeterminate
};

// A word of the table in any case, a number, or P1 to P5 and SEV1 to SEV5 (1 is the worst, with 0
// beside it); blanks around it do not count. None: it is not known. About 100 ns.
std::optional<Severity> read_severity(std::string_view text,
                                      SeverityOrder order = SeverityOrder::ascending);
// The word of the table that is most like the text; empty if none is.
std::string_view nearest_severity(std::string_view text);

// Whether a word of an alarm's state says that it is still there ("firing", "open", true) or gone
// ("RESOLVED", "closed", "ok", 0). None: it is not known.
std::optional<bool> read_is_raised(std::string_view text);

}  // namespace retimu

#endif
