// SPDX-License-Identifier: Apache-2.0
// The fields of a log line's header, and what each looks like.
#ifndef RETIMU_TEXT_HEADER_FIELD_HPP
#define RETIMU_TEXT_HEADER_FIELD_HPP

#include "retimu/core/event.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace retimu {

struct HeaderField {
  std::string_view text;
  std::string_view bare;           // without []():, around it
  std::size_t begin = 0, end = 0;  // bytes of the line, with a | behind it
};

// The next field from `at` on, between blanks or |, or all of [...] with a colon behind it; moves
// `at` behind it. False if there is none.
bool next_field(std::string_view line, std::size_t& at, HeaderField& field);

std::string_view bare_of(std::string_view text);
bool is_digits(std::string_view text);
bool is_capitals(std::string_view text);

// Digits with :.,/_+- and T and Z, or any word of letters, digits and _-.: that has a digit
// ("node-12", "R02-M1"); a bracket may follow it.
bool resembles_time(std::string_view text);
// "15:16:01,123", "2017-05-16", "2005.06.03", "05-Jan-2024", "081109", "20171223-22:15:29:606", an
// epoch.
bool is_strong_time(std::string_view text);
// Ten digits of seconds or thirteen of milliseconds, from 2001 on.
bool is_epoch(std::string_view text);
// "[Sun Dec 04 04:47:44 2005]"
bool holds_time(std::string_view bracket);

// A level that is written as one: in capitals, in brackets, before a colon, or "Info".
bool is_marked_level(const HeaderField& field);
// V D I W E F, as Android and glog have them.
std::optional<Severity> severity_of_letter(char letter);

// "sshd(pam_unix)[123]:", "org.example.Main:", "/usr/sbin/cron[9]:"
bool is_name_with_colon(std::string_view text);
// "org.example.Main" or "CBS", which stand behind a level.
bool is_component(std::string_view text);
// Without the process and the colon behind it.
std::string_view name_of_source(std::string_view text);

}  // namespace retimu

#endif
