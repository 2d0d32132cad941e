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
      } else if (holds_time(value)) {
        times_.insert(path);
      }
    }
  }
  const std::vector<std::string>& names() const { return names_; }
  bool has_time(const std::string& path) const { return times_.contains(path); }

 private:
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
  std::set<std::string> seen_, times_;
};

}  // namespace

Result<std::string> find_json_time(const DecoderOptions& options, std::string_view path,
                                   const std::vector<std::string>& sample) {
  ondemand::parser parser;
  Paths paths;
  for (const std::string& text : sample) {
    const simdjson::padded_string padded(text);
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) continue;
    if (document.get_object().get(object) == simdjson::SUCCESS) paths.add(object, "", 1);
  }
  const std::vector<std::string>& names = paths.names();
  const auto is_missing = [&](const std::string& name) {
    return !names.empty() && std::ranges::find(names, json_path(name)) == names.end();
  };
  for (const std::string& name : options.entity) {
    if (is_missing(name)) return tl::unexpected(unknown_column(path, "entity", name, names));
  }
  for (const std::string& name : options.ignore) {
    if (is_missing(name)) return tl::unexpected(unknown_column(path, "ignore", name, names));
  }
  if (options.time == "row") return std::string();
  if (!options.time.empty()) {
    if (!is_missing(options.time)) return json_path(options.time);
    return tl::unexpected(unknown_column(path, "time", options.time, names));
  }
  for (const std::string_view usual : usual_time_names()) {
    for (const std::string& name : names) {
      if (equals_ignoring_case(name, usual) && paths.has_time(name)) return name;
    }
  }
  return std::string();
}

}  // namespace retimu
