// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/csv_layout.hpp"

#include "retimu/connectors/alarm_fields.hpp"
#include "retimu/connectors/csv_text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace retimu {

namespace {

using Fields = std::vector<std::string>;

bool is_time(std::string_view text) { return parse_time(trim(text)).has_value(); }

bool is_text(std::string_view field, char delimiter) {
  double number = 0;
  return read_csv_value(field, delimiter, number) == CsvValue::text && !is_time(field);
}

bool is_missing(std::string_view field, char delimiter) {
  double number = 0;
  return read_csv_value(field, delimiter, number) == CsvValue::missing;
}

Fields split(std::string_view record, char delimiter) {
  std::vector<std::string_view> fields;
  std::string memory;
  (void)split_csv(record, delimiter, fields, memory);
  return {fields.begin(), fields.end()};
}

bool is_named(std::string_view field, const DecoderOptions& options) {
  const std::string name(trim(field));
  return name == options.time || std::ranges::count(options.entity, name) > 0 ||
         std::ranges::count(options.ignore, name) > 0 ||
         (!name.empty() && (name == options.message || name == options.alarm));
}

// A record of text alone is a header; so is one that has a text where the next one has a number or
// time, or a name that the options ask for.
bool is_header(const std::vector<Fields>& rows, const DecoderOptions& options, char delimiter) {
  bool has_text = false, is_all_text = true;
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    const std::string& field = rows[0][i];
    if (trim(field).empty()) continue;
    if (is_named(field, options)) return true;
    if (!is_text(field, delimiter)) {
      is_all_text = false;
      continue;
    }
    has_text = true;
    if (rows.size() > 1 && i < rows[1].size() && !is_text(rows[1][i], delimiter) &&
        !is_missing(rows[1][i], delimiter)) {
      return true;
    }
  }
  return has_text && is_all_text;
}

Fields make_names(const Fields& fields, bool has_header) {
  Fields names;
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

// By field, the first value that is not missing; empty if all are. Records that are too short are
// malformed and say nothing.
Fields first_values(const std::vector<Fields>& rows, std::size_t count, char delimiter) {
  Fields values(count);
  for (const Fields& row : rows) {
    for (std::size_t i = 0; i < count && row.size() >= count; ++i) {
      if (values[i].empty() && !is_missing(row[i], delimiter)) values[i] = row[i];
    }
  }
  return values;
}

bool is_called_time(std::string_view name) {
  return std::ranges::any_of(usual_time_names(), [&](std::string_view usual) {
    return equals_ignoring_case(name, usual);
  });
}

bool is_date(std::string_view text) {
  return parse_iso_time(text) || parse_written_time(text) || find_date_order(text);
}

// By name, else the first field with a date.
std::size_t find_time(const Fields& names, const Fields& first) {
  for (const std::string_view usual : usual_time_names()) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (equals_ignoring_case(names[i], usual) && is_time(first[i])) return i;
    }
  }
  const auto date =
      std::ranges::find_if(first, [](const std::string& value) { return is_date(trim(value)); });
  return date == first.end() ? CsvLayout::no_field : static_cast<std::size_t>(date - first.begin());
}

class Finder {
 public:
  Finder(CsvLayout& layout, std::string_view path) : layout_(layout), path_(path) {}

  Result<std::size_t> field(std::string_view option, const std::string& name) const {
    const auto at = std::ranges::find(layout_.names, name);
    if (at != layout_.names.end()) return static_cast<std::size_t>(at - layout_.names.begin());
    return tl::unexpected(unknown_column(path_, option, name, layout_.names));
  }

  Result<void> time(const std::string& name, const Fields& first) {
    if (name == "row") return {};
    if (name.empty()) {
      layout_.time = find_time(layout_.names, first);
      if (layout_.time == CsvLayout::no_field) {
        layout_.notes.emplace_back(no_time_note);
        misses_time_ = true;
        return {};
      }
    } else {
      const Result<std::size_t> found = field("time", name);
      if (!found) return tl::unexpected(found.error());
      layout_.time = *found;
    }
    layout_.is_left_out[layout_.time] = true;
    return {};
  }

