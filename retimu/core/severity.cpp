// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/severity.hpp"

#include "retimu/core/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace retimu {

namespace {

constexpr std::string_view raised_words[] = {
    "raised",    "raise", "active",       "firing", "open",    "opened", "new",
    "triggered", "set",   "acknowledged", "ack",    "problem", "alarm",  "alarming",
    "on",        "true",  "down",         "fail",   "failed",  "yes",    "pending"};
constexpr std::string_view gone_words[] = {"inactive", "ended",  "end",    "off",
                                           "false",    "up",     "no",     "reset",
                                           "returned", "return", "resolve"};

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool equals(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (small(text[i]) != word[i]) return false;
  }
  return true;
}
bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return equals(text, word); });
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

// A whole number from 0 to 5, also as 3.0.
std::optional<int> read_step(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || !(number >= 0 && number <= 5)) return std::nullopt;
  const int step = static_cast<int>(number);
  return static_cast<double>(step) == number ? std::optional(step) : std::nullopt;
}

Severity ascending(int step) { return static_cast<Severity>(step); }
Severity descending(int step) { return static_cast<Severity>(6 - std::max(step, 1)); }

// The digit of "P1" and "sev1".
std::optional<int> read_rank(std::string_view text) {
  for (const std::string_view before : {"p", "sev", "sev-", "p-"}) {
    if (text.size() != before.size() + 1 || !equals(text.substr(0, before.size()), before)) {
      continue;
    }
    const char digit = text.back();
    if (digit >= '0' && digit <= '5') return digit - '0';
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::cleared: return "cleared";
    case Severity::indeterminate: return "indeterminate";
    case Severity::warning: return "warning";
    case Severity::minor: return "minor";
    case Severity::major: return "major";
    case Severity::critical: return "critical";
  }
  return "indeterminate";
}

std::optional<Severity> read_severity(std::string_view text, SeverityOrder order) {
  text = without_blanks(text);
  for (const SeverityWord& known : severity_words) {
    if (equals(text, known.word)) return known.severity;
  }
  if (const std::optional<int> rank = read_rank(text)) return descending(*rank);
  const std::optional<int> step = read_step(text);
  if (!step) return std::nullopt;
  return *step == 0 || order == SeverityOrder::ascending ? ascending(*step) : descending(*step);
}

std::string_view nearest_severity(std::string_view text) {
  std::string word(without_blanks(text));
  std::ranges::transform(word, word.begin(), small);
  std::vector<std::string_view> words;
  for (const SeverityWord& known : severity_words) words.push_back(known.word);
  return nearest(word, words);
}

std::optional<bool> read_is_raised(std::string_view text) {
  text = without_blanks(text);
  if (is_one_of(text, raised_words)) return true;
  if (is_one_of(text, gone_words)) return false;
  const std::optional<Severity> severity = read_severity(text);
  if (!severity) return std::nullopt;
  return *severity != Severity::cleared;
}

}  // namespace retimu
