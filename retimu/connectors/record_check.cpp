// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/record_check.hpp"

#include "retimu/connectors/csv_layout.hpp"
#include "retimu/connectors/csv_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace retimu {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr int depth_max = 1'024;
constexpr std::size_t kept_line_bytes = 64UL * 1024;

constexpr std::string_view too_long = "the line is too long";
constexpr std::string_view zero_byte = "it holds a zero byte";
constexpr std::string_view no_object = "it is no JSON object";
constexpr std::string_view no_csv = "a quote is not closed on its line, or text follows it";
constexpr std::string_view other_fields = "it has not as many fields as the header";

bool is_blank(std::string_view text) { return text.find_first_not_of(blanks) == std::string::npos; }

// A number, also one beyond the range of double, or a word that stands for a value.
bool is_value_token(std::string_view token) {
  token = token.substr(0, token.find_last_not_of(blanks) + 1);
  for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity", "-Infinity"}) {
    if (token == word) return true;
  }
  double number = 0;
  const char* end = token.data() + token.size();
  const auto [at, error] = std::from_chars(token.data(), end, number);
  return error != std::errc::invalid_argument && at == end;
}

bool is_good_value(ondemand::value value, int depth);

bool is_good_object(ondemand::object object, int depth) {
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    if (field.value().get(value) != simdjson::SUCCESS || !is_good_value(value, depth)) return false;
  }
  return true;
}

bool is_good_value(ondemand::value value, int depth) {
  ondemand::json_type type{};
  if (depth > depth_max || value.type().get(type) != simdjson::SUCCESS) {
    return depth <= depth_max && is_value_token(value.raw_json_token());
  }
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object object;
      return value.get_object().get(object) == simdjson::SUCCESS &&
             is_good_object(object, depth + 1);
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS) return false;
      for (auto element : array) {
        ondemand::value inner;
        if (element.get(inner) != simdjson::SUCCESS || !is_good_value(inner, depth + 1)) {
          return false;
        }
      }
      return true;
    }
    case ondemand::json_type::string: {
      std::string_view text;
      return value.get_string().get(text) == simdjson::SUCCESS;
    }
    default: return is_value_token(value.raw_json_token());
  }
}

}  // namespace

struct RecordCheck::Memory {
  simdjson::dom::parser parser;
  ondemand::parser lenient;
  std::vector<std::string_view> fields;
  std::string unquoted;
};

// One body. simdjson may read `SIMDJSON_PADDING` bytes behind any part of it.
struct RecordCheck::Task {
  Memory& memory;
  std::size_t line_bytes_max;
  std::string_view text;
  CheckedRecords found;

  void accept(std::string_view record) {
    found.bytes.append(record).push_back('\n');
    ++found.accepted;
  }
  void reject(std::uint64_t line, std::string_view reason) {
    ++found.rejected;
    if (found.errors.size() < CheckedRecords::errors_max) found.errors.push_back({line, reason});
  }

