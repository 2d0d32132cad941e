// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_pattern.hpp"

#include "retimu/text/known_words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t fields_max = 32;
constexpr std::size_t npos = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
         static_cast<unsigned char>(c) > 127 || std::string_view("._:-/@()[]$").find(c) != npos;
}

// Behind the literal at `at`; npos if it is not there. Its last blank may be cut off with the line.
std::size_t end_of_literal(std::string_view literal, std::string_view line, std::size_t at) {
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (is_blank(literal[i])) {
      const std::size_t before = at;
      while (at < line.size() && is_blank(line[at])) ++at;
      if (at == before && (at < line.size() || i == 0 || i + 1 < literal.size())) return npos;
    } else if (at >= line.size() || line[at++] != literal[i]) {
      return npos;
    }
  }
  return at;
}

// Behind "-" or "[id name=\"value\"]...", where a quote and a bracket may be escaped.
std::size_t end_of_structured(std::string_view line, std::size_t at) {
  if (at < line.size() && line[at] == '-') return at + 1;
  const std::size_t begin = at;
  while (at < line.size() && line[at] == '[') {
    bool is_quoted = false;
    for (++at; at < line.size() && (is_quoted || line[at] != ']'); ++at) {
      if (is_quoted && line[at] == '\\') {
        ++at;
      } else if (line[at] == '"') {
        is_quoted = !is_quoted;
      }
    }
    if (at >= line.size()) return npos;
    ++at;
  }
  return at == begin ? npos : at;
}

}  // namespace

bool is_log_name(std::string_view text) {
  return !text.empty() && !std::ranges::all_of(text, is_digit) &&
         std::ranges::all_of(text, is_in_name) &&
         (text[0] == '/' ||
          (is_in_name(text[0]) && std::string_view("._-@([])$").find(text[0]) == npos)) &&
         !severity_of_word(text);
}

Result<LogPattern> LogPattern::make(std::string_view text) {
  LogPattern pattern;
  pattern.text_ = text;
  const auto wrong = [&](std::string_view why) {
    return failure(Fault::usage,
                   "pattern \"{}\": {}; it is such as \"{{time}} {{level}} {{source}}: "
                   "{{message}}\"",
                   text, why);
  };
  for (std::size_t at = 0; at < text.size();) {
    if (pattern.has_message_) return wrong("{message} is the rest of the line and stands last");
    if (text[at] != '{') {
      const std::size_t end = std::min(text.find('{', at), text.size());
      std::string literal;
      for (const char c : text.substr(at, end - at)) {
        if (!is_blank(c) || literal.empty() || literal.back() != ' ') {
          literal += is_blank(c) ? ' ' : c;
        }
      }
      if (!pattern.elements_.empty()) {
        pattern.elements_.back().may_have_blanks =
            std::string_view("])}>\"'|").find(literal[0]) != npos;
      }
      pattern.elements_.push_back({Kind::literal, std::move(literal)});
      at = end;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == npos) return wrong("a { is not closed");
    if (!pattern.elements_.empty() && pattern.elements_.back().kind != Kind::literal) {
      return wrong("something must stand between two fields");
    }
    if (Result<void> added = pattern.add_field(text.substr(at + 1, end - at - 1)); !added) {
      return wrong(added.error().message);
    }
    at = end + 1;
  }
  if (pattern.elements_.empty()) return wrong("it is empty");
  if (pattern.elements_.size() > 2 * fields_max) return wrong("it has too many fields");
  return pattern;
}

Result<void> LogPattern::add_field(std::string_view name) {
  Element element{Kind::field, {}};
  if (name == "time" || name == "message") {
    bool& has = name == "time" ? has_time_ : has_message_;
    if (has) return failure(Fault::usage, "{{{}}} stands twice", name);
    has = true;
    element.kind = name == "time" ? Kind::time : Kind::message;
  } else if (name == "structured") {
    element.kind = Kind::structured;
  } else if (!name.empty()) {
    if (std::ranges::find(names_, name) != names_.end()) {
      return failure(Fault::usage, "{{{}}} stands twice", name);
    }
    if (name == "host") element.kind = Kind::host;
    if (name == "program") element.kind = Kind::program;
    element.name = names_.size();
    names_.emplace_back(name);
  }
  elements_.push_back(std::move(element));
  return {};
}

// Where the text begins that follows the field in the pattern; npos if it does not.
std::size_t LogPattern::end_of_field(std::size_t element, std::string_view line,
                                     std::size_t at) const {
  const bool is_last = element + 1 == elements_.size();
  const bool may_have_blanks = elements_[element].may_have_blanks;
  for (; at < line.size(); ++at) {
    if (!is_last && end_of_literal(elements_[element + 1].literal, line, at) != npos) return at;
    if (is_blank(line[at]) && !may_have_blanks) return is_last ? at : npos;
  }
  return is_last ? at : npos;
}

// Behind what the element is in the line from `at` on; npos if it is not there.
std::size_t LogPattern::take(std::size_t element, std::string_view line, std::size_t at,
                             LogMatch& found) const {
  const Element& one = elements_[element];
  switch (one.kind) {
    case Kind::literal: return end_of_literal(one.literal, line, at);
    case Kind::time:
      found.time = LogTime::find(line.substr(at));
      if (!found.time) return npos;
      found.time_text = line.substr(at, found.time->bytes());
      return at + found.time->bytes();
    case Kind::message: return at;
    case Kind::structured: return end_of_structured(line, at);
    case Kind::field:
    case Kind::host:
    case Kind::program: break;
  }
  const std::size_t end = end_of_field(element, line, at);
  if (end == npos || end == at) return npos;
  const std::string_view text = line.substr(at, end - at);
  if (one.kind != Kind::field && !is_log_name(text)) return npos;
  if (one.name != no_name) found.fields[one.name] = text;
  return end;
}

bool LogPattern::match(std::string_view line, LogMatch& found) const {
  found.time.reset();
  found.fields.assign(names_.size(), {});
  std::size_t at = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    at = take(i, line, at, found);
    if (at == npos) return false;
  }
  found.message = line.substr(at);
  return true;
}

bool LogPattern::reaches_time(std::string_view line, LogMatch& found) const {
  found.fields.assign(names_.size(), {});
  std::size_t at = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    at = take(i, line, at, found);
    if (at == npos) return false;
    if (elements_[i].kind == Kind::time) return true;
  }
  return false;
}

}  // namespace retimu
