// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_sources.hpp"

#include "retimu/connectors/catalogue.hpp"
#include "retimu/engine/configuration_simulator.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace retimu {

namespace {

Result<void> read_alarm(const TomlReader& toml, const toml::table& from, std::string_view format,
                        FileInput& input) {
  constexpr std::array<std::string_view, 2> orders = {"ascending", "descending"};
  std::string order;
  Result<void> read = toml.text(from, "alarm", input.alarm);
  if (read) read = toml.text(from, "severity", input.severity);
  if (read) read = toml.choice(from, "severity_order", orders, order);
  if (read) read = toml.text(from, "state", input.state);
  if (!read) return read;
  for (const std::string_view key : {"severity", "severity_order", "state"}) {
    if (input.alarm.empty() && from.contains(key)) {
      return toml.wrong(*from.get(key), "a {} is that of an alarm: name its column, too", key);
    }
  }
  if (!input.alarm.empty() && (format == "log" || !input.pattern.empty())) {
    return toml.wrong(*from.get("alarm"), "alarms are read from CSV and JSON lines, not from logs");
  }
  if (order == "descending") input.severity_order = SeverityOrder::descending;
  return {};
}

// How records are to be read, whatever they come from.
Result<void> read_reading(const TomlReader& toml, const toml::table& from, FileInput& input) {
  constexpr std::array<std::string_view, 4> formats = {"auto", "csv", "jsonl", "log"};
  std::string format = "auto", delimiter;
  Result<void> read = toml.choice(from, "format", formats, format);
  if (read) read = toml.text(from, "delimiter", delimiter);
  if (read && delimiter.size() > 1 && delimiter != "\\t") {
    read = toml.wrong(*from.get("delimiter"), "delimiter must be one character");
  }
  if (read) read = toml.text(from, "pattern", input.pattern);
  if (read && !input.pattern.empty() && format != "auto" && format != "log") {
    read = toml.wrong(*from.get("pattern"), "a pattern is for format = \"log\"");
  }
  if (read) read = toml.text(from, "message", input.message);
  if (read) read = toml.text(from, "level", input.level);
  if (read && !input.level.empty() && input.message.empty()) {
    read = toml.wrong(*from.get("level"), "a level is that of a message: name its column, too");
  }
  if (read && !input.message.empty() && (format == "log" || !input.pattern.empty())) {
    read = toml.wrong(*from.get("message"), "in a log's lines the pattern says where it stands");
  }
  if (read) read = read_alarm(toml, from, format, input);
  if (read) read = toml.text(from, "time", input.time);
  if (read) read = toml.texts(from, "entity", input.entity);
  if (read) read = toml.texts(from, "ignore", input.ignore);
  if (read) {
    read = toml.whole(from, "record_bytes_max", 1'024, 1UL << 30U, input.record_bytes_max);
  }
  if (!read) return read;
  input.format = format == "csv"     ? RecordFormat::csv
                 : format == "jsonl" ? RecordFormat::jsonl
                 : format == "log"   ? RecordFormat::log
                                     : RecordFormat::automatic;
  if (!delimiter.empty()) input.delimiter = delimiter == "\\t" ? '\t' : delimiter[0];
  return {};
}

Result<void> read_endpoints(const TomlReader& toml, const toml::table& from, std::string_view key,
                            std::vector<Endpoint>& to) {
  std::vector<std::string> texts;
  if (Result<void> read = toml.texts(from, key, texts); !read) return read;
  for (const std::string& text : texts) {
    const Result<Endpoint> endpoint = read_endpoint(toml, *from.get(key), text);
    if (!endpoint) return tl::unexpected(endpoint.error());
    to.push_back(*endpoint);
  }
  return {};
}

// Keys that only sources of some types have.
struct OwnKey {
  std::string_view key;
  std::array<std::string_view, 4> types;
};
constexpr std::array own_keys = {
    OwnKey{"path", {"file"}},
    OwnKey{"follow", {"file"}},
    OwnKey{"listen", {"http"}},
    OwnKey{"token_env", {"http"}},
    OwnKey{"token_file", {"http"}},
    OwnKey{"udp", {"syslog"}},
    OwnKey{"tcp", {"syslog"}},
    OwnKey{"tls", {"syslog"}},
    OwnKey{"allow", {"syslog"}},
    OwnKey{"tls_client_ca", {"syslog"}},
    OwnKey{"tls_certificate", {"http", "syslog"}},
    OwnKey{"tls_key", {"http", "syslog"}},
    OwnKey{"silent_after", {"file", "stdin", "http", "syslog"}},
    OwnKey{"seed", {"simulator"}},
    OwnKey{"entities", {"simulator"}},
    OwnKey{"duration", {"simulator"}},
    OwnKey{"interval", {"simulator"}},
    OwnKey{"faults", {"simulator"}},
    OwnKey{"kinds", {"simulator"}},
    OwnKey{"speed", {"simulator"}},
    OwnKey{"labels", {"simulator"}},
};

std::string own_keys_of(std::string_view type) {
  std::vector<std::string_view> keys;
  for (const OwnKey& own : own_keys) {
    if (std::ranges::count(own.types, type) > 0) keys.push_back(own.key);
  }
  return fmt::format("{}", fmt::join(keys, ", "));
}

Result<void> check_own_keys(const TomlReader& toml, const toml::table& from,
                            std::string_view type) {
  for (const OwnKey& own : own_keys) {
    if (!from.contains(own.key) || std::ranges::count(own.types, type) > 0) continue;
    return toml.wrong(*from.get(own.key), "a source of type \"{}\" has no {}; its own keys are {}",
                      type, own.key, own_keys_of(type));
  }
  return {};
}

Result<void> read_own(const TomlReader& toml, const toml::table& from, LiveSource& to) {
  std::vector<Endpoint> listen;
  Result<void> read = read_endpoints(toml, from, "listen", listen);
  if (read) read = toml.text(from, "token_env", to.token_env);
  if (read) read = toml.text(from, "token_file", to.token_file);
  if (read) read = toml.text(from, "tls_certificate", to.tls_certificate);
  if (read) read = toml.text(from, "tls_key", to.tls_key);
  if (read) read = toml.text(from, "tls_client_ca", to.tls_client_ca);
  if (read) read = toml.texts(from, "allow", to.allow);
  if (read) read = read_endpoints(toml, from, "udp", to.udp);
  if (read) read = read_endpoints(toml, from, "tcp", to.tcp);
  if (read) read = read_endpoints(toml, from, "tls", to.tls);
  if (!read) return read;
  if (listen.size() > 1) {
    return toml.wrong(*from.get("listen"), "one address; for another add another [[source]]");
  }
  if (!listen.empty()) to.listen = listen[0];
  if (!to.token_env.empty() && !to.token_file.empty()) {
    return toml.wrong(*from.get("token_file"), "token_env or token_file, not both");
  }
  if (to.type == "syslog" && to.udp.empty() && to.tcp.empty() && to.tls.empty()) {
    return toml.wrong(from,
                      "a source of type \"syslog\" needs udp, tcp or tls = "
                      "\"127.0.0.1:5514\"");
  }
  return {};
}

// Nothing says how the lines of a log are built.
bool is_usual_log(const FileInput& reading) {
  const bool is_log =
      reading.format == RecordFormat::automatic || reading.format == RecordFormat::log;
  const bool has_time = reading.time.empty() || reading.time == "time" || reading.time == "row";
  return is_log && has_time && reading.pattern.empty();
}

std::string usual_name(const LiveSource& source) {
  const auto text = [](const Endpoint& at) { return fmt::format("{}:{}", at.address, at.port); };
  if (source.type == "http") return "http " + text(source.listen);
  if (source.type == "file") return fmt::format("file {}", fmt::join(source.reading.paths, ", "));
  if (source.type != "syslog") return source.type;
  std::string name = "syslog";
  for (const auto* listeners : {&source.udp, &source.tcp, &source.tls}) {
    for (const Endpoint& at : *listeners) name += " " + text(at);
  }
  return name;
}

}  // namespace

Result<Endpoint> read_endpoint(const TomlReader& toml, const toml::node& node,
                               std::string_view text) {
  Endpoint endpoint;
  const std::size_t colon = text.rfind(':');
  std::string_view port = text;
  if (colon != std::string_view::npos) {
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    endpoint.address = address;
    port = text.substr(colon + 1);
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size() || endpoint.address.empty()) {
    return toml.wrong(node, "\"{}\" is no address to listen on, such as \"127.0.0.1:8080\"", text);
  }
  return endpoint;
}

Result<void> read_source(const TomlReader& toml, const toml::table& from, Configuration& to) {
  std::vector<std::string_view> types;
  for (const ConnectorEntry& entry : source_catalogue()) types.push_back(entry.name);
  LiveSource source;
  bool follow = false;
  Result<void> read = toml.check_keys(from, "source");
  if (read) read = toml.choice(from, "type", types, source.type);
  if (read && source.type.empty()) {
    read = toml.wrong(from, "this [[source]] needs a type, such as \"file\"");
  }
  if (read && source.type == "simulator") return read_simulator(toml, from, to);
  if (read) read = check_own_keys(toml, from, source.type);
  if (read) read = toml.text(from, "name", source.name);
  if (read) read = toml.texts(from, "path", source.reading.paths);
  if (read && source.type == "file" && source.reading.paths.empty()) {
    read = toml.wrong(from, "this [[source]] needs a path");
  }
  if (read) read = toml.truth(from, "follow", follow);
  if (read) read = read_reading(toml, from, source.reading);
  if (read) read = toml.duration(from, "silent_after", source.silent_after);
  if (read) read = read_own(toml, from, source);
  if (read && source.type == "file" && !follow && from.contains("silent_after")) {
    read = toml.wrong(*from.get("silent_after"), "only a file with follow = true falls silent");
  }
  if (!read) return read;
  source.reading.is_syslog = source.type == "syslog" && is_usual_log(source.reading);
  if (source.type == "file" && !follow) {
    source.reading.awaits_line_end = true;
    to.files.push_back(std::move(source.reading));
    return {};
  }
  if (source.name.empty()) source.name = usual_name(source);
  if (std::ranges::count(to.live, source.name, &LiveSource::name) > 0) {
    return toml.wrong(from, "two sources are called \"{}\": give this one a name", source.name);
  }
  to.live.push_back(std::move(source));
  return {};
}

}  // namespace retimu
