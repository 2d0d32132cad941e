// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/header_field.hpp"

#include "retimu/text/byte_class.hpp"
#include "retimu/text/known_words.hpp"

#include <algorithm>

namespace retimu {

namespace {

bool is_blank(char byte) { return (class_of(byte) & blank_byte) != 0; }
bool is_digit(char byte) { return (class_of(byte) & digit_byte) != 0; }
bool is_ascii_letter(char byte) {
  return (class_of(byte) & letter_byte) != 0 && static_cast<unsigned char>(byte) < 128;
}
constexpr ByteSet in_times(".:,/TZ_+-"), in_numbered_words("_-.:"), in_names("_.$-/()[]"),
    in_components("_$-."), around_words("[]():,\"");
bool is_capital(char byte) { return byte >= 'A' && byte <= 'Z'; }

bool has_digit(std::string_view text) { return std::ranges::any_of(text, is_digit); }

// Digits before, between and behind one of these marks.
std::size_t joints(std::string_view text, char mark) {
  std::size_t count = 0;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == mark && is_digit(text[i - 1]) && is_digit(text[i + 1])) ++count;
  }
  return count;
}

// Behind the bracket that closes the one at `at`; npos if none does.
std::size_t end_of_brackets(std::string_view line, std::size_t at) {
  std::size_t depth = 0;
  for (; at < line.size(); ++at) {
    if (line[at] == '[') ++depth;
    if (line[at] == ']' && --depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

// "203615" or "081109"
bool is_six_digit_time(std::string_view text) {
  const auto pair = [&](std::size_t i) { return 10 * (text[i] - '0') + text[i + 1] - '0'; };
  const bool is_clock = pair(0) < 24 && pair(2) < 60 && pair(4) < 60;
  const bool is_date = pair(2) >= 1 && pair(2) <= 12 && pair(4) >= 1 && pair(4) <= 31;
  return is_clock || is_date;
}

// "05-Jan-2024", "10/Oct/2000:13:55:36"
bool is_date_with_month(std::string_view text) {
  const std::size_t first = text.find_first_of("-/");
  if (first != 1 && first != 2) return false;
  const std::size_t second = text.find(text[first], first + 1);
  if (second == std::string_view::npos || !is_digits(text.substr(0, first))) return false;
  return (kinds_of_word(text.substr(first + 1, second - first - 1)) & date_word) != 0;
}

}  // namespace

bool next_field(std::string_view line, std::size_t& at, HeaderField& field) {
  while (at < line.size() && is_blank(line[at])) ++at;
  if (at >= line.size()) return false;
  const std::size_t begin = at;
  std::size_t end = line[at] == '[' ? end_of_brackets(line, at) : std::string_view::npos;
  if (end != std::string_view::npos) {
    if (end < line.size() && line[end] == ':') ++end;
  } else {
    end = begin + 1;
    while (end < line.size() && !is_blank(line[end]) && line[end] != '|') ++end;
  }
  const std::string_view text = line.substr(begin, end - begin);
  at = end;
  if (at < line.size() && line[at] == '|') ++at;
  field = {text, bare_of(text), begin, at};
  return true;
}

std::string_view bare_of(std::string_view text) {
  while (!text.empty() && around_words.has(text.front())) text.remove_prefix(1);
  while (!text.empty() && around_words.has(text.back())) text.remove_suffix(1);
  return text;
}

bool is_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }
bool is_capitals(std::string_view text) { return std::ranges::all_of(text, is_capital); }

bool resembles_time(std::string_view text) {
  if (text.ends_with("..")) return false;
  const std::string_view before = text.substr(0, text.find('['));
  std::string_view end = before;
  while (end.ends_with(':')) end.remove_suffix(1);
  if (!has_digit(end)) return false;
  if (std::ranges::all_of(text, [](char c) { return is_digit(c) || in_times.has(c); })) {
    return true;
  }
  return std::ranges::all_of(
      text, [](char c) { return is_digit(c) || is_ascii_letter(c) || in_numbered_words.has(c); });
}

bool is_epoch(std::string_view text) {
  const std::size_t whole = std::min(text.find('.'), text.size());
  if (whole != 10 && whole != 13) return false;
  return (text[0] == '1' || text[0] == '2') && is_digits(text.substr(0, whole)) &&
         is_digits(text.substr(std::min(whole + 1, text.size())));
}

bool is_strong_time(std::string_view text) {
  if (text.empty() || !has_digit(text)) return false;
  if (is_epoch(text) || is_date_with_month(text)) return true;
  if (!std::ranges::all_of(text, [](char c) { return is_digit(c) || in_times.has(c); })) {
    return false;
  }
  if (is_digits(text)) {
    return (text.size() == 6 && is_six_digit_time(text)) ||
           (text.size() == 8 && text.starts_with("20"));
  }
  return joints(text, ':') >= 1 || joints(text, '-') == 2 || joints(text, '/') == 2 ||
         joints(text, '.') == 2 || (joints(text, '-') == 1 && text.size() <= 5);
}

bool holds_time(std::string_view bracket) { return joints(bracket, ':') >= 1; }

bool is_marked_level(const HeaderField& field) {
  if (field.bare.size() != field.text.size()) return !field.text.ends_with(',');
  if (is_capitals(field.bare)) return true;
  return field.bare == "Info" || field.bare == "Warning" || field.bare == "Error";
}

std::optional<Severity> severity_of_letter(char letter) {
  switch (letter) {
    case 'V':
    case 'D':
    case 'I': return Severity::indeterminate;
    case 'W': return Severity::warning;
    case 'E': return Severity::major;
    case 'F': return Severity::critical;
    default: return std::nullopt;
  }
}

bool is_name_with_colon(std::string_view text) {
  if (text.size() < 2 || !text.ends_with(':')) return false;
  if (!is_ascii_letter(text[0]) && text[0] != '/') return false;
  return std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) {
    return is_ascii_letter(c) || is_digit(c) || in_names.has(c);
  });
}

bool is_component(std::string_view text) {
  if (text.size() >= 2 && is_capitals(text)) return true;
  if (text.ends_with(':')) text.remove_suffix(1);
  if (text.empty() || !is_ascii_letter(text[0])) return false;
  char last = '.';
  bool has_dot = false;
  for (const char c : text) {
    if (c == '.' && last == '.') return false;
    if (!is_ascii_letter(c) && !is_digit(c) && !in_components.has(c)) return false;
    has_dot = has_dot || c == '.';
    last = c;
  }
  return has_dot && last != '.';
}

std::string_view name_of_source(std::string_view text) {
  if (text.ends_with(':')) text.remove_suffix(1);
  const std::size_t bracket = text.find('[');
  return bracket == std::string_view::npos || bracket == 0 ? text : text.substr(0, bracket);
}

}  // namespace retimu
