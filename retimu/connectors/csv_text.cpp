// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/csv_text.hpp"

#include "retimu/connectors/decoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

namespace retimu {

namespace {

constexpr std::array<std::string_view, 12> missing_words = {
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "-", "--", "?", "\\n"};

bool is_missing(std::string_view text) {
  return std::ranges::any_of(
      missing_words, [&](std::string_view word) { return equals_ignoring_case(text, word); });
}

// None if it is not a number from its first to its last character.
std::optional<CsvValue> read_decimal(std::string_view text, double& number) {
  const char* const end = text.data() + text.size();
  double value = 0;
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (at != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error != std::errc() || !std::isfinite(value)) return CsvValue::missing;
  number = value;
  return CsvValue::number;
}

std::optional<CsvValue> read_decimal_comma(std::string_view text, double& number) {
  std::array<char, 64> copy;
  if (text.size() > copy.size() || std::ranges::count(text, ',') != 1) return std::nullopt;
  std::ranges::replace_copy(text, copy.begin(), ',', '.');
  return read_decimal({copy.data(), text.size()}, number);
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
               std::string& memory) {
  fields.clear();
  memory.clear();
  if (record.find('"') == std::string_view::npos) {
    for (std::size_t end = record.find(delimiter); end != std::string_view::npos;
         end = record.find(delimiter)) {
      fields.push_back(record.substr(0, end));
      record.remove_prefix(end + 1);
    }
    fields.push_back(record);
    return true;
  }
  memory.reserve(record.size());  // what is in it never moves
  for (std::size_t i = 0;; ++i) {
    if (i < record.size() && record[i] == '"') {
      const std::size_t begin = memory.size();
      for (++i;; ++i) {
        const std::size_t quote = record.find('"', i);
        if (quote == std::string_view::npos) return false;
        memory += record.substr(i, quote - i);
        i = quote + 1;
        if (i >= record.size() || record[i] != '"') break;
        memory += '"';
      }
      fields.push_back(std::string_view(memory).substr(begin));
      if (i < record.size() && record[i] != delimiter) return false;
    } else {
      const std::size_t end = std::min(record.find(delimiter, i), record.size());
      fields.push_back(record.substr(i, end - i));
      i = end;
    }
    if (i >= record.size()) return true;
  }
}

CsvValue read_csv_value(std::string_view text, char delimiter, double& number) {
  text = trim(text);
  if (text.empty()) return CsvValue::missing;
  std::string_view digits = text;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') digits.remove_prefix(1);
  std::optional<CsvValue> value = read_decimal(digits, number);
  if (!value && delimiter == ';') value = read_decimal_comma(digits, number);
  if (value) return *value;
  if (equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false")) {
    number = text.size() == 4 ? 1 : 0;
    return CsvValue::number;
  }
  return is_missing(text) ? CsvValue::missing : CsvValue::text;
}

}  // namespace retimu
