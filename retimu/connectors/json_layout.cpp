// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/json_layout.hpp"

#include "retimu/connectors/alarm_fields.hpp"
#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/json_fields.hpp"
#include "retimu/core/parameters.hpp"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

namespace retimu {

namespace {

namespace ondemand = simdjson::ondemand;

std::string_view token_of(ondemand::value& value) {
  const std::string_view text = value.raw_json_token();
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// visit(path, value, is_object) of all fields of an object, and of the objects in it.
template <class Visit>
void walk(ondemand::object object, const std::string& prefix, std::size_t depth,
          const Visit& visit) {
  for (auto field : object) {
    std::string_view name;
    ondemand::value value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return;
    const std::string path = depth == 1 ? std::string(name) : fmt::format("{}/{}", prefix, name);
    if (field.value().get(value) != simdjson::SUCCESS) return;
    ondemand::object inner;
    const bool is_object = value.get_object().get(inner) == simdjson::SUCCESS;
    visit(path, value, is_object);
    if (is_object && depth < json_depth_max) walk(inner, path, depth + 1, visit);
  }
}

// The same of every record of the sample; begin() before each.
template <class Begin, class Visit>
void walk_all(const std::vector<std::string>& sample, const Begin& begin, const Visit& visit) {
  ondemand::parser parser;
  for (const std::string& text : sample) {
    const simdjson::padded_string padded(text);
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) continue;
    if (document.get_object().get(object) != simdjson::SUCCESS) continue;
    begin();
    walk(object, "", 1, visit);
  }
}

// The paths of a sample, in the order in which they come.
class Paths {
 public:
  void add(const std::string& path, ondemand::value& value, bool is_object) {
    if (seen_.insert(path).second) names_.push_back(path);
    if (!is_object) note_kind(value, path);
  }
  const std::vector<std::string>& names() const { return names_; }
  bool has_time(const std::string& path) const { return times_.contains(path); }
  bool has_text(const std::string& path) const { return texts_.contains(path); }
  const std::set<std::string>& numbers() const { return numbers_; }  // or true and false

 private:
  void note_kind(ondemand::value& value, const std::string& path) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return;
    if (type == ondemand::json_type::string) texts_.insert(path);
    if (type == ondemand::json_type::number || type == ondemand::json_type::boolean) {
      numbers_.insert(path);
    }
    if (holds_time(value)) times_.insert(path);
  }
  static bool holds_time(ondemand::value& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) text = token_of(value);
    // One that cannot be read is refused later, with a reason.
    return parse_time(text).has_value() || resembles_date(text);
  }

  std::vector<std::string> names_;
  std::set<std::string> seen_, times_, texts_, numbers_;
};

Paths read_paths(const std::vector<std::string>& sample) {
  Paths paths;
  walk_all(
      sample, [] {},
      [&](const std::string& path, ondemand::value& value, bool is_object) {
        paths.add(path, value, is_object);
      });
  return paths;
}

SampleCell cell_of(ondemand::value& value) {
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return {};
  std::string_view text;
  switch (type) {
    case ondemand::json_type::string:
      if (value.get_string().get(text) == simdjson::SUCCESS) return {std::string(trim(text))};
      return {};
    case ondemand::json_type::number:
    case ondemand::json_type::boolean: return {std::string(token_of(value)), true};
    default: return {};
  }
}

SampleTable read_table(const std::vector<std::string>& sample,
                       const std::vector<std::string>& names) {
  SampleTable table{names, {}};
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], i);
  walk_all(
      sample, [&] { table.rows.emplace_back(names.size()); },
      [&](const std::string& path, ondemand::value& value, bool is_object) {
        if (!is_object) table.rows.back()[places.at(path)] = cell_of(value);
      });
  return table;
}

// Of the names in their order the first that a field at the outermost place has, whatever its case.
template <class Fits>
std::string find_usual(std::span<const std::string_view> usual_names, const Paths& paths,
                       const Fits& fits) {
  for (const std::string_view usual : usual_names) {
    for (const std::string& name : paths.names()) {
      if (equals_ignoring_case(name, usual) && fits(name)) return name;
    }
  }
  return {};
}

