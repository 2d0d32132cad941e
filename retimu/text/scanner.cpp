// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/scanner.hpp"

#include "retimu/text/byte_class.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/load.hpp"

#include <algorithm>
#include <charconv>

namespace retimu {

namespace {

constexpr std::size_t hex_word_bytes_min = 8;
constexpr std::size_t masked_bytes_min = 3;
constexpr std::size_t digits_max = 15;
constexpr std::string_view dots = "..";  // stands for any run of them, also for a lone one

bool is_quote(char byte) { return byte == '"' || byte == '\'' || byte == '<' || byte == '>'; }

// "a.b.c", or "host.com" in small letters. `end`: of the line.
bool is_dotted_name(std::string_view word, const char* end) {
  while (word.starts_with('.')) word.remove_prefix(1);
  while (word.ends_with('.')) word.remove_suffix(1);
  const std::size_t first = word.find('.');
  if (first == std::string_view::npos || first == 0) return false;
  const std::size_t second = word.find('.', first + 1);
  if (second != std::string_view::npos) return true;  // two dots in a row never are in one word
  const bool begins_small = word[0] >= 'a' && word[0] <= 'z';
  const std::string_view last = word.substr(first + 1);
  const bool is_letters =
      std::ranges::all_of(last, [](char c) { return (class_of(c) & letter_byte) != 0; });
  return begins_small && is_letters && (kinds_of_word(last, end) & domain_word) != 0;
}

bool is_path(std::string_view word) {
  if (word.size() < 2) return false;
  if (word[0] == '/' || word[0] == '\\' || word[0] == '~' || word[0] == '.') return true;
  return std::ranges::count_if(word, [](char c) { return (class_of(c) & slash_byte) != 0; }) >= 2;
}

bool has_inner_at(std::string_view word) {
  const std::size_t at = word.find('@', 1);
  return at != std::string_view::npos && at + 1 < word.size();
}

// By the classes that any and that all of its bytes have.
bool is_variable_word(std::string_view word, unsigned any, unsigned all, const char* end) {
  if ((any & digit_byte) != 0) return true;
  if ((all & star_byte) != 0) return word.size() >= masked_bytes_min;
  if ((any & letter_byte) == 0) return false;
  if ((any & slash_byte) != 0 && is_path(word)) return true;
  if ((any & dot_byte) != 0 && is_dotted_name(word, end)) return true;
  if ((any & at_byte) != 0 && has_inner_at(word)) return true;
  return (all & hex_byte) != 0 && word.size() >= hex_word_bytes_min;
}

// "7654321b" is no size and "37e06107" no power of ten: eight small hexadecimal digits or more, not
// all of them decimal.
bool is_hex_id(std::string_view word) {
  const auto is_small_hex = [](char c) {
    return (class_of(c) & hex_byte) != 0 && (c < 'A' || c > 'F');
  };
  const auto is_letter = [](char c) { return (class_of(c) & letter_byte) != 0; };
  return word.size() >= hex_word_bytes_min && std::ranges::all_of(word, is_small_hex) &&
         std::ranges::any_of(word, is_letter);
}

// "12:30" and "1,024" are not two numbers.
bool is_part_of_number(std::string_view line, std::size_t begin, std::size_t end) {
  const auto is_digit = [&](std::size_t i) {
    return i < line.size() && (class_of(line[i]) & digit_byte) != 0;
  };
  const auto joins = [&](std::size_t i) {
    return i < line.size() && (line[i] == ':' || line[i] == ',');
  };
  return (joins(end) && is_digit(end + 1)) ||
         (begin >= 2 && joins(begin - 1) && is_digit(begin - 2));
}

}  // namespace

Scanner::Scanner() {
  items_.reserve(items_max + 1);
  variables_.reserve(items_max + 1);
  numbers_.reserve(items_max + 1);
}

Signature Scanner::scan(std::string_view line) {
  line_ = line.substr(0, line_bytes_max);
  items_.clear();
  variables_.clear();
  is_in_path_ = false;
  const auto size = static_cast<std::uint32_t>(line_.size());
  for (std::uint32_t at = 0; at < size && items_.size() < items_max;) {
    const unsigned bits = class_of(line_[at]);
    if ((bits & blank_byte) != 0) {
      is_in_path_ = false;
      ++at;
    } else {
      at = (bits & word_byte) != 0 ? scan_word(at) : scan_mark(at);
    }
  }
  return {hash_of(items_), items_, line};
}

std::uint32_t Scanner::scan_mark(std::uint32_t begin) {
  if (is_quote(line_[begin])) is_in_path_ = false;
  push_mark(begin, begin + 1, line_.substr(begin, 1));
  return begin + 1;
}

// A run of dots, or a word up to one; gives where it ends.
std::uint32_t Scanner::scan_word(std::uint32_t begin) {
  const auto size = static_cast<std::uint32_t>(line_.size());
  const auto is_dot = [&](std::uint32_t i) { return i < size && line_[i] == '.'; };
  std::uint32_t at = begin;
  if (is_dot(begin) &&
      (is_dot(begin + 1) || begin + 1 == size || (class_of(line_[begin + 1]) & word_byte) == 0)) {
    while (is_dot(at)) ++at;
    push_mark(begin, at, dots);
    return at;
  }
  unsigned any = 0, all = ~0U;
  if ((class_of(line_[begin]) & hex_byte) != 0) {
    at = skip_address(begin);
    if (at != begin) any = digit_byte, all = 0;
  }
  std::uint32_t query_end = 0;
  for (; at < size; ++at) {
    const unsigned bits = class_of(line_[at]);
    if ((bits & word_byte) == 0) break;
    if ((bits & (dot_byte | query_byte)) != 0) {
      if ((bits & dot_byte) != 0 && is_dot(at + 1)) break;
      if ((bits & query_byte) != 0 && (is_in_path_ || (any & slash_byte) != 0)) {
        query_end = skip_query(at);
        break;
      }
    }
    any |= bits;
    all &= bits;
  }
  if ((any & slash_byte) != 0) is_in_path_ = true;
  if (const std::uint32_t list_end = skip_host_list(at); list_end != at) {
    push_variable(begin, list_end, list_end);
    return list_end;
  }
  if (at > begin) push_word(begin, at, std::max(at, query_end), any, all);
  return std::max(at, query_end);
}

// Behind a hardware address (four pairs or more) or an IPv6 address that begins there; where it
// begins if there is none.
std::uint32_t Scanner::skip_address(std::uint32_t begin) const {
  const auto size = static_cast<std::uint32_t>(line_.size());
  const std::uint32_t near = std::min(size, begin + 5);
  std::uint32_t at = begin;
  while (at < near && (class_of(line_[at]) & hex_byte) != 0) ++at;
  if (at >= near || line_[at] != ':' || (begin > 0 && line_[begin - 1] == ':')) return begin;

  std::uint32_t colons = 0, group = 0, end = begin;
  bool is_pairs = true, has_gap = false, has_digit = false;
  for (at = begin; at < size; ++at) {
    const unsigned bits = class_of(line_[at]);
    if ((bits & hex_byte) != 0) {
      has_digit = has_digit || (bits & digit_byte) != 0;
      if (++group > 4) return begin;
      end = at + 1;
      continue;
    }
    if (line_[at] != ':') break;
    is_pairs = is_pairs && group == 2;
    if (group == 0) {
      if (has_gap) break;
      has_gap = true;
    }
    ++colons;
    group = 0;
  }
  if (end < size && end == at && (class_of(line_[at]) & letter_byte) != 0) return begin;
  is_pairs = is_pairs && group == 2;
  const bool is_address = (is_pairs && colons >= 3) || (has_gap && has_digit && colons >= 2) ||
                          (!has_gap && has_digit && colons >= 5);
  return is_address ? end : begin;
}

// Behind "[40-63,70]", if it is glued to a word that ends in "-": several hosts at once.
std::uint32_t Scanner::skip_host_list(std::uint32_t at) const {
  const auto size = static_cast<std::uint32_t>(line_.size());
  if (at == 0 || at >= size || line_[at] != '[' || line_[at - 1] != '-') return at;
  std::uint32_t end = at + 1;
  while (end < size && ((class_of(line_[end]) & digit_byte) != 0 || line_[end] == '-' ||
                        line_[end] == ',' || line_[end] == ' ')) {
    ++end;
  }
  return end > at + 1 && end < size && line_[end] == ']' ? end + 1 : at;
}

std::uint32_t Scanner::skip_query(std::uint32_t at) const {
  const auto size = static_cast<std::uint32_t>(line_.size());
  while (at < size && (class_of(line_[at]) & blank_byte) == 0 && !is_quote(line_[at])) ++at;
  return at;
}

void Scanner::push_word(std::uint32_t begin, std::uint32_t end, std::uint32_t query_end,
                        unsigned any, unsigned all) {
  std::uint32_t tail = end;  // "done!": the mark is an item of its own
  while (tail - begin > 1 &&
         (line_[tail - 1] == '.' || line_[tail - 1] == '!' || line_[tail - 1] == '?')) {
    --tail;
  }
  const char* const line_end = line_.data() + line_.size();
  const std::string_view word = line_.substr(begin, tail - begin);
  const std::uint32_t span_end = tail == end ? query_end : tail;
  unsigned kinds = 0;
  if ((all & letter_byte) != 0) kinds = kinds_of_word(word, line_end);
  if ((kinds & date_word) != 0 || is_variable_word(word, any, all, line_end)) {
    push_variable(begin, tail, span_end);
  } else if ((any & (letter_byte | digit_byte)) == 0) {
    push_mark(begin, tail, word);
  } else if ((kinds & unit_word) != 0 && ends_in_variable()) {
    items_.back().end = tail;
  } else {
    push_item(items_, {.hash = hash_word(word.data(), word.size(), line_end),
                       .begin = begin,
                       .end = tail,
                       .kind = ItemKind::word,
                       .mark = 0,
                       .kinds = static_cast<std::uint8_t>(kinds)});
  }
  if (tail != end) push_mark(tail, tail + 1, line_.substr(tail, 1));
}

void Scanner::push_variable(std::uint32_t begin, std::uint32_t end, std::uint32_t span_end) {
  std::uint32_t span_begin = begin;
  if (!items_.empty() && (items_.back().mark == '<' || items_.back().mark == '>') &&
      items_.back().end == begin && (class_of(line_[begin]) & digit_byte) != 0) {
    span_begin = items_.back().begin;  // "<1": a bound belongs to the number
    items_.pop_back();
  }
  push_item(items_, {.hash = variable_hash, .begin = span_begin, .end = span_end});
  forget_dropped();
  if (variables_.size() < items_max) {
    variables_.push_back({static_cast<std::uint32_t>(items_.size() - 1), begin, end});
  }
}

void Scanner::push_mark(std::uint32_t begin, std::uint32_t end, std::string_view text) {
  push_item(items_, {.hash = hash_word(text.data(), text.size(), text.data() + text.size()),
                     .begin = begin,
                     .end = end,
                     .kind = ItemKind::mark,
                     .mark = text.size() == 1 ? text[0] : '\0'});
  forget_dropped();
}

void Scanner::forget_dropped() {
  while (!variables_.empty() && variables_.back().item >= items_.size()) variables_.pop_back();
}

std::span<const LineNumber> Scanner::numbers() {
  numbers_.clear();
  for (const Variable& variable : variables_) {
    double value = 0;
    if (is_part_of_number(line_, variable.begin, variable.end)) continue;
    if (!read_line_number(line_.substr(variable.begin, variable.end - variable.begin), value)) {
      continue;
    }
    numbers_.push_back({variable.item, value});
  }
  return numbers_;
}

bool read_line_number(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  // Without exponents: what has one is an id more often than a number.
  const auto [at, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc()) return false;
  const auto digits =
      std::count_if(text.data(), at, [](char c) { return (class_of(c) & digit_byte) != 0; });
  if (digits == 0 || static_cast<std::size_t>(digits) > digits_max) return false;  // "inf", ids
  const std::string_view rest(at, static_cast<std::size_t>(end - at));
  if (rest.empty() || rest == "%") return true;
  if (is_hex_id(text)) return false;
  const bool is_letters =
      std::ranges::all_of(rest, [](char c) { return (class_of(c) & letter_byte) != 0; });
  return is_letters && (kinds_of_word(rest) & unit_word) != 0;
}

}  // namespace retimu
