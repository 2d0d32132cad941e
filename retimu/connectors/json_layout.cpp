// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/json_layout.hpp"

#include "retimu/connectors/json_fields.hpp"

#include <simdjson.h>

#include <algorithm>
#include <set>

namespace retimu {

namespace {

namespace ondemand = simdjson::ondemand;

// The paths of a sample, in the order in which they come.
class Paths {
 public:
  void add(ondemand::object object, const std::string& prefix, std::size_t depth) {
    for (auto field : object) {
      std::string_view name;
      ondemand::value value;
      if (field.unescaped_key().get(name) != simdjson::SUCCESS) return;
      const std::string path = depth == 1 ? std::string(name) : fmt::format("{}/{}", prefix, name);
      if (field.value().get(value) != simdjson::SUCCESS) return;
      if (seen_.insert(path).second) names_.push_back(path);
      ondemand::object inner;
      if (value.get_object().get(inner) == simdjson::SUCCESS) {
        if (depth < json_depth_max) add(inner, path, depth + 1);
      } else {
        note_kind(value, path);
      }
    }
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
    if (value.get_string().get(text) != simdjson::SUCCESS) {
      text = value.raw_json_token();
      text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    }
    // One that cannot be read is refused later, with a reason.
    return parse_time(text).has_value() || resembles_date(text);
  }

  std::vector<std::string> names_;
  std::set<std::string> seen_, times_, texts_, numbers_;
};

Paths read_paths(const std::vector<std::string>& sample) {
  ondemand::parser parser;
  Paths paths;
  for (const std::string& text : sample) {
    const simdjson::padded_string padded(text);
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) continue;
    if (document.get_object().get(object) == simdjson::SUCCESS) paths.add(object, "", 1);
  }
  return paths;
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

Result<void> check_names(const DecoderOptions& options, std::string_view path,
                         const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const auto check = [&](std::string_view option, const std::string& name) -> Result<void> {
    if (std::ranges::find(names, json_path(name)) != names.end()) return {};
    return tl::unexpected(unknown_column(path, option, name, names));
  };
  Result<void> checked;
  for (const std::string& name : options.entity) {
    if (checked) checked = check("entity", name);
  }
  for (const std::string& name : options.ignore) {
    if (checked) checked = check("ignore", name);
  }
  if (checked && !options.message.empty()) checked = check("message", options.message);
  if (checked && !options.level.empty()) checked = check("level", options.level);
  if (checked && !options.time.empty() && options.time != "row") {
    checked = check("time", options.time);
  }
  return checked;
}

// The message of records that are those of a log, though nobody said so.
std::string find_message(const DecoderOptions& options, const Paths& paths,
                         const std::string& time) {
  for (const std::string& number : paths.numbers()) {
    const bool is_entity = std::ranges::any_of(
        options.entity, [&](const std::string& name) { return json_path(name) == number; });
    if (number != time && !is_entity) return {};
  }
  return find_usual(usual_message_names(), paths,
                    [&](const std::string& name) { return paths.has_text(name); });
}

}  // namespace

Result<JsonLayout> find_json_layout(const DecoderOptions& options, std::string_view path,
                                    const std::vector<std::string>& sample) {
  const Paths paths = read_paths(sample);
  if (Result<void> checked = check_names(options, path, paths.names()); !checked) {
    return tl::unexpected(checked.error());
  }
  JsonLayout layout;
  if (options.time.empty()) {
    layout.time = find_usual(usual_time_names(), paths,
                             [&](const std::string& name) { return paths.has_time(name); });
  } else if (options.time != "row") {
    layout.time = json_path(options.time);
  }
  layout.message = json_path(options.message);
  if (options.message.empty() && options.may_be_log) {
    layout.message = find_message(options, paths, layout.time);
    layout.is_message_found = !layout.message.empty();
  }
  layout.level = json_path(options.level);
  if (options.level.empty()) {
    layout.level = find_usual(usual_level_names(), paths,
                              [&](const std::string& name) { return paths.has_text(name); });
  }
  if (layout.message.empty()) layout.level.clear();
  return layout;
}

}  // namespace retimu
