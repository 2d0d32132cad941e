// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/csv_decoder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

namespace retimu {

namespace {

constexpr std::size_t columns_of_record_max = 4'096;
constexpr std::array<char, 4> delimiters = {',', ';', '\t', '|'};
constexpr std::array<std::string_view, 10> missing_words = {"",    "NA",   "N/A",  "NaN", "nan",
                                                            "NULL", "null", "None", "-",  "?"};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_missing(std::string_view text) {
  return std::ranges::find(missing_words, text) != missing_words.end();
}

enum class Read : std::uint8_t { number, missing, text };

// Infinities and NaN count as missing.
Read read_number(std::string_view text, char delimiter, double& value) {
  text = trim(text);
  if (text.empty()) return Read::missing;
  if (text.front() == '+') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) return Read::missing;
  if (error == std::errc() && at == end) {
    return std::isfinite(value) ? Read::number : Read::missing;
  }
  if (delimiter == ';' && text.size() < 64 && std::ranges::count(text, ',') == 1) {
    std::array<char, 64> copy;
    std::ranges::copy(text, copy.begin());
    std::replace(copy.begin(), copy.begin() + static_cast<std::ptrdiff_t>(text.size()), ',', '.');
    const char* const copy_end = copy.data() + text.size();
    const auto [copy_at, copy_error] = std::from_chars(copy.data(), copy_end, value);
    if (copy_error == std::errc() && copy_at == copy_end) return Read::number;
  }
  if (equals_ignoring_case(text, "true") || equals_ignoring_case(text, "false")) {
    value = text.size() == 4 ? 1 : 0;
    return Read::number;
  }
  return is_missing(text) ? Read::missing : Read::text;
}

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(CsvLayout layout, Columns& columns) : layout_(std::move(layout)) {
    notes_ = layout_.notes;
    std::vector<std::size_t> fields(layout_.names.size());
    std::iota(fields.begin(), fields.end(), std::size_t{0});
    std::ranges::stable_sort(fields, {}, [&](std::size_t i) { return layout_.names[i]; });
    for (const std::size_t field : fields) {
      if (layout_.is_left_out[field]) continue;
      if (const std::optional<ColumnId> id = columns.intern(layout_.names[field])) {
        columns_.push_back({field, *id});
      } else {
        notes_.push_back(
            fmt::format("column \"{}\" is one too many and left out", layout_.names[field]));
      }
    }
  }

  void decode(const Record& record, Position position, std::uint64_t row, Batch& into) override {
    time_text_ = {};
    std::string reason = read(record, row);
    if (!reason.empty()) {
      reject(into, record, position, row, time_text_, reason);
      return;
    }
    append_event(into, entity_, time_, position, ids_, values_);
    if (into.keep_origins) into.origins.push_back({row, into.arena.copy(time_text_)});
  }
  const std::vector<std::string>& notes() const override { return notes_; }
  bool uses_rows() const override { return layout_.time == SIZE_MAX; }

 private:
  struct Column {
    std::size_t field;
    ColumnId id;
  };

  // Empty, or why the record is malformed.
  std::string read(const Record& record, std::uint64_t row) {
    if (record.is_too_long) return "longer than record_bytes_max";
    if (record.is_open) return "a quote is not closed";
    if (record.text.find('\0') != std::string_view::npos) return "has a zero byte";
    if (!split_csv(record.text, layout_.delimiter, fields_, memory_)) return "a quote is misplaced";
    if (layout_.time < fields_.size()) time_text_ = fields_[layout_.time];
    if (fields_.size() != layout_.names.size()) {
      return fmt::format("has {} fields, the first record has {}", fields_.size(),
                         layout_.names.size());
    }
    if (layout_.time == SIZE_MAX) {
      time_ = static_cast<Time>(row) * second;
    } else {
      const std::optional<Time> time = parse_time(trim(time_text_));
      if (!time) return "its time cannot be read";
      time_ = *time;
    }
    if (!join_entity()) return "no entity in the record";
    ids_.clear();
    values_.clear();
    for (const Column& column : columns_) {
      double value = 0;
      if (read_number(fields_[column.field], layout_.delimiter, value) != Read::number) continue;
      ids_.push_back(column.id);
      values_.push_back(value);
    }
    return {};
  }

