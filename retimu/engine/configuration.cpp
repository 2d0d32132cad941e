// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration.hpp"

#include "retimu/connectors/catalogue.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/configuration_maintenance.hpp"
#include "retimu/engine/configuration_rules.hpp"
#include "retimu/engine/configuration_server.hpp"
#include "retimu/engine/configuration_sources.hpp"
#include "retimu/engine/configuration_topology.hpp"
#include "retimu/engine/time_zone.hpp"
#include "retimu/engine/toml_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

namespace retimu {

namespace {

constexpr std::size_t configuration_bytes_max = 16UL * 1024 * 1024;

// Reads one section after another into a Configuration.
class Reader {
 public:
  Reader(std::string_view name, Configuration& to) : toml_(name), to_(to) {}
  Result<void> read(const toml::table& root);

 private:
  Result<void> read_pipeline(const toml::table& from);
  Result<void> read_source(const toml::table& from) {
    return retimu::read_source(toml_, from, to_);
  }
  Result<void> read_columns(const toml::table& from);
  Result<void> read_detectors(const toml::table& from);
  Result<void> read_parameters(DetectorConfiguration& to, const toml::node& node);
  Result<void> read_alerts(const toml::table& from);
  Result<void> read_limits(const toml::table& from);
  Result<void> read_sink(const toml::table& from);
  Result<void> read_maintenance(const toml::table& from) {
    return retimu::read_maintenance(toml_, from, to_.maintenance);
  }
  Result<void> read_topology(const toml::table& from) {
    return retimu::read_topology(toml_, from, to_.topology);
  }
  Result<void> read_server(const toml::table& from) {
    return retimu::read_server(toml_, from, to_.server);
  }
  Result<void> read_rule(const toml::table& from) {
    return retimu::read_rule(toml_, from, to_.rules);
  }

  TomlReader toml_;
  Configuration& to_;
};

Result<void> Reader::read_pipeline(const toml::table& from) {
  constexpr std::array<std::string_view, 2> deliveries = {"fast", "exactly_once"};
  std::size_t seed = to_.seed;
  constexpr std::array<std::string_view, 2> profiles = {"auto", "light"};
  std::string delivery = "fast", profile = "auto";
  Result<void> read = toml_.check_keys(from, "pipeline");
  if (read) read = toml_.text(from, "data_dir", to_.data_dir);
  if (read) read = toml_.whole(from, "shards", 0, group_count, to_.shards);
  if (read) read = toml_.whole(from, "seed", 0, INT64_MAX, seed);
  if (read) read = toml_.choice(from, "delivery", deliveries, delivery);
  if (read) read = toml_.choice(from, "profile", profiles, profile);
  if (read) read = toml_.duration(from, "snapshot_interval", to_.snapshot_interval);
  if (read) read = toml_.text(from, "time_zone", to_.time_zone);
  if (read) {
    const Result<TimeZone> zone = TimeZone::find(to_.time_zone);
    if (!zone) read = toml_.wrong(*from.get("time_zone"), "{}", zone.error().message);
  }
  to_.seed = seed;
  to_.profile = profile == "light" ? Profile::light : Profile::automatic;
  to_.is_exactly_once = delivery == "exactly_once";
  return read;
}

Result<void> Reader::read_columns(const toml::table& from) {
  constexpr std::array<std::string_view, 3> kinds = {"gauge", "counter", "ignore"};
  for (const auto& [key, node] : from) {
    const toml::table* column = node.as_table();
    if (column == nullptr) {
      return toml_.wrong(node, "column {} must be a table: {} = {{ unit = \"bar\" }}", key.str(),
                         key.str());
    }
    ColumnConfiguration read_column;
    std::string kind = "gauge";
    Result<void> read = toml_.check_keys(*column, "columns.NAME");
    if (read) read = toml_.text(*column, "unit", read_column.unit);
    if (read) read = toml_.choice(*column, "kind", kinds, kind);
    if (!read) return read;
    read_column.is_ignored = kind == "ignore";
    read_column.is_counter = kind == "counter";
    to_.columns.emplace(key.str(), read_column);
  }
  return {};
}

// Catalogue names under [detectors]; [detectors.NAME] sets parameters and does not choose.
Result<void> Reader::read_detectors(const toml::table& from) {
  std::vector<std::string_view> names;
  for (const DetectorEntry& entry : detector_catalogue()) names.push_back(entry.name);
  std::vector<std::string_view> known = names;
  known.push_back("use");
  if (Result<void> checked = toml_.check_keys(from, "detectors", known); !checked) return checked;
  std::vector<std::string> used;
  if (Result<void> read = toml_.texts(from, "use", used); !read) return read;
  std::set<std::string> seen;
  for (const std::string& name : used) {
    if (std::ranges::find(names, name) == names.end()) {
      const std::string_view near = nearest(name, names);
      return toml_.wrong(
          *from.get("use"), "unknown detector \"{}\"{}; see `retimu list detectors`", name,
          near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near));
    }
    if (!seen.insert(name).second) {
      return toml_.wrong(*from.get("use"), "detector \"{}\" is named twice", name);
    }
  }
  if (used.size() > detectors_max) {
    return toml_.wrong(*from.get("use"), "at most {} detectors", detectors_max);
  }
  if (used.empty()) to_.detectors = detectors_of(to_.profile, to_.budget_per_day > 0);
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (seen.contains(std::string(entry.name))) {
      to_.detectors.push_back({std::string(entry.name), {}});
    }
    const toml::node* parameters = from.get(entry.name);
    if (parameters == nullptr) continue;
    DetectorConfiguration unused{std::string(entry.name), {}};
    const auto chosen = std::ranges::find(to_.detectors, entry.name, &DetectorConfiguration::name);
    DetectorConfiguration& detector = chosen == to_.detectors.end() ? unused : *chosen;
    if (Result<void> read = read_parameters(detector, *parameters); !read) return read;
  }
  return {};
}

