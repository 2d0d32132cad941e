// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_maintenance.hpp"

#include <sstream>

namespace retimu {

namespace {

// As a text, or as TOML writes times.
Result<Time> read_time(const TomlReader& toml, const toml::table& from, std::string_view key) {
  const toml::node* node = from.get(key);
  if (node == nullptr) {
    return toml.wrong(from, "a [[maintenance]] needs {} = \"2026-03-01T22:00:00Z\"", key);
  }
  std::string text = node->value_exact<std::string>().value_or("");
  if (const toml::value<toml::date_time>* time = node->as_date_time()) {
    std::ostringstream written;
    written << time->get();
    text = written.str();
  }
  const std::optional<Time> time = parse_iso_time(text);
  if (!time) {
    return toml.wrong(*node, "{} must be a time such as \"2026-03-01T22:00:00Z\"", key);
  }
  return *time;
}

}  // namespace

Result<void> read_maintenance(const TomlReader& toml, const toml::table& from,
                              std::vector<MaintenanceWindow>& to) {
  MaintenanceWindow window;
  Result<void> read = toml.check_keys(from, "maintenance");
  if (read) read = toml.texts(from, "entity", window.entities);
  if (read) read = toml.text(from, "reason", window.reason);
  if (read) read = toml.truth(from, "learn", window.is_learned);
  if (!read) return read;
  const Result<Time> begin = read_time(toml, from, "from");
  if (!begin) return tl::unexpected(begin.error());
  const Result<Time> end = read_time(toml, from, "to");
  if (!end) return tl::unexpected(end.error());
  if (*end <= *begin) return toml.wrong(*from.get("to"), "to must be later than from");
  window.from = *begin;
  window.to = *end;
  if (window.reason.empty()) {
    return toml.wrong(from, "a [[maintenance]] needs a reason = \"new seal\"");
  }
  if (to.size() >= maintenance_max) {
    return toml.wrong(from, "more than {} times of maintenance", maintenance_max);
  }
  to.push_back(std::move(window));
  return {};
}

}  // namespace retimu