  Result<void> entity(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const Result<std::size_t> found = field("entity", name);
      if (!found) return tl::unexpected(found.error());
      layout_.entity.push_back(*found);
      layout_.is_left_out[*found] = true;
    }
    return {};
  }

  Result<void> message(const DecoderOptions& options) {
    if (options.message.empty()) return {};
    layout_.has_log_lines = true;
    Result<void> done = role("message", options.message, layout_.message);
    if (done && !options.level.empty()) done = role("level", options.level, layout_.level);
    if (!done) return done;
    for (std::size_t i = 0; i < layout_.names.size() && layout_.level == CsvLayout::no_field; ++i) {
      const auto is_name = [&](std::string_view usual) {
        return equals_ignoring_case(layout_.names[i], usual);
      };
      if (std::ranges::any_of(usual_level_names(), is_name)) layout_.level = i;
    }
    if (options.alarm.empty()) layout_.is_left_out.assign(layout_.names.size(), true);
    return {};
  }

  // Behind the others, whose fields hold nothing that alarms could lose.
  Result<void> alarm(const DecoderOptions& options, const std::vector<Fields>& rows) {
    if (!may_have_alarms(options, layout_.names)) return {};
    std::vector<std::string> others;
    for (std::size_t i = 0; i < layout_.names.size(); ++i) {
      if (layout_.is_left_out[i]) others.push_back(layout_.names[i]);
    }
    const AlarmFields found = find_alarm_fields(options, table_of(rows), others);
    if (found.alarm.empty()) return {};
    layout_.severity_order = options.severity_order;
    Result<void> done = role("alarm", found.alarm, layout_.alarm);
    if (done) done = role("severity", found.severity, layout_.severity);
    if (done) done = role("state", found.state, layout_.state);
    if (done) done = role("message", found.message, layout_.message);
    if (done && found.is_found) layout_.notes.push_back(alarms_note(found, "csv"));
    return done;
  }

  Result<void> ignored(const DecoderOptions& options) {
    for (const std::string& name : options.ignore) {
      const Result<std::size_t> found = field("ignore", name);
      if (!found) return tl::unexpected(found.error());
      layout_.is_left_out[*found] = true;
    }
    for (const std::string& name : options.ignore_if_present) {
      if (const Result<std::size_t> found = field("ignore", name)) {
        layout_.is_left_out[*found] = true;
      }
    }
    return {};
  }

  // A column is text if more of its values are than are numbers; a text among numbers is missing.
  void texts(const std::vector<Fields>& rows) {
    const std::size_t fields = layout_.names.size();
    for (std::size_t i = 0; i < fields; ++i) {
      if (layout_.is_left_out[i]) continue;
      std::size_t texts = 0, numbers = 0;
      for (const Fields& row : rows) {
        if (row.size() < fields) continue;
        double number = 0;
        const CsvValue value = read_csv_value(row[i], layout_.delimiter, number);
        texts += value == CsvValue::text ? 1 : 0;
        numbers += value == CsvValue::number ? 1 : 0;
      }
      if (texts <= numbers) continue;
      layout_.is_left_out[i] = true;
      if (misses_time_ && is_called_time(layout_.names[i])) {
        layout_.unread_time = std::min(layout_.unread_time, i);
      }
      if (layout_.notes.size() < notes_max) {
        layout_.notes.push_back(
            fmt::format("column \"{}\" is text and left out", layout_.names[i]));
      }
    }
  }

 private:
  // Sets the field's place, if there is a name.
  Result<void> role(std::string_view option, const std::string& name, std::size_t& place) {
    if (name.empty()) return {};
    const Result<std::size_t> found = field(option, name);
    if (!found) return tl::unexpected(found.error());
    place = *found;
    layout_.is_left_out[place] = true;
    return {};
  }
  SampleTable table_of(const std::vector<Fields>& rows) const {
    SampleTable table{layout_.names, {}};
    for (const Fields& row : rows) {
      if (row.size() < layout_.names.size()) continue;
      std::vector<SampleCell>& cells = table.rows.emplace_back();
      for (std::size_t i = 0; i < layout_.names.size(); ++i) {
        double number = 0;
        const CsvValue kind = read_csv_value(row[i], layout_.delimiter, number);
        const std::string_view text = kind == CsvValue::missing ? std::string_view() : trim(row[i]);
        cells.push_back({std::string(text), kind == CsvValue::number});
      }
    }
    return table;
  }

  CsvLayout& layout_;
  std::string_view path_;
  bool misses_time_ = false;  // it was to be found, and was not
};

}  // namespace

char find_csv_delimiter(const std::vector<std::string>& sample) {
  constexpr std::array<char, 4> delimiters = {',', ';', '\t', '|'};
  char best = ',';
  // Whether both records have as many fields, how many of the second can be read, how many there
  // are.
  std::tuple<bool, std::size_t, std::size_t> most{false, 0, 1};
  for (const char delimiter : delimiters) {
    const Fields first = split(sample[0], delimiter);
    if (first.size() < 2) continue;
    const Fields next = split(sample[sample.size() < 2 ? 0 : 1], delimiter);
    const auto readable = static_cast<std::size_t>(std::ranges::count_if(
        next, [&](const std::string& field) { return !is_text(field, delimiter); }));
    const std::tuple now{first.size() == next.size(), readable, first.size()};
    if (now <= most) continue;
    most = now;
    best = delimiter;
  }
  return best;
}

bool resembles_csv(const std::vector<std::string>& sample) {
  const char delimiter = find_csv_delimiter(sample);
  std::vector<std::size_t> numbers;
  for (const std::string& record : sample) {
    const Fields fields = split(record, delimiter);
    if (numbers.empty()) numbers.resize(fields.size());
    if (fields.size() < 2 || fields.size() != numbers.size()) return false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      double number = 0;
      const CsvValue value = read_csv_value(fields[i], delimiter, number);
      numbers[i] += value == CsvValue::number ? 1 : 0;
    }
  }
  return std::ranges::any_of(numbers, [&](std::size_t of) { return 2 * of >= sample.size(); });
}

Result<CsvLayout> find_csv_layout(const DecoderOptions& options, char delimiter,
                                  std::string_view path, const std::vector<std::string>& sample) {
  CsvLayout layout;
  layout.delimiter = delimiter;
  std::vector<Fields> rows;
  for (const std::string& record : sample) rows.push_back(split(record, layout.delimiter));
  if (rows[0].size() > columns_of_record_max) {
    return failure(Fault::input, "{}: the first record has {} fields, more than {}", path,
                   rows[0].size(), columns_of_record_max);
  }
  layout.has_header = is_header(rows, options, layout.delimiter);
  layout.names = make_names(rows[0], layout.has_header);
  layout.is_left_out.assign(layout.names.size(), false);
  if (layout.has_header) rows.erase(rows.begin());
  const Fields first = first_values(rows, layout.names.size(), layout.delimiter);

  Finder finder(layout, path);
  Result<void> found = finder.time(options.time, first);
  if (found) found = finder.entity(options.entity);
  if (found) found = finder.message(options);
  if (found) found = finder.ignored(options);
  if (found) found = finder.alarm(options, rows);
  if (!found) return tl::unexpected(found.error());
  finder.texts(rows);
  return layout;
}

}  // namespace retimu