Result<void> Reader::read_parameters(DetectorConfiguration& to, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    return toml_.wrong(node, "parameters are a table: [detectors.{}]", to.name);
  }
  const DetectorEntry& entry = *find_detector(to.name);
  ParameterValues values(entry.parameters);
  if (Result<void> read = toml_.whole(*table, "columns_min", 0, 1'000'000, to.columns_min); !read) {
    return read;
  }
  for (const auto& [key, value] : *table) {
    if (key == "columns_min") continue;
    std::optional<double> number;
    if (value.is_number()) number = value.value<double>();
    if (value.is_boolean()) number = *value.value<bool>() ? 1.0 : 0.0;
    if (!number) {
      return toml_.wrong(value, "{} must be a number or true or false", key.str());
    }
    if (Result<void> set = values.set(key.str(), *number); !set) {
      return failure(Fault::usage, "{}: {}", toml_.place(key.source()), set.error().message);
    }
    to.parameters.emplace(key.str(), *number);
  }
  return {};
}

// "2 per day", "0.5 per day"; "per hour" and "per week" are turned into days.
std::optional<double> parse_budget(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 3> units = {
      {{" per hour", 24.0}, {" per day", 1.0}, {" per week", 1.0 / 7}}};
  for (const auto& [unit, factor] : units) {
    if (!text.ends_with(unit)) continue;
    const std::string number(text.substr(0, text.size() - unit.size()));
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != 0 || !(value > 0 && value <= 1e6)) return std::nullopt;
    return value * factor;
  }
  return std::nullopt;
}