  // look(line, number) for each, without its end.
  template <class Look>
  static void each_line(std::string_view lines, Look look) {
    for (std::uint64_t number = 1; !lines.empty(); ++number) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      std::string_view line = lines.substr(0, end);
      while (line.ends_with('\r')) line.remove_suffix(1);
      look(line, number);
      lines.remove_prefix(std::min(end + 1, lines.size()));
    }
  }

  // The parser that is faster knows only numbers of JSON and of double. Both take memory of some
  // ten times what they read.
  bool is_object(std::string_view json) const {
    if (json.size() > line_bytes_max) return false;
    simdjson::dom::element strict;
    if (memory.parser.parse(json.data(), json.size(), false).get(strict) == simdjson::SUCCESS) {
      return strict.is_object();
    }
    ondemand::document document;
    ondemand::object object;
    return memory.lenient
                   .iterate(simdjson::padded_string_view(json.data(), json.size(),
                                                         json.size() + simdjson::SIMDJSON_PADDING))
                   .get(document) == simdjson::SUCCESS &&
           document.get_object().get(object) == simdjson::SUCCESS && is_good_object(object, 0) &&
           document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  void look_at_json(std::string_view line, std::uint64_t number) {
    if (line.size() > line_bytes_max) return reject(number, too_long);
    if (!is_object(line)) return reject(number, no_object);
    accept(line);
  }

  // What lies between the outermost brackets of a list without blanks, cut where a comma stands at
  // its own level. Where quotes or brackets do not match, a part of it is no object.
  template <class Look>
  static void each_element(std::string_view list, Look look) {
    std::uint64_t number = 0;
    std::size_t begin = 1;
    int depth = 0;
    bool is_quoted = false;
    for (std::size_t i = 1; i < list.size(); ++i) {
      const char c = list[i];
      if (is_quoted) {
        if (c == '\\') ++i;
        if (c == '"') is_quoted = false;
      } else if (c == '"') {
        is_quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && depth > 0) {
        --depth;
      } else if (depth == 0 && (c == ',' || c == ']')) {
        if (i > begin || c == ',' || number > 0) look(list.substr(begin, i - begin), ++number);
        begin = i + 1;
        if (c == ']') return;
      }
    }
    look(list.substr(std::min(begin, list.size())), ++number);
  }

  // Without the blanks between its parts, in `to`. Empty: it is no JSON.
  static std::string_view compact(std::string_view json, std::string& to) {
    to.assign(json.size() + simdjson::SIMDJSON_PADDING, ' ');
    std::size_t bytes = 0;
    const bool is_done =
        simdjson::minify(json.data(), json.size(), to.data(), bytes) == simdjson::SUCCESS;
    return std::string_view(to).substr(0, is_done ? bytes : 0);
  }

  // One object on several lines, or an array; false, and nothing done: it is neither.
  bool take_document() {
    std::string memory_of_json;
    const std::string_view json = compact(trim_document(), memory_of_json);
    if (json.starts_with('[') && json.ends_with(']')) {
      each_element(
          json, [&](std::string_view part, std::uint64_t number) { look_at_json(part, number); });
      return true;
    }
    if (!json.starts_with('{') || !is_object(json)) return false;
    accept(json);
    return true;
  }

  std::string_view trim_document() const {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
  }

  bool has_object_first() const {
    const std::string_view document = trim_document();
    const std::size_t end = std::min(document.find('\n'), document.size());
    return document.starts_with('{') && is_object(document.substr(0, end));
  }

  void take_json() {
    found.format = RecordFormat::jsonl;
    if (!has_object_first() && take_document()) return;
    each_line(text, [&](std::string_view line, std::uint64_t number) {
      if (!is_blank(line)) look_at_json(line, number);
    });
  }

  void take_csv() {
    found.format = RecordFormat::csv;
    std::vector<std::string> first;
    each_line(text.substr(0, line_bytes_max), [&](std::string_view line, std::uint64_t) {
      if (first.size() < 2 && !is_blank(line)) first.emplace_back(line);
    });
    if (first.empty()) return;
    const char delimiter = find_csv_delimiter(first);
    std::size_t fields = 0;
    each_line(text, [&](std::string_view line, std::uint64_t number) {
      if (is_blank(line)) return;
      if (line.size() > line_bytes_max) return reject(number, too_long);
      if (line.find('\0') != std::string_view::npos) return reject(number, zero_byte);
      if (!split_csv(line, delimiter, memory.fields, memory.unquoted)) {
        return reject(number, no_csv);
      }
      if (fields == 0) {
        fields = memory.fields.size();
        found.bytes.append(line).push_back('\n');
      } else if (memory.fields.size() != fields) {
        reject(number, other_fields);
      } else {
        accept(line);
      }
    });
  }

  void take_lines() {
    each_line(text, [&](std::string_view line, std::uint64_t number) {
      if (line.size() > line_bytes_max) return reject(number, too_long);
      if (line.find('\0') != std::string_view::npos) return reject(number, zero_byte);
      accept(line);
      if (is_blank(line)) --found.accepted;
    });
  }

  // "{" and a name or an end, "[{" or "[]" alone: a line of a log may begin with a bracket, but
  // hardly so.
  bool resembles_json() const {
    const std::string_view document = trim_document();
    if (document.empty() || (document[0] != '{' && document[0] != '[')) return false;
    const std::size_t next = std::min(document.find_first_not_of(blanks, 1), document.size() - 1);
    if (document[0] == '{') return document[next] == '"' || document[next] == '}';
    return document[next] == '{' || (document[next] == ']' && next + 1 == document.size());
  }

  void take_any() {
    if (resembles_json()) return take_json();
    found.format = RecordFormat::automatic;
    take_lines();
  }
};

RecordCheck::RecordCheck(std::size_t line_bytes_max)
    : line_bytes_max_(line_bytes_max), memory_(std::make_unique<Memory>()) {}

RecordCheck::~RecordCheck() = default;

CheckedRecords RecordCheck::check(RecordFormat format, std::string body) {
  const std::size_t size = body.size();
  body.append(simdjson::SIMDJSON_PADDING, ' ');
  std::string_view text = std::string_view(body).substr(0, size);
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Task task{*memory_, line_bytes_max_, text, {}};
  task.found.bytes.reserve(size + 1);
  task.found.format = format;
  switch (format) {
    case RecordFormat::jsonl: task.take_json(); break;
    case RecordFormat::csv: task.take_csv(); break;
    case RecordFormat::log: task.take_lines(); break;
    case RecordFormat::automatic: task.take_any(); break;
  }
  if (task.found.accepted == 0) task.found.bytes.clear();
  if (memory_->parser.capacity() > kept_line_bytes) memory_ = std::make_unique<Memory>();
  return std::move(task.found);
}

}  // namespace retimu