  bool join_entity() {
    entity_.clear();
    if (layout_.entity.empty()) {
      entity_ = entity_of_all;
      return true;
    }
    for (const std::size_t field : layout_.entity) {
      const std::string_view part = trim(fields_[field]);
      if (part.empty()) return false;
      if (!entity_.empty()) entity_ += '/';
      entity_ += part;
    }
    constexpr std::size_t entity_bytes_max = 1'024;
    return entity_.size() <= entity_bytes_max;
  }

  CsvLayout layout_;
  std::vector<Column> columns_;  // in the order of names
  std::vector<std::string_view> fields_;
  std::string memory_;           // of fields with doubled quotes
  std::string entity_;
  Time time_ = 0;
  std::string_view time_text_;
  std::vector<ColumnId> ids_;
  std::vector<double> values_;
  std::vector<std::string> notes_;
};

// The delimiter that gives the first record the most fields, the second one as many; a tie goes to the first of the list.
char find_delimiter(const std::vector<std::string>& sample) {
  std::vector<std::string_view> fields;
  std::string memory;
  char best = ',';
  std::size_t most = 1;
  for (const char delimiter : delimiters) {
    if (!split_csv(sample[0], delimiter, fields, memory)) continue;
    const std::size_t count = fields.size();
    if (count <= most) continue;
    const bool is_same = sample.size() < 2 ||
                         (split_csv(sample[1], delimiter, fields, memory) && fields.size() == count);
    if (!is_same) continue;
    best = delimiter;
    most = count;
  }
  return best;
}

bool is_time(std::string_view text) { return parse_time(trim(text)).has_value(); }

// By name, else the first field whose first value is an ISO time.
std::size_t find_time(const std::vector<std::string>& names,
                      const std::vector<std::string>& first) {
  for (const std::string_view usual : usual_time_names()) {
    for (std::size_t i = 0; i < names.size() && i < first.size(); ++i) {
      if (equals_ignoring_case(names[i], usual) && is_time(first[i])) return i;
    }
  }
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (parse_iso_time(trim(first[i])) && trim(first[i]).size() >= 10) return i;
  }
  return SIZE_MAX;
}

// Names are made unique: a second "load" becomes "load_2".
std::vector<std::string> make_names(const std::vector<std::string>& fields, bool has_header) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string name(has_header ? trim(fields[i]) : std::string_view());
    if (name.empty()) name = fmt::format("column_{}", i + 1);
    const std::string base = name;
    for (std::size_t copy = 2; !seen.insert(name).second; ++copy) {
      name = fmt::format("{}_{}", base, copy);
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> split_to_texts(std::string_view record, char delimiter) {
  std::vector<std::string_view> fields;
  std::string memory;
  (void)split_csv(record, delimiter, fields, memory);
  return {fields.begin(), fields.end()};
}

// A column whose first value that is not missing is a text.
bool begins_as_text(const std::vector<std::vector<std::string>>& rows, std::size_t field,
                    char delimiter) {
  for (const std::vector<std::string>& row : rows) {
    if (field >= row.size()) continue;
    double value = 0;
    const Read read = read_number(row[field], delimiter, value);
    if (read != Read::missing) return read == Read::text;
  }
  return false;
}

}  // namespace

bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
               std::string& memory) {
  fields.clear();
  memory.clear();
  if (std::memchr(record.data(), '"', record.size()) == nullptr) {
    for (;;) {
      const void* at = std::memchr(record.data(), delimiter, record.size());
      if (at == nullptr) break;
      const auto end = static_cast<std::size_t>(static_cast<const char*>(at) - record.data());
      fields.push_back(record.substr(0, end));
      record.remove_prefix(end + 1);
    }
    fields.push_back(record);
    return true;
  }
  memory.reserve(record.size());  // what is in it never moves
  std::size_t i = 0;
  for (;;) {
    if (i < record.size() && record[i] == '"') {
      const std::size_t begin = memory.size();
      for (++i;; ++i) {
        if (i >= record.size()) return false;
        if (record[i] == '"') {
          if (i + 1 >= record.size() || record[i + 1] != '"') break;
          ++i;
        }
        memory += record[i];
      }
      fields.push_back(std::string_view(memory).substr(begin));
      ++i;
      if (i < record.size() && record[i] != delimiter) return false;
    } else {
      const std::size_t end = std::min(record.find(delimiter, i), record.size());
      fields.push_back(record.substr(i, end - i));
      i = end;
    }
    if (i >= record.size()) return true;
    ++i;
  }
}

Result<CsvLayout> find_csv_layout(const DecoderOptions& options,
    const std::vector<std::string>& ignore_if_present, std::string_view path,
                                  const std::vector<std::string>& sample) {
  CsvLayout layout;
  layout.delimiter = options.delimiter != '\0' ? options.delimiter : find_delimiter(sample);
  std::vector<std::vector<std::string>> rows;
  for (const std::string& record : sample) rows.push_back(split_to_texts(record, layout.delimiter));
  if (rows[0].size() > columns_of_record_max) {
    return failure(Fault::input, "{}: the first record has {} fields, more than {}", path,
                   rows[0].size(), columns_of_record_max);
  }
  layout.has_header = std::ranges::any_of(rows[0], [&](const std::string& field) {
    double value = 0;
    return read_number(field, layout.delimiter, value) == Read::text && !is_time(field);
  });
  layout.names = make_names(rows[0], layout.has_header);
  if (layout.has_header) rows.erase(rows.begin());

  const auto field_of = [&](const std::string& name) {
    const auto at = std::ranges::find(layout.names, name);
    return static_cast<std::size_t>(at - layout.names.begin());
  };
  layout.is_left_out.assign(layout.names.size(), false);
  if (options.time.empty()) {
    if (!rows.empty()) layout.time = find_time(layout.names, rows[0]);
  } else if (options.time != "row") {
    layout.time = field_of(options.time);
    if (layout.time == layout.names.size()) {
      return tl::unexpected(unknown_column(path, options.time, "time", layout.names));
    }
  }
  if (layout.time != SIZE_MAX) layout.is_left_out[layout.time] = true;
  for (const std::string& name : options.entity) {
    const std::size_t field = field_of(name);
    if (field == layout.names.size()) {
      return tl::unexpected(unknown_column(path, name, "entity", layout.names));
    }
    layout.entity.push_back(field);
    layout.is_left_out[field] = true;
  }
  for (const std::string& name : options.ignore) {
    const std::size_t field = field_of(name);
    if (field == layout.names.size()) {
      return tl::unexpected(unknown_column(path, name, "ignore", layout.names));
    }
    layout.is_left_out[field] = true;
  }
  for (const std::string& name : ignore_if_present) {
    const std::size_t field = field_of(name);
    if (field < layout.names.size()) layout.is_left_out[field] = true;
  }
  for (std::size_t field = 0; field < layout.names.size(); ++field) {
    if (layout.is_left_out[field] || !begins_as_text(rows, field, layout.delimiter)) continue;
    layout.is_left_out[field] = true;
    layout.notes.push_back(
        fmt::format("column \"{}\" is text and left out", layout.names[field]));
  }
  return layout;
}

std::unique_ptr<Decoder> make_csv_decoder(CsvLayout layout, Columns& columns) {
  return std::make_unique<CsvDecoder>(std::move(layout), columns);
}

}  // namespace retimu