Result<void> Reader::read_alerts(const toml::table& from) {
  std::string budget;
  Result<void> read = toml_.check_keys(from, "alerts");
  if (read) read = toml_.text(from, "budget", budget);
  if (read) read = toml_.number(from, "threshold", 1, 1'000, to_.threshold);
  if (read) read = toml_.duration(from, "cooldown", to_.cooldown);
  if (read) read = toml_.whole(from, "shift_after", 8, 1'000'000, to_.shift_after);
  if (read) read = toml_.truth(from, "incidents", to_.tells_incidents);
  if (read) read = toml_.duration(from, "stale_after", to_.stale_after);
  if (!read || budget.empty()) return read;
  const std::optional<double> per_day = parse_budget(budget);
  if (!per_day) {
    return toml_.wrong(*from.get("budget"),
                       "budget must be such as \"2 per day\", \"0.5 per hour\" or \"3 per week\"");
  }
  if (to_.threshold > 0) {
    return toml_.wrong(*from.get("threshold"), "state a threshold or a budget, not both");
  }
  to_.budget_per_day = *per_day;
  return {};
}

Result<void> Reader::read_limits(const toml::table& from) {
  Result<void> read = toml_.check_keys(from, "limits");
  if (read) read = toml_.whole(from, "entities_max", 1, 1'000'000'000, to_.entities_max);
  if (read) read = toml_.whole(from, "columns_max", 1, 65'536, to_.columns_max);
  if (read) read = toml_.duration(from, "jump_max", to_.jump_max);
  if (read) read = toml_.whole(from, "journal_bytes", 1UL << 20U, 1UL << 50U, to_.journal_bytes);
  return read;
}

Result<void> Reader::read_sink(const toml::table& from) {
  SinkConfiguration sink;
  std::vector<std::string_view> types;
  for (const ConnectorEntry& entry : sink_catalogue()) types.push_back(entry.name);
  Result<void> read = toml_.check_keys(from, "sink");
  if (read) read = toml_.choice(from, "type", types, sink.type);
  if (read && sink.type.empty()) {
    read = toml_.wrong(from, "this [[sink]] needs a type, one of: {}", fmt::join(types, ", "));
  }
  if (read) read = toml_.text(from, "path", sink.path);
  if (read && sink.type == "jsonl" && sink.path.empty()) {
    read = toml_.wrong(from, "a jsonl [[sink]] needs a path");
  }
  if (read && std::ranges::find(to_.sinks, sink) != to_.sinks.end()) {
    read = toml_.wrong(from, "another [[sink]] is the same: each alert would be told twice");
  }
  if (!read) return read;
  to_.sinks.push_back(std::move(sink));
  return {};
}

Result<void> Reader::read(const toml::table& root) {
  constexpr std::array<std::string_view, 11> sections = {
      "pipeline", "source", "columns",     "detectors", "rule",  "alerts",
      "topology", "limits", "maintenance", "sink",      "server"};
  if (Result<void> checked = toml_.check_keys(root, "", sections); !checked) return checked;
  using Section = Result<void> (Reader::*)(const toml::table&);
  constexpr std::array<std::pair<std::string_view, Section>, 7> single = {
      {{"pipeline", &Reader::read_pipeline},
       {"columns", &Reader::read_columns},
       {"alerts", &Reader::read_alerts},  // which detectors there are depends on the budget
       {"detectors", &Reader::read_detectors},
       {"topology", &Reader::read_topology},
       {"limits", &Reader::read_limits},
       {"server", &Reader::read_server}}};
  constexpr std::array<std::pair<std::string_view, Section>, 4> repeated = {
      {{"source", &Reader::read_source},
       {"rule", &Reader::read_rule},
       {"maintenance", &Reader::read_maintenance},
       {"sink", &Reader::read_sink}}};
  for (const auto& [name, section] : single) {
    const Result<const toml::table*> table = toml_.table(root, name);
    if (!table) return tl::unexpected(table.error());
    if (*table == nullptr) continue;
    if (Result<void> read = (this->*section)(**table); !read) return read;
  }
  for (const auto& [name, section] : repeated) {
    const auto tables = toml_.tables(root, name);
    if (!tables) return tl::unexpected(tables.error());
    for (const toml::table* table : *tables) {
      if (Result<void> read = (this->*section)(*table); !read) return read;
    }
  }
  for (const auto& [name, column] : to_.columns) {
    if (!column.is_ignored) continue;
    for (FileInput& input : to_.files) input.ignore_if_present.push_back(name);
    if (to_.simulator) to_.simulator->ignore_if_present.push_back(name);
    for (LiveSource& source : to_.live) source.reading.ignore_if_present.push_back(name);
  }
  return {};
}

}  // namespace

Result<Configuration> parse_configuration(std::string_view text, std::string_view name) {
  Configuration configuration;
  configuration.file = name;
  try {
    const toml::table root = toml::parse(text, name);
    Reader reader(name, configuration);
    if (Result<void> read = reader.read(root); !read) return tl::unexpected(read.error());
  } catch (const toml::parse_error& error) {
    const toml::source_region& at = error.source();
    return failure(Fault::usage, "{}:{}:{}: {}", name, at.begin.line, at.begin.column,
                   error.description());
  }
  return configuration;
}

Result<Configuration> read_configuration(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(configuration_bytes_max);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad() || (text.empty() && file.fail() && !file.eof())) {
    return failure(Fault::usage, "{}: cannot be read: {}; give the path of a pipeline file", path,
                   system_message(errno == 0 ? EISDIR : errno));
  }
  if (text.size() == configuration_bytes_max) {
    return failure(Fault::usage, "{}: larger than 16 MiB, not a pipeline file", path);
  }
  return parse_configuration(text, path);
}

std::size_t shard_count(const Configuration& configuration) {
  if (configuration.shards > 0) return configuration.shards;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

}  // namespace retimu