// What only some records have may come later: then it is noted, unless another name is much like
// it.
Result<void> check_names(const DecoderOptions& options, std::string_view path,
                         const std::vector<std::string>& names, std::vector<std::string>& notes) {
  if (names.empty()) return {};
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto check = [&](std::string_view option, const std::string& name) -> Result<void> {
    if (std::ranges::find(names, json_path(name)) != names.end()) return {};
    return tl::unexpected(unknown_column(path, option, name, names));
  };
  const auto look_for = [&](std::string_view option, const std::string& name) -> Result<void> {
    Result<void> found = name.empty() ? Result<void>() : check(option, name);
    if (found || !nearest(name, known).empty()) return found;
    notes.push_back(
        fmt::format("{} \"{}\" is not in the first records; it may come later", option, name));
    return {};
  };
  Result<void> checked;
  for (const std::string& name : options.entity) {
    if (checked) checked = check("entity", name);
  }
  for (const std::string& name : options.ignore) {
    if (checked) checked = check("ignore", name);
  }
  if (checked) checked = look_for("message", options.message);
  if (checked) checked = look_for("level", options.level);
  if (checked) checked = look_for("alarm", options.alarm);
  if (checked) checked = look_for("severity", options.severity);
  if (checked) checked = look_for("state", options.state);
  if (checked && !options.time.empty() && options.time != "row") {
    checked = check("time", options.time);
  }
  return checked;
}

// The message of records that are those of a log, though nobody said so: they have no number but in
// these fields.
std::string find_message(const Paths& paths, const std::vector<std::string>& others) {
  const auto counts = [&](const std::string& number) {
    return std::ranges::count(others, number) == 0;
  };
  if (std::ranges::any_of(paths.numbers(), counts)) return {};
  return find_usual(usual_message_names(), paths,
                    [&](const std::string& name) { return paths.has_text(name); });
}

// Fills in what makes a record an alarm. False if the whole sample is alarms.
bool find_alarms(const DecoderOptions& options, const std::vector<std::string>& sample,
                 const Paths& paths, std::vector<std::string>& others, JsonLayout& layout) {
  if (!may_have_alarms(options, paths.names())) return true;
  DecoderOptions asked = options;
  for (std::string* name : {&asked.alarm, &asked.severity, &asked.state, &asked.message}) {
    *name = json_path(*name);
  }
  const SampleTable table = read_table(sample, paths.names());
  const AlarmFields found = find_alarm_fields(asked, table, others);
  if (found.alarm.empty()) return true;
  layout.alarm = found.alarm;
  layout.severity = found.severity;
  layout.state = found.state;
  layout.message = found.message;
  if (found.is_found) layout.notes.push_back(alarms_note(found, "jsonl"));
  others.insert(others.end(), {found.alarm, found.severity, found.state});
  const auto at =
      static_cast<std::size_t>(std::ranges::find(table.names, found.alarm) - table.names.begin());
  return at == table.names.size() ||
         !std::ranges::all_of(table.rows, [&](const std::vector<SampleCell>& row) {
           return holds_alarm(row[at].text);
         });
}

}  // namespace

Result<JsonLayout> find_json_layout(const DecoderOptions& options, std::string_view path,
                                    const std::vector<std::string>& sample) {
  const Paths paths = read_paths(sample);
  JsonLayout layout;
  if (Result<void> checked = check_names(options, path, paths.names(), layout.notes); !checked) {
    return tl::unexpected(checked.error());
  }
  if (options.time.empty()) {
    layout.time = find_usual(usual_time_names(), paths,
                             [&](const std::string& name) { return paths.has_time(name); });
  } else if (options.time != "row") {
    layout.time = json_path(options.time);
  }
  std::vector<std::string> others = {layout.time};
  for (const std::string& name : options.entity) others.push_back(json_path(name));
  layout.message = json_path(options.message);
  layout.has_log_lines = !options.message.empty();
  const bool has_others = find_alarms(options, sample, paths, others, layout);
  if (has_others && options.message.empty() && options.may_find_kind) {
    const std::string message = find_message(paths, others);
    layout.has_log_lines = !message.empty();
    if (layout.has_log_lines) {
      layout.message = message;
      layout.notes.push_back(fmt::format(
          "is read as a log: field \"{}\" holds messages; with format = \"jsonl\" it is not",
          message));
    }
  }
  layout.level = json_path(options.level);
  if (options.level.empty()) {
    layout.level = find_usual(usual_level_names(), paths,
                              [&](const std::string& name) { return paths.has_text(name); });
  }
  if (!layout.has_log_lines) layout.level.clear();
  return layout;
}

}  // namespace retimu
